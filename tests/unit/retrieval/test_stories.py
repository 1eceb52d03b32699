from dataclasses import replace

import numpy as np
import pytest

from app.retrieval.retriever import Retriever
from app.retrieval.stories import Need, bears, is_of_oneself, merged, names_told, sentences_told, weights_of
from index.embedding.hashing import HashingEmbedder
from index.types import Hit, Query
from tests.fakes import FakeGeneration, passage

STORY = (
    "我上周在你们店里买了两样东西。Hello. 昨天快递员把它们放在门口就走了。我打开一看有一只杯子碎了。"
    "另外一件衣服的尺码也不对。我想知道衣服能不能换大一号。杯子的钱什么时候可以退给我。"
)


class Ranked(FakeGeneration):
    """Ranks its passages by their vectors, as stage "sentence"."""

    def __init__(self, passages, embedder):
        super().__init__(passages)
        self._rows = embedder.embed_passages(passages).passages

    def rank(self, query, vector, *, depth=50):
        cosines = self._rows @ vector[0] if len(self._rows) else np.zeros(0)
        order = sorted(zip(self._passages, cosines.tolist(), strict=True), key=lambda found: -found[1])
        return {"sentence": [Hit(name, cosine) for name, cosine in order[:depth]]}


def test_a_story_is_searched_by_its_sentences_and_greetings_are_left_out():
    told = sentences_told(STORY)

    assert len(told) == 6
    assert told[0] == "我上周在你们店里买了两样东西。"


@pytest.mark.parametrize("text", ["", "几天能退？", "What is the fee? And how long does it take?"])
def test_a_question_is_no_story(text):
    assert sentences_told(text) == []


def test_what_is_nearer_than_the_last_one_found_is_summed():
    # To the power of 1.5: a: 1 * (0.9 - 0.7) + 2 * (0.8 - 0.6), b: 2 * (0.9 - 0.6), c: nothing
    first = Need(1.0, [Hit("a", 0.9), Hit("c", 0.7)], 0.7)
    second = Need(2.0, [Hit("b", 0.9), Hit("a", 0.8), Hit("c", 0.6)], 0.6)

    found = merged([first, second], {"a": "A", "b": "B", "c": "C"}, limit=3)

    assert {hit.passage_id: hit.score for hit in found} == pytest.approx({"a": 0.2683, "b": 0.3286, "c": 0.0}, abs=1e-4)
    assert found[-1].passage_id == "c"


def test_a_document_gains_by_its_nearest_passage_and_shows_a_passage_for_each_need():
    # Of the catalogue one row is nearest by each need; the third is nearest by none.
    cup = Need(1.0, [Hit("cup", 0.9), Hit("jug", 0.8), Hit("rule", 0.5)], 0.5)
    shirt = Need(1.0, [Hit("shirt", 0.8), Hit("jug", 0.7), Hit("rule", 0.5)], 0.5)
    documents = {"cup": "catalogue", "jug": "catalogue", "shirt": "catalogue", "rule": "rules"}

    found = merged([cup, shirt], documents, limit=3)

    assert [hit.passage_id for hit in found[:2]] == ["cup", "shirt"]
    assert [hit.score for hit in found] == pytest.approx([0.253 + 0.1643, 0.1643, 0.0], abs=1e-4)


def test_a_hit_keeps_the_stages_of_the_need_that_it_gains_most_by():
    far, near = Hit("a", 0.6, stages={"sentence": 0.6}), Hit("a", 0.9, stages={"sentence": 0.9}, best_sentence=2)

    (found,) = merged([Need(1.0, [far], 0.5), Need(1.0, [near], 0.5)], {"a": "A"}, limit=5)

    assert (found.stages, found.best_sentence) == ({"sentence": 0.9}, 2)


def test_a_story_that_finds_nothing_has_no_hits():
    assert merged([], {}, limit=5) == []


def test_a_sentence_near_to_nothing_hardly_counts_and_none_counts_more_than_four():
    # e to the power of 0.05 / 0.02 on either side of the mean 0.85: 12.18, and 0.082
    assert weights_of(["a", "b", "c"], [0.90, 0.80, None]) == pytest.approx([4.0, 0.0821, 0.0], rel=1e-3)


@pytest.mark.parametrize(
    ("sentence", "said"),
    [
        ("My name is Laura Hill and my email is laura@example.com.", True),
        ("我叫李雪梅，手机号13812345678。", True),
        ("My phone fell into the water.", False),
        ("How do I change the name and the address of my order?", False),
        ("收货地址写错了。", False),
    ],
)
def test_a_sentence_that_says_who_one_is_counts_a_quarter(sentence, said):
    assert is_of_oneself(sentence) is said
    assert weights_of([sentence], [0.8]) == [0.25 if said else 1.0]


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("my Light Blue Account and my EcoCard, the LIGHT BLUE ACCOUNT", ["Light Blue Account", "EcoCard"]),
        ("a Galaxy 15 case", ["Galaxy 15"]),
        ("我看了《七日无理由退货》和「会员等级」，还有“以旧换新”。", ["七日无理由退货", "会员等级", "以旧换新"]),
        ("I want my money back.", []),
        ("", []),
    ],
)
def test_what_may_be_names_is_found_once_in_order(text, names):
    assert names_told(text) == names


@pytest.mark.parametrize(
    ("title", "name", "held"),
    [
        ("Light Blue Account at a glance", "light blue account", True),
        ("七日无理由退货规则", "七日无理由退货", True),
        ("Evergreen Account at a glance", "Green Account", False),
        ("Opening accounts (C++)", "C++", True),
    ],
)
def test_a_title_bears_a_name_as_a_whole(title, name, held):
    assert bears(title, name) is held


def test_a_name_in_a_story_brings_what_bears_it_to_the_front():
    texts = ["A fee is charged each month.", "A fee is charged each month.", "Cards are sent by mail."]
    titles = ["Rose Account", "Lily Account", "Cards"]
    made = [
        replace(passage(text, f"{title}#0"), document_id=title, title=title)
        for text, title in zip(texts, titles, strict=True)
    ]
    story = (
        "I have been with you for years. I have the Lily Account since May. A fee is charged each month. "
        "Nobody told me about it before. I asked at the counter last week. Please give it back to me."
    )

    hits = Retriever(HashingEmbedder()).search(Query(story, top=3), Ranked(made, HashingEmbedder()))

    assert hits[0].passage_id == "Lily Account#0"
    assert set(hits[0].stages) == {"sentence"}


def test_a_story_told_to_an_empty_base_finds_nothing():
    assert Retriever(HashingEmbedder()).search(Query(STORY), Ranked([], HashingEmbedder())) == []


def test_each_need_of_a_story_finds_its_passage():
    texts = ["衣服尺码不对可以换大一号。", "杯子碎了可以退钱。", "会员积分一年有效。", "发票在订单页下载。"]
    base = FakeGeneration([passage(text, f"d#{number}") for number, text in enumerate(texts)])

    hits = Retriever(HashingEmbedder()).search(Query(STORY, top=2), base)

    assert len(hits) == 2
    assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)
