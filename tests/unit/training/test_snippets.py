"""Questions that bring their own passages."""

import json
import random

from app.building.container import Container
from app.settings import ModelSettings, Settings
from app.training.snippets import Snippets, judged_examples, read_snippets, snippet_examples

ITEM = Snippets(
    "云泽马拉松男子组冠军",
    ("韩立",),
    ("2023年云泽马拉松，韩立夺得男子组冠军。", "冠军韩立赛后致谢。女子组由周宁获胜。"),
    ("云泽马拉松女子组冠军是周宁。", "去年的男子组冠军没有参赛。"),
)
OTHER = Snippets(ITEM.question, ITEM.answers, ITEM.positive, ITEM.negative, false="赵川")


def container_of(tmp_path):
    return Container(Settings(home=tmp_path, models=ModelSettings(embedder="hashing")))


def marked(example):
    return [
        sentence
        for window, labels in zip(example.windows, example.labels, strict=True)
        for sentence, label in zip(window.sentences, labels, strict=True)
        if label
    ]


def test_each_question_is_asked_with_two_that_answer_with_one_and_with_none():
    mixtures = list(ITEM.mixtures(random.Random(1)))

    assert [len(mixture.passages) for mixture in mixtures] == [4, 3, 2]
    assert set(mixtures[2].passages) == set(ITEM.negative)


def test_no_more_than_five_passages_are_handed_in_at_once():
    many = Snippets("q", ("a",), ("a1", "a2", "a3"), tuple("bcdefgh"))

    assert {len(mixture.passages) for mixture in many.mixtures(random.Random(1))} == {5}


def test_another_value_is_asked_for_by_itself_and_beside_the_first():
    mixtures = list(OTHER.mixtures(random.Random(1)))

    assert [mixture.answers for mixture in mixtures] == [("韩立",), ("韩立",), ("赵川",), ("韩立", "赵川"), ()]
    assert all("韩立" not in passage for passage in mixtures[2].passages)
    values = [any(name in passage for passage in mixtures[3].passages) for name in ("韩立", "赵川")]
    assert values == [True, True]


def test_packs_mark_the_sentences_that_hold_the_answer_and_name_it(tmp_path):
    whole, _, without = snippet_examples([ITEM], container_of(tmp_path))

    assert marked(whole)
    assert set(marked(whole)) <= {ITEM.positive[0], "冠军韩立赛后致谢。"}
    assert whole.answers == ("韩立",)
    assert not without.is_answerable
    assert without.answers == ()


def test_two_values_that_disagree_are_both_short_answers(tmp_path):
    _, _, false, both, _ = snippet_examples([OTHER], container_of(tmp_path))

    assert false.answers == ("赵川",)
    assert len(marked(both)) == 2
    assert both.answers == ("韩立", "赵川")


def test_judged_with_an_answer_and_without(tmp_path):
    (_, with_answer), (_, without) = judged_examples([ITEM], container_of(tmp_path))

    assert (with_answer, without) == (True, False)


def test_a_file_is_read_line_by_line(tmp_path):
    path = tmp_path / "snippets.jsonl"
    plain = {"query": "q", "answer": "a", "positive": ["x a"], "negative": ["y"]}
    spelt = {**plain, "answer": ["a", "A"], "fakeanswer": "b"}
    path.write_text(f"{json.dumps(plain)}\n\n{json.dumps(spelt)}\n", encoding="utf-8")

    assert read_snippets(path) == [
        Snippets("q", ("a",), ("x a",), ("y",)),
        Snippets("q", ("a", "A"), ("x a",), ("y",), "b"),
    ]


def test_each_member_of_a_list_is_marked_and_none_is_the_answer(tmp_path):
    path = tmp_path / "lists.jsonl"
    row = {
        "query": "云泽马拉松有哪些赞助商",
        "members": ["青岚", "北陵"],
        "positive": ["赞助商有青岚等。", "北陵也是赞助商。"],
        "negative": ["女子组冠军是周宁。"],
    }
    path.write_text(json.dumps(row, ensure_ascii=False) + "\n", encoding="utf-8")
    (item,) = read_snippets(path)

    whole, *_, without = snippet_examples([item], container_of(tmp_path))

    assert item.is_list
    assert set(marked(whole)) == set(row["positive"])
    assert whole.answers == ()
    assert not without.is_answerable
