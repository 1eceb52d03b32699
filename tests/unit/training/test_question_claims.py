"""Claims out of reading comprehension, and claims as files hold them."""

import json
import random

import pytest

from app.training.labelled_claims import is_left_out, read_claims
from app.training.question_claims import question_claims, told

PARAGRAPH = {
    "context": "彼特拉克开创了拉丁语的研究。伊拉斯谟在一五一六年出版了新约。其余的事无人知道。",
    "qas": [
        {"question": "拉丁语的研究是谁开创的？", "answers": [{"text": "彼特拉克"}]},
        {"question": "新约是谁出版的？", "answers": [{"text": "伊拉斯谟"}]},
        {"question": "新约在哪里印刷？", "answers": [], "plausible_answers": [{"text": "一五一六年"}]},
    ],
}
DATA = [{"paragraphs": [PARAGRAPH]}]


def test_an_answer_stands_where_the_question_asks():
    assert told("新约是谁出版的？", "伊拉斯谟") == "新约是伊拉斯谟出版的"
    assert told("为什么要印刷？", "为了读者") == "为什么要印刷？为了读者。"
    assert told("Who printed it?", "Froben") == "Who printed it? Froben."


def test_a_question_with_its_answer_is_true_and_with_that_of_another_it_is_not():
    claims = list(question_claims(DATA, DATA, random.Random(1)))

    assert {(claim.text, claim.is_supported) for claim in claims} == {
        ("拉丁语的研究是彼特拉克开创的", True),
        ("拉丁语的研究是伊拉斯谟开创的", False),
        ("新约是伊拉斯谟出版的", True),
        ("新约是彼特拉克出版的", False),
        ("新约在一五一六年印刷", False),
    }
    assert all("彼特拉克" in claim.passage for claim in claims if "彼特拉克" in claim.text)
    assert all(claim.passage in PARAGRAPH["context"] for claim in claims)


def test_what_asks_for_the_same_in_another_language_is_told_with_the_answer_of_the_passage():
    english = [{"paragraphs": [{"context": "", "qas": [{"question": "Who began it?"}] * 3}]}]

    claims = list(question_claims(english, DATA, random.Random(1)))

    assert claims[0].text == "Who began it? 彼特拉克."
    assert claims[0].is_supported


def test_a_line_may_hold_one_claim_or_all_of_a_passage(tmp_path):
    one = {"passage": "七天内可退。", "document": "a.md", "claim": "七天内能退。", "supported": True, "fault": None}
    all_of_it = {
        "passage": "满99元包邮。",
        "claims": [
            {"claim": "一百元的不收邮费。", "supported": True, "fault": None},
            {"claim": "九十元的包邮。", "supported": False, "fault": "comparator"},
        ],
    }
    lines = [json.dumps(row, ensure_ascii=False) for row in (one, all_of_it)]
    (tmp_path / "claims.jsonl").write_text("\n".join(lines) + "\n", "utf-8")

    claims = read_claims(tmp_path)

    assert [(claim.text, claim.is_supported, claim.fault) for claim in claims] == [
        ("七天内能退。", True, None),
        ("一百元的不收邮费。", True, None),
        ("九十元的包邮。", False, "comparator"),
    ]
    assert claims[1].document == claims[2].document != claims[0].document
    assert read_claims(tmp_path, name="other.jsonl") == []


@pytest.mark.parametrize("percent", [0, 12, 100])
def test_about_so_many_passages_are_left_out_always_the_same(percent):
    passages = [f"第{number}条" for number in range(2000)]

    left_out = [is_left_out(passage, percent) for passage in passages]

    assert left_out == [is_left_out(passage, percent) for passage in passages]
    assert sum(left_out) / len(passages) == pytest.approx(percent / 100, abs=0.02)
