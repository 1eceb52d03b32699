import json
from pathlib import Path

import pytest

from app.cli.program import run


def test_a_batch_says_where_personal_data_stood_in_the_text_that_came_in(workplace: Path) -> None:
    text = "我叫王小明，电话13800138000"
    lines = [
        {"id": 1, "text": text},
        {"id": "2", "text": "mail emma@example.com"},
        {"id": "3"},
        {"id": "4", "text": ""},
    ]
    Path("in.jsonl").write_text("\n".join(json.dumps(line) for line in lines), encoding="utf-8")

    assert run(["redact", "--batch", "in.jsonl", "--out", "out.jsonl"]) == 3  # one line was refused

    results = [json.loads(line) for line in Path("out.jsonl").read_text(encoding="utf-8").splitlines()]
    assert results[0] == {
        "id": 1,
        "text": "我叫〔姓名〕，电话〔手机号〕",
        "spans": [
            {"entity_type": "PERSON", "start_position": 2, "end_position": 5},
            {"entity_type": "PHONE", "start_position": 8, "end_position": 19},
        ],
    }
    assert results[1]["spans"] == [{"entity_type": "EMAIL_ADDRESS", "start_position": 5, "end_position": 21}]
    assert results[2]["error"]["code"] == "line_invalid"
    assert results[3] == {"id": "4", "text": "", "spans": []}


def test_a_message_alone_is_printed_without_what_is_personal(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["redact", "订单SL8620000005发给13800138000", "--orders"]) == 0
    assert capsys.readouterr().out.startswith("订单〔单号〕发给〔手机号〕")
