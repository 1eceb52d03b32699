import json
from pathlib import Path

import pytest

from app.cli import program

GREETING = """\
flow: greeting
name: {zh: 问好, en: hello}
intents: [greeting]
small_talk: true
steps:
  - say: {zh: 喵, en: Meow}
"""


@pytest.fixture(autouse=True)
def _home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KEFU_HOME", str(tmp_path / "home"))


def test_the_shipped_flows_and_their_examples_pass(capsys: pytest.CaptureFixture[str]):
    assert program.run(["dialogue", "check"]) == 0
    assert " 0 problems." in capsys.readouterr().out


def test_own_flows_are_checked_with_their_examples(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    (tmp_path / "hello.yaml").write_text(GREETING, encoding="utf-8")
    (tmp_path / "hello.dialogue.yaml").write_text(
        "dialogues:\n  - name: meow\n    turns:\n      - {say: 你好, intent: greeting, says: [汪]}\n", encoding="utf-8"
    )

    assert program.run(["dialogue", "check", str(tmp_path), "--json"]) == 1
    told = json.loads(capsys.readouterr().out)
    assert told["examples"] == 1
    (problem,) = told["problems"]
    assert (problem["file"], problem["line"]) == ("hello.dialogue.yaml", 4)


def test_an_unknown_action_is_named_with_its_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    flow = GREETING.replace("  - say: {zh: 喵, en: Meow}\n", "  - perform: dance\n")
    (tmp_path / "dance.yaml").write_text(flow, encoding="utf-8")

    assert program.run(["dialogue", "check", str(tmp_path)]) == 1
    assert "dance.yaml:6: greeting: There is no action dance." in capsys.readouterr().out


def test_a_folder_that_is_not_there_is_one_clear_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    assert program.run(["dialogue", "check", str(tmp_path / "absent")]) == 1
    assert "There is no folder" in capsys.readouterr().err


def test_flows_are_listed(capsys: pytest.CaptureFixture[str]):
    assert program.run(["dialogue", "list", "--json"]) == 0
    flows = {flow["id"]: flow for flow in json.loads(capsys.readouterr().out)["flows"]}
    assert flows["cancel_order"]["actions"] == ["cancel_order"]
