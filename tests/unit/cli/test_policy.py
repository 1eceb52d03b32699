"""`kefu policy` over a real index of the hashing embedder."""

import json
from pathlib import Path

import pytest

from app.cli import main

RULES = """version: 1
rules:
  - id: return.window
    action: return_items
    require: days_since_delivered <= 7
    verdict: refuse
    wording: {zh: 自签收起7天内可退, en: Returns are possible within 7 days}
    source: {document: returns.md, quote: 签收后七日内可以退货}
"""


@pytest.fixture
def company(workplace: Path, capsys: pytest.CaptureFixture[str]) -> Path:
    (workplace / "knowledge").mkdir()
    (workplace / "knowledge" / "returns.md").write_text("# 退货\n\n签收后**七日**内可以退货。\n", encoding="utf-8")
    (workplace / "policies").mkdir()
    (workplace / "policies" / "rules.yaml").write_text(RULES, encoding="utf-8")
    assert main(["ingest", "knowledge"]) == 0
    capsys.readouterr()
    return workplace


def check(capsys: pytest.CaptureFixture[str], *more: str) -> tuple[int, dict[str, object]]:
    capsys.readouterr()
    code = main(["policy", "check", "--json", *more])
    return code, json.loads(capsys.readouterr().out)


def test_rules_that_agree_with_the_documents_are_fine(company: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, told = check(capsys)

    assert (code, told["rules"], told["faults"], told["alarms"]) == (0, 1, [], [])
    assert "cancel_order" in told["ungoverned"]


def test_text_that_changes_raises_an_alarm_with_rule_and_line(
    company: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["policy", "accept"]) == 0
    (company / "knowledge" / "returns.md").write_text("# 退货\n\n签收后七日内可以退货，定制除外。\n", encoding="utf-8")
    assert main(["ingest", "knowledge"]) == 0
    code, told = check(capsys)
    assert (code, [alarm["kind"] for alarm in told["alarms"]]) == (1, ["document_changed"])

    assert main(["policy", "accept"]) == 0
    assert check(capsys)[0] == 0

    (company / "knowledge" / "returns.md").write_text("# 退货\n\n签收后十五日内可以退货。\n", encoding="utf-8")
    assert main(["ingest", "knowledge"]) == 0
    code, told = check(capsys)
    assert (code, [alarm["kind"] for alarm in told["alarms"]]) == (1, ["quote_missing"])
    assert told["alarms"][0]["line"] == 8
    assert main(["policy", "check"]) == 1
    assert "rules.yaml, drift: line 8: rule return.window: returns.md no longer says" in capsys.readouterr().out


def test_faults_are_listed_with_their_lines_without_an_index(
    workplace: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (workplace / "rules.yaml").write_text(RULES.replace("<= 7", "<= seven"), encoding="utf-8")

    assert main(["policy", "check", "--rules", "rules.yaml", "--no-index"]) == 1

    assert "rules.yaml, error: line 5: rule return.window: require, column 25: there is no fact 'seven'" in (
        capsys.readouterr().out
    )


def test_a_missing_rule_file_is_one_line(workplace: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["policy", "check", "--no-index"]) == 1
    assert "There is no rule file policies/rules.yaml. Set KEFU_POLICY__RULES" in capsys.readouterr().err


def test_rules_are_tried_by_hand(company: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["policy", "try", "return_items", "days_since_delivered=9", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["answer"], told["rule"], told["grounds"][0]["quote"]) == (
        "refuse",
        "return.window",
        "签收后七日内可以退货",
    )
    for wrong in ("days_since_delivered", "days=9", "days_since_delivered=nine", "is_opened=perhaps"):
        assert main(["policy", "try", "return_items", wrong]) == 2


def test_facts_and_actions_are_listed(workplace: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["policy", "facts", "--json"]) == 0
    assert {"name": "is_opened", "argument": "is_opened"}.items() <= next(
        fact for fact in json.loads(capsys.readouterr().out) if fact["name"] == "is_opened"
    ).items()
    assert main(["actions", "list", "--openai"]) == 0
    assert len(json.loads(capsys.readouterr().out)) == 19
    assert main(["actions", "log"]) == 0
    assert "Nothing was asked for yet." in capsys.readouterr().out
