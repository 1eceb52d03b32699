import json
from pathlib import Path

import pytest

from app.cli.program import run


def test_one_note_is_shown_and_printed_as_json(workplace: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["warehouse", "parse-note", "明天送，易碎", "--now", "2026-11-24T09:00", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["constraints"][1] == {
        "type": "handling",
        "value": "fragile",
        "start": 4,
        "end": 6,
        "confidence": 0.9,
    }

    assert run(["warehouse", "parse-note", "老地方"]) == 0
    assert "a person has to decide" in capsys.readouterr().out
    assert run(["warehouse", "parse-note", "谢谢师傅"]) == 0
    assert "asks for nothing" in capsys.readouterr().out


def test_a_batch_has_a_line_for_each_line_and_ends_with_three(workplace: Path) -> None:
    lines = [
        {"id": "1", "text": "明天送", "now": "2026-11-24T20:00:00+00:00", "time_zone": "Asia/Shanghai"},
        {"id": "2"},
        {"id": "3", "text": "明天送", "now": "soon"},
        {"id": "4", "text": "x", "time_zone": "Mars"},
        {"id": "5", "text": ""},
    ]
    Path("notes.jsonl").write_text("\n".join(map(json.dumps, lines)), encoding="utf-8")

    assert run(["warehouse", "parse-note", "--batch", "notes.jsonl", "--out", "out.jsonl"]) == 3

    out = [json.loads(line) for line in Path("out.jsonl").read_text(encoding="utf-8").splitlines()]
    assert out[0]["constraints"][0]["value"]["first_day"] == "2026-11-26"  # it is the 25th in Shanghai already
    assert [line["error"]["code"] for line in out[1:4]] == ["line_invalid"] * 3
    assert out[4] == {"id": "5", "constraints": []}


@pytest.mark.parametrize("wrong", [["--now", "soon"], ["--time-zone", "Mars"]])
def test_a_wrong_option_is_wrong_usage(workplace: Path, wrong: list[str]) -> None:
    assert run(["warehouse", "parse-note", "x", *wrong]) == 2
