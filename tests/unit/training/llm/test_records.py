import json

import pytest

from app.domain import Message
from app.training.llm.errors import TuningDataInvalid
from app.training.llm.records import Record, read_records, split_records, write_records

ASKED = [{"role": "system", "content": "你是客服。"}, {"role": "user", "content": "几天能退？"}]


def written(path, *rows):
    path.write_text("\n".join(row if isinstance(row, str) else json.dumps(row, ensure_ascii=False) for row in rows))
    return path


def test_a_conversation_is_a_prompt_and_the_last_reply(tmp_path):
    file = written(tmp_path / "a.jsonl", {"messages": [*ASKED, {"role": "assistant", "content": "七天[1]。"}]}, "")

    assert read_records([file], "sft") == [
        Record((Message("system", "你是客服。"), Message("user", "几天能退？")), "七天[1]。")
    ]


def test_the_same_record_twice_counts_once_and_what_is_written_is_read_back(tmp_path):
    records = [
        Record((Message("user", "几天？"),), "七天。", "九天。"),
        Record((Message("user", "How long?"),), "7", "9"),
    ]
    write_records(tmp_path / "pairs.jsonl", [*records, records[0]])

    assert read_records([tmp_path / "pairs.jsonl"], "preference") == records


def test_a_pair_may_be_written_as_other_tools_do(tmp_path):
    row = {"prompt": ASKED, "chosen": [{"role": "assistant", "content": "七天。"}], "rejected": "九天。"}

    (record,) = read_records([written(tmp_path / "a.jsonl", row)], "preference")

    assert (record.prompt[-1].content, record.reply, record.rejected) == ("几天能退？", "七天。", "九天。")


def test_texts_come_from_lines_and_from_whole_files(tmp_path):
    plain = tmp_path / "规则.md"
    plain.write_text("# 退货\n七天内可退。\n", encoding="utf-8")

    records = read_records([plain, written(tmp_path / "t.jsonl", {"text": "Returns take 3 days."})], "pretrain")

    assert [record.reply for record in records] == ["# 退货\n七天内可退。", "Returns take 3 days."]


@pytest.mark.parametrize(
    ("stage", "line", "said"),
    [
        ("sft", "{", "line 2 is no JSON"),
        ("sft", "[1]", "line 2 is no JSON object"),
        ("sft", {"messages": []}, "line 2 has no messages"),
        ("sft", {"messages": ASKED}, "have to end with a reply"),
        ("sft", {"messages": [{"role": "robot", "content": "x"}]}, "a message needs a role"),
        ("sft", {"messages": [{"role": "user", "content": "  "}]}, "a message needs a role"),
        ("preference", {"prompt": "几天？", "chosen": "七天", "rejected": "七天"}, "teaches nothing"),
        ("preference", {"prompt": "几天？", "chosen": "七天"}, "needs 'rejected'"),
        ("preference", {"prompt": 3, "chosen": "七天", "rejected": "九天"}, "has no messages"),
        ("pretrain", {"content": "x"}, "needs 'text'"),
    ],
)
def test_what_cannot_be_learnt_is_named_with_its_line(tmp_path, stage, line, said):
    file = written(tmp_path / "bad.jsonl", "", line)

    with pytest.raises(TuningDataInvalid, match=said):
        read_records([file], stage)


def test_no_file_no_records_and_no_text_are_told(tmp_path):
    with pytest.raises(TuningDataInvalid, match="There is no file"):
        read_records([tmp_path / "gone.jsonl"], "sft")
    with pytest.raises(TuningDataInvalid, match="nothing to learn"):
        read_records([written(tmp_path / "empty.jsonl", "")], "sft")
    (tmp_path / "binary.jsonl").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(TuningDataInvalid, match="UTF-8"):
        read_records([tmp_path / "binary.jsonl"], "sft")


def records(count):
    return [Record((Message("user", f"question {number // 2}"),), f"reply {number}") for number in range(count)]


def test_replies_to_the_same_question_are_held_out_together_whatever_else_there_is():
    learnt, held = split_records(records(400), share=0.1, seed=3)

    assert {record.prompt for record in learnt}.isdisjoint({record.prompt for record in held})
    assert 20 <= len(held) <= 60
    more_learnt, more_held = split_records(records(500), share=0.1, seed=3)
    assert set(held) <= set(more_held)
    assert set(learnt) <= set(more_learnt)


@pytest.mark.parametrize("share", [0.001, 0.5])
def test_both_sides_have_something_as_soon_as_two_questions_are_there(share):
    learnt, held = split_records(records(4), share=share, seed=1)

    assert learnt
    assert held
    assert split_records(records(2), share=share, seed=1) == (records(2), [])
    assert split_records(records(4), share=0, seed=1) == (records(4), [])
