"""Words of one language looked up in texts of the other."""

from importlib.resources import files

import pytest

from app.retrieval.glossary import Glossary, stands_across, terms_across
from app.retrieval.reading import Window
from app.retrieval.reading.reader import asked_beside
from app.retrieval.retriever import Retriever
from app.retrieval.scoring import FEATURES, pool_features
from index.embedding.hashing import HashingEmbedder
from index.types import Hit, Location, Passage, Query
from tests.fakes import FakeGeneration
from tests.unit.retrieval.test_scoring import found

SHOP = Glossary(
    [
        ("运费", ["shipping fee"]),
        ("退货", ["return", "send back"]),
        ("退", ["return"]),
        ("押金", ["deposit"]),
        ("存款", ["deposit"]),
    ]
)


@pytest.mark.parametrize(
    ("question", "text", "words"),
    [
        ("退货要押金吗", "Returns need no deposit.", ["return", "deposit"]),
        ("退货要押金吗", "We do not charge for it.", []),
        ("运费谁出", "The buyer pays return shipping.", ["shipping"]),  # a part of the phrase
        ("who sent the deposit back?", "押金原路退回", ["押金"]),
        ("who sent the deposit back?", "存款利率", ["存款"]),  # the text says which is meant
        ("can I send back shoes I wore", "退货须知", ["退货"]),
        ("can I send shoes", "退货须知", []),  # half of a phrase
        ("returning", "可退", ["退"]),
        ("", "退货", []),
        ("退货", "", []),
    ],
)
def test_only_words_that_stand_in_the_text_are_given(question: str, text: str, words: list[str]) -> None:
    found_words = [*SHOP.translated(question, "zh", text), *SHOP.translated(question, "en", text)]

    assert found_words == words
    assert SHOP.beside(question, text) == (f"{question} / {' '.join(words)}" if words else question)


def test_the_longest_entry_counts() -> None:
    assert SHOP.translated("退货", "en") == ["return", "send back"]
    assert SHOP.translated("send back", "zh") == ["退货"]


def test_what_both_languages_write_alike_is_searched_with() -> None:
    assert SHOP.search_text("Buds 3退货", "en") == "return send back Buds 3"
    assert SHOP.search_text("return PK-17A in 30 days", "zh") == "退货 退 PK-17A 30"
    assert SHOP.search_text("你好", "en") == ""


def test_the_shipped_one_holds_pairs_of_both_languages_once() -> None:
    lines = files("app.retrieval").joinpath("data", "glossary.tsv").read_text(encoding="utf-8").splitlines()
    rows = [line.split("\t") for line in lines]

    assert len(rows) > 9000
    assert all(len(row) == 2 for row in rows)
    assert len({word for word, _ in rows}) == len(rows)
    assert all(phrases.isascii() for _, phrases in rows)
    assert not any(word.isascii() for word, _ in rows)


@pytest.mark.parametrize(
    ("question", "text", "word"),
    [
        ("my parcel got lost", "包裹丢失的，先行赔付。", "丢失"),
        ("how long is the warranty", "保修期一年。", "保修"),
        ("运费谁出", "The buyer pays return shipping.", "shipping"),
        ("发票抬头写错了", "A wrong invoice title is corrected within 30 days.", "invoice title"),
    ],
)
def test_the_shipped_one_knows_what_shops_speak_of(question: str, text: str, word: str) -> None:
    assert word in Glossary.shipped().beside(question, text).partition(" / ")[2]


def test_a_question_is_read_with_its_words_in_the_other_language_alone() -> None:
    own, other = Window("", ("退货要押金。",)), Window("Returns", ("No deposit is taken.",))

    assert asked_beside("退货要押金吗", [own]) == "退货要押金吗"
    assert asked_beside("退货要押金吗", [own, other]) == "退货要押金吗 / return deposit"
    assert asked_beside("退货要押金吗", []) == "退货要押金吗"


def passage(text: str, language: str = "zh") -> Passage:
    return Passage(text, text, "t", text, "", language, Location(), ((0, len(text)),))


def test_terms_across_come_from_the_other_language_alone() -> None:
    english = passage("No deposit for returns.", "en")

    assert stands_across("退货要押金吗", english)
    assert not stands_across("return?", english)
    assert not stands_across("退货要押金吗", passage("Returns 退货", "mixed"))
    assert set(terms_across("退货要押金吗", [english, passage("退货")])) == {"return", "deposit"}
    assert terms_across("退货要押金吗", [passage("退货")]) == ()


def test_a_sentence_holds_the_words_of_a_question_in_the_other_language() -> None:
    pool = [found("押金在3日内退还。", [0.8]), found("运费自理。", [0.8])]

    features = pool_features("when is the deposit paid back", pool)

    held = features.values[:, FEATURES.index("held_alone")].tolist()
    assert held[0] > held[1] == 0.0


class ByWords(FakeGeneration):
    """Finds the passages that hold a word of the query, and nothing by vectors."""

    def rank(self, query, vector, *, depth=50):
        words = query.text.split()
        holding = [name for name, item in self._passages.items() if any(word in item.text for word in words)]
        return {"dense": [], "sentence": [], "words": [Hit(name, 1.0) for name in holding[:depth]]}


def test_documents_in_the_other_language_are_found_by_words() -> None:
    source = ByWords([passage("No deposit for returns.", "en"), passage("Opening hours", "en")])

    retriever = Retriever(HashingEmbedder())

    assert [item.passage.text for item in retriever.retrieve_across(Query("要押金吗"), source)] == [
        "No deposit for returns."
    ]
    assert retriever.retrieve_across(Query("你好呀"), source) == []
