"""Lines of several makers, read as questions and what answers them."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from app.training.adapter import Pair
from app.training.errors import TrainingDataInvalid
from app.training.reranker import Judgement, judgements_of, read_judgements
from app.training.reranker.judgements import write_judgements
from tests.fakes import passage

AT = datetime(2026, 10, 5, tzinfo=UTC)


def written(path, *rows):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")
    return path


def test_what_was_written_comes_back(tmp_path):
    items = [Judgement("how long?", AT, words=("Two days.",)), Judgement("包邮吗", AT, documents=("a",), source="edit")]

    write_judgements(items, tmp_path / "j.jsonl")

    assert read_judgements(tmp_path / "j.jsonl") == items


def test_pairs_and_triples_of_one_question_are_one_judgement_and_wrong_passages_none(tmp_path):
    file = written(
        tmp_path / "a.jsonl",
        {"query": "包邮吗", "passage": "满99元包邮。", "label": 1, "passage_id": "p1"},
        {"query": "包邮吗", "passage": "七日内可退。", "label": 0, "passage_id": "p2"},
        {"query": "包邮吗？", "positive": "x", "negative": "y", "passage_id": "p4", "negative_id": "p5"},
        {"query": "包邮吗", "positive": "满99元包邮。", "negative": "y", "passage_id": "p3", "negative_id": "p2"},
        {"query": "退货?", "passage": "包邮。", "label": 0},
    )

    one, other = read_judgements(file)

    assert (one.text, one.passages, one.words) == ("包邮吗", ("p1", "p3"), ("满99元包邮。",))
    assert (other.text, other.passages) == ("包邮吗？", ("p4",))


def test_of_an_export_the_test_part_is_not_learnt(tmp_path):
    for part in ("train", "validation", "test"):
        written(tmp_path / "pairs" / f"{part}.jsonl", {"query": part, "passage": "满99元包邮。", "label": 1})

    assert [item.text for item in read_judgements(tmp_path)] == ["train", "validation"]


def test_a_folder_without_pairs_is_named(tmp_path):
    with pytest.raises(TrainingDataInvalid, match="kefu train data --out"):
        read_judgements(tmp_path)


@pytest.mark.parametrize(
    "line",
    [
        "{",
        "[1]",
        "null",
        '{"text": " ", "documents": ["a"]}',
        '{"text": "x"}',
        '{"text": "x", "documents": [1]}',
        '{"query": "x", "passage": "y"}',
        '{"query": "x", "passage": "y", "label": "yes"}',
        '{"query": "x", "passage": "", "label": 1}',
        '{"query": "x", "passage": "y", "label": 1, "at": "soon"}',
    ],
)
def test_a_line_that_is_none_is_named(tmp_path, line):
    file = tmp_path / "a.jsonl"
    file.write_text('{"text": "x", "documents": ["a"]}\n' + line + "\n", encoding="utf-8")

    with pytest.raises(TrainingDataInvalid, match=r"Line 2 of a\.jsonl"):
        read_judgements(file)


def test_mined_pairs_are_right_by_document():
    (item,) = judgements_of([Pair("包邮吗", ("shipping.md",), AT, "ann", "edit")])

    assert item == Judgement("包邮吗", AT, documents=("shipping.md",), source="edit")
    assert "ann" not in repr(item)


def test_a_sentence_is_right_by_its_document_its_passage_or_its_words():
    found = passage("满99元包邮。不满收8元。好。", "p1", sentences=((0, 7), (7, 13), (13, 15)))

    assert Judgement("?", AT, documents=(found.document_id,)).is_right(found, 1)
    assert Judgement("?", AT, passages=("p1",)).is_right(found, 0)
    words = Judgement("?", AT, words=("运费：满99元包邮，以实付为准。 好",))
    assert [words.is_right(found, number) for number in range(len(found.sentences))] == [True, False, False]
