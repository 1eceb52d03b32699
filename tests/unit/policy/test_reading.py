from pathlib import Path

import pytest

from app.policy import idle_rules, parse_rules, read_rules
from app.policy.errors import RulesInvalid, RulesMissing

RULE = """version: 1
rules:
  - id: return.window
    action: return_items
    require: days_since_delivered <= 7
    verdict: refuse
    wording: {zh: "已签收{days_since_delivered}天", en: "{days_since_delivered} days ago"}
    source: {document: returns.md, quote: 7天内}
"""


def faults(text: str, **params: object) -> list[str]:
    return [str(fault) for fault in parse_rules(text, **params)[1]]  # type: ignore[arg-type]


def test_a_rule_is_read_with_its_line_and_the_words_it_rests_on():
    rules, found = parse_rules(RULE)

    assert found == []
    (rule,) = rules.rules
    assert (rule.rule_id, rule.actions, rule.line) == ("return.window", ("return_items",), 3)
    assert (rule.sources[0].document_id, rule.sources[0].quote, rule.sources[0].line) == ("returns.md", "7天内", 8)


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("<= 7", "<= x", "line 5: rule return.window: require, column 25: there is no fact 'x'"),
        ("verdict: refuse", "verdict: no", "line 6: rule return.window: verdict is one of refuse"),
        ("en: ", "fr: ", "line 7: rule return.window: expected a wording in zh and one in en"),
        ("{days_since_delivered} days", "{day} days", "line 7: rule return.window: the wording names {day}"),
        ("{days_since_delivered} days", "{days_since_delivered!r:>99} days", "with a format"),
        ("{days_since_delivered} days", "{ days", "the wording cannot be read"),
        ("quote: 7天内", "quote: ''", "line 8: rule return.window: a source has a document and a quote"),
        ("    require", "    requires", "line 5: rule return.window: unknown key 'requires'"),
        ("action: return_items", "action: []", "expected the action"),
        ("verdict: refuse", "verdict: charge", "`amount` goes with the verdicts charge and credit"),
        ("verdict: refuse", "verdict: charge\n    amount: 8", "expected an amount such as `8 CNY`"),
        ("verdict: refuse", "verdict: refuse\n    valid_from: 2026-13-01", "valid_from is a day"),
        (
            "verdict: refuse",
            "verdict: refuse\n    valid_from: 2026-03-01\n    valid_to: 2026-02-01",
            "line 8: rule return.window: the rule ends before it begins",
        ),
        ("id: return.window", "id: Return Window", "expected an id of small letters"),
        ("version: 1", "version: 2", "line 1: expected `version: 1`"),
        ("version: 1", "version: 1\ntimezone: Mars/Olympus", "line 2: 'Mars/Olympus' is no time zone"),
        ("    verdict: refuse", "    verdict: refuse\n    verdict: notice", "line 7: the key 'verdict' stands twice"),
        ("  - id", " - id\n  - id", "no YAML"),
    ],
)
def test_a_fault_is_told_with_its_line(old, new, expected):
    assert old in RULE
    assert any(expected in fault for fault in faults(RULE.replace(old, new, 1))), faults(RULE.replace(old, new, 1))


@pytest.mark.parametrize("text", ["", "[]", "rules: 3", "- a\n- b", "\x00", "{" * 1500])
def test_a_file_that_holds_no_rules_is_a_fault_and_no_crash(text):
    assert faults(text)


def test_an_action_that_does_not_exist_and_an_id_that_stands_twice_are_faults():
    twice = RULE + RULE.split("rules:\n")[1]

    assert any("line 9: rule return.window: the id stands in line 3 already" in fault for fault in faults(twice))
    assert any("there is no action 'return_items'" in fault for fault in faults(RULE, actions={"cancel_order"}))


def test_a_missing_file_and_a_faulty_one_are_one_clear_line(tmp_path: Path):
    with pytest.raises(RulesMissing, match="KEFU_POLICY__RULES"):
        read_rules(tmp_path / "rules.yaml")
    (tmp_path / "rules.yaml").write_text(RULE.replace("<= 7", "<= x"), encoding="utf-8")
    with pytest.raises(RulesInvalid, match=r"rules\.yaml, line 5.*kefu policy check"):
        read_rules(tmp_path / "rules.yaml")
    (tmp_path / "rules.yaml").write_bytes("版本".encode("gbk"))
    with pytest.raises(RulesInvalid, match="not UTF-8"):
        read_rules(tmp_path / "rules.yaml")


def rule(name: str, body: str) -> str:
    return f"""
  - id: {name}
    action: return_items
    verdict: refuse
    wording: {{zh: 不行, en: no}}
    source: {{document: a.md, quote: a}}
{body}"""


def idle(*bodies: str) -> list[str]:
    text = "version: 1\nrules:" + "".join(rule(f"r{number}", body) for number, body in enumerate(bodies, start=1))
    rules, found = parse_rules(text)
    assert found == []
    return [str(fault) for fault in idle_rules(rules)]


@pytest.mark.parametrize(
    ("bodies", "expected"),
    [
        (["    when: days_since_delivered < 3 and days_since_delivered > 7\n    require: is_opened"], "never applies"),
        (["    when: status == 'pending' and status == 'shipped'\n    require: is_opened"], "never applies"),
        (["    require: days_since_delivered >= 0"], "never says no"),
        (
            ["    require: days_since_delivered <= 7", "    require: days_since_delivered <= 15"],
            "r1 (line 3) has before",
        ),
        (["    require: not is_opened", "    when: is_opened\n    require: status == 'pending'"], "r2: never decides"),
    ],
)
def test_a_rule_that_cannot_do_anything_is_a_warning(bodies, expected):
    found = idle(*bodies)

    assert len(found) == 1
    assert expected in found[0]


def test_rules_that_each_say_something_of_their_own_are_no_warning():
    assert (
        idle(
            "    require: days_since_delivered <= 15",
            "    require: days_since_delivered <= 7",  # stricter than the first
            "    when: method_kind == 'gift_card'\n    require: method_balance >= difference",
            "    require: not is_opened\n    valid_from: 2026-01-01",
            "    require: not is_opened\n    valid_to: 2025-12-31",  # at another time
        )
        == []
    )
