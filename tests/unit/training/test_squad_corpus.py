"""Corpora out of reading comprehension sets."""

import json

import pytest

from app.training.squad_corpus import held_out, write_corpus

ARTICLE = {
    "title": "Old_Mill",
    "paragraphs": [
        {
            "id": "p1",
            "context": "The mill was built in 1790. It burnt down\nin 1840.",
            "qas": [
                {"question": "When was it built?", "answers": [{"text": "1790", "answer_start": 22}]},
                {"question": "Who built it?", "answers": [], "is_impossible": True},
            ],
        }
    ],
}


def rows(folder):
    return [json.loads(line) for line in (folder / "questions.jsonl").read_text("utf-8").splitlines()]


def test_a_question_gets_the_sentence_that_holds_its_answer_and_an_impossible_one_none(tmp_path):
    assert write_corpus([ARTICLE], tmp_path) == (1, 1)

    answered, impossible = rows(tmp_path)
    assert answered["evidence"] == [{"document": "0000.md", "quote": "The mill was built in 1790.", "answer": "1790"}]
    assert (impossible["kind"], impossible["evidence"]) == ("near_miss", [])
    assert "It burnt down in 1840." in (tmp_path / "docs/0000.md").read_text("utf-8")


def test_articles_of_one_title_are_one_document_and_every_other_keeps_its_title(tmp_path):
    other = {**ARTICLE, "title": "New Mill"}

    write_corpus([ARTICLE, other, ARTICLE], tmp_path)

    texts = [path.read_text("utf-8") for path in sorted((tmp_path / "docs").iterdir())]
    assert [text.count("The mill was built") for text in texts] == [2, 1]
    assert [text.startswith("# ") for text in texts] == [True, False]


def test_questions_of_our_own_join_those_of_the_set(tmp_path):
    own = [
        {"paragraph": "p1", "question": "mill capacity", "kind": "attribute"},
        {"paragraph": "p1", "question": "mill fire year", "kind": "answer", "sentence": 1},
    ]

    assert write_corpus([ARTICLE], tmp_path, near_misses=own) == (2, 2)
    assert [row["evidence"] for row in rows(tmp_path)[2:]] == [
        [],
        [{"document": "0000.md", "quote": "It burnt down in 1840."}],
    ]


def test_a_question_over_a_paragraph_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(KeyError, match="p9"):
        write_corpus([ARTICLE], tmp_path, near_misses=[{"paragraph": "p9", "question": "x", "kind": "time"}])


def test_questions_held_out_stand_beside_five_paragraphs_and_leave_the_corpus(tmp_path):
    article = {
        "title": "Mill",
        "paragraphs": [
            {
                "id": f"p{at}",
                "context": f"Wheel {at} turns {at + 100} times. It is of oak.",
                "qas": [
                    {
                        "question": f"How often does wheel {at} turn?",
                        "answers": [{"text": f"{at + 100}", "answer_start": 14}],
                    },
                    {"question": f"Who made wheel {at}?", "answers": [], "is_impossible": True},
                ],
            }
            for at in range(200)
        ],
    }
    write_corpus([article], tmp_path)

    held = held_out(tmp_path)

    assert sum(bool(row["positive"]) for row in held) == len(held) / 2 > 0
    assert all(len(row["positive"]) + len(row["negative"]) == 5 for row in held)
    assert all(row["answer"] in row["positive"][0] for row in held if row["positive"])
    assert not {row["query"] for row in held} & {row["text"] for row in rows(tmp_path)}
