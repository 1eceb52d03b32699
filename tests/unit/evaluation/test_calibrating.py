import json
from datetime import date
from pathlib import Path

import pytest

from app.evaluation.calibrating import CalibrationQuestion, read_questions
from app.evaluation.errors import DatasetUnreadable
from tests.fakes import answer_of, passage

RETURNS = passage("签收后7天内可以退货。")


def question(**fields) -> CalibrationQuestion:
    return CalibrationQuestion("q", "几天内可以退货？", "", "zh", **{"is_answerable": True, **fields})


def lines(path: Path, *rows: dict) -> Path:
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")
    return path


def test_what_a_right_answer_holds_decides():
    answer = answer_of(("签收后7天内可以退货。", RETURNS))

    assert question(must_include=(("7天", "7 days"),)).is_right(answer)
    assert not question(must_include=(("17天",),)).is_right(answer)
    assert not question(must_include=(("7天",),), must_not_include=("退货",)).is_right(answer)


def test_where_nothing_is_named_a_right_document_among_the_citations_decides():
    answer = answer_of(("签收后7天内可以退货。", RETURNS))

    assert question(gold=("returns.md",)).is_right(answer)
    assert not question(gold=("refund.md",)).is_right(answer)
    assert not question(gold=("refund.md",), must_include=(("8天",),)).is_right(answer)


def test_no_answer_to_what_nothing_answers_is_right_and_no_declined_one():
    assert not question(is_answerable=False).is_right(answer_of(("签收后7天内可以退货。", RETURNS)))
    assert not question(gold=("returns.md",)).is_right(answer_of())


def test_questions_of_both_layouts_are_read(tmp_path: Path):
    path = lines(
        tmp_path / "questions.jsonl",
        {"id": "a", "text": "How long?", "answerable": True, "gold": ["r.md"], "kind": "plain"},
        {"id": "b", "text": "多久？", "type": "unanswerable"},
        {"id": "c", "text": "多久？", "must_include": ["7天"], "as_of": "2026-11-24"},
    )

    found = read_questions(path)

    assert [(item.is_answerable, item.language, item.type) for item in found] == [
        (True, "en", "plain"),
        (False, "zh", "unanswerable"),
        (True, "zh", ""),
    ]
    assert (found[2].must_include, found[2].as_of) == ((("7天",),), date(2026, 11, 24))


@pytest.mark.parametrize(
    ("row", "told"),
    [
        ({"id": "a", "text": "多久？"}, "must_include"),
        ({"id": "a", "text": "多久？", "answerable": True, "gold": []}, "must_include"),
        ({"id": "a", "text": "多久？", "answerable": "yes"}, "true or false"),
        ({"id": "a", "answerable": False}, "text"),
    ],
)
def test_a_question_that_cannot_be_judged_is_told_with_its_line(tmp_path: Path, row, told):
    with pytest.raises(DatasetUnreadable, match=f"line 1.*{told}"):
        read_questions(lines(tmp_path / "questions.jsonl", row))


def test_an_empty_file_is_told(tmp_path: Path):
    with pytest.raises(DatasetUnreadable, match="no question"):
        read_questions(lines(tmp_path / "questions.jsonl"))
