"""The rules of the sample company held against its documents, as they are and after somebody has changed one."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path

import pytest

from app.cli import main
from app.policy import parse_rules

ROOT = Path(__file__).parents[2]
RULES = ROOT / "policies" / "rules.yaml"


@pytest.fixture
def knowledge(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The documents that the rules cite, in an index of the hashing embedder."""
    for name in list(os.environ):
        if name.startswith("KEFU_"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("KEFU_MODELS__EMBEDDER", "hashing")
    monkeypatch.setenv("KEFU_POLICY__RULES", str(RULES))
    monkeypatch.chdir(tmp_path)
    rules, _ = parse_rules(RULES.read_text(encoding="utf-8"))
    for name in {source.document_id for rule in rules.rules for source in rule.sources}:
        target = tmp_path / "knowledge" / name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / "knowledge" / name, target)
    assert main(["ingest", "knowledge"]) == 0
    return tmp_path / "knowledge"


def test_the_sample_companys_rules_say_what_its_documents_say_and_notice_when_one_changes(
    knowledge: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def check() -> tuple[int, dict[str, object]]:
        capsys.readouterr()
        code = main(["policy", "check", "--as-of", "2026-11-24", "--json"])
        return code, json.loads(capsys.readouterr().out)

    code, told = check()
    assert (code, told["faults"], told["alarms"], told["ungoverned"]) == (0, [], [], ["change_order_payment"])

    returns = knowledge / "zh" / "returns" / "七日无理由退货.md"
    returns.write_text(returns.read_text(encoding="utf-8").replace("次日起7日内", "次日起十日内"), encoding="utf-8")
    assert main(["ingest", "knowledge"]) == 0
    code, told = check()

    assert code == 1
    gone = {alarm["rule"] for alarm in told["alarms"] if alarm["kind"] == "quote_missing"}
    assert gone == {"return.received", "return.window"}
    changed = {alarm["document_id"] for alarm in told["alarms"] if alarm["kind"] == "document_changed"}
    assert changed == {"zh/returns/七日无理由退货.md"}
