"""Passages that answer one question differently."""

import pytest

from app.assistant.disputes import disputed
from app.assistant.finding import Look
from app.domain import Evidence
from app.retrieval.reading import Reading
from app.retrieval.reading.reader import ShortAnswer
from tests.fakes import passage


def look(*said: tuple[str, str, float], documents: tuple[str, ...] = ("a.md", "b.md", "c.md")) -> Look:
    """A sentence, the words in it that answer, and how sure that is; each in a document of its own."""
    items = [
        Evidence(at, passage(text, f"{document}#{at}"), 0, 0, 0.0)
        for at, ((text, _, _), document) in enumerate(zip(said, documents, strict=False), start=1)
    ]
    answers = tuple(
        (ShortAnswer(score, text.index(answer), text.index(answer) + len(answer), answer),)
        for text, answer, score in said
    )
    return Look([], tuple(items), Reading(3.0, tuple((3.0,) for _ in said), answers), tuple(items))


@pytest.mark.parametrize(
    ("one", "other", "kind"),
    [
        (("军运会在武汉举行。", "武汉"), ("成都举办了第七届军运会。", "成都"), "name"),
        (("发布于2020年11月24日。", "2020年11月24日"), ("2012年1月24日，它发布了。", "2012年1月24日"), "date"),
        (
            ("2020年11月4日4时30分。", "2020年11月4日4时30分"),
            ("2012年1月24日4时30分升空。", "2012年1月24日4时30分"),
            "date",
        ),
        (("The quake had magnitude 7.1.", "7.1"), ("It measured 3.1 on the scale.", "3.1"), "number"),
    ],
)
def test_two_good_answers_of_one_kind_are_told_with_their_words(one, other, kind):
    found = disputed(look((*one, 6.0), (*other, 5.0)))

    assert found is not None
    pair, conflict = found
    assert [item.passage.document_id for item in pair] == ["a.md", "b.md"]
    assert conflict.kind == kind
    assert {side.value for side in conflict.sides} == {one[1], other[1]}


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (("由李·哈维·奥斯瓦尔德开枪。", "李·哈维·奥斯瓦尔德"), ("奥斯瓦尔德刺杀了他。", "奥斯瓦尔德")),
        (("退款在7天内到账。", "7天"), ("退款七日到账。", "七日")),
        (("军运会在武汉举行。", "武汉"), ("军运会有9000名选手。", "9000名")),
        (("总部在北京。", "北京"), ("它从上海迁到北京。", "上海")),
        (("It is in Paris.", "Paris"), ("它位于伦敦。", "伦敦")),
    ],
)
def test_one_answer_in_other_words_another_kind_or_another_language_is_none(one, other):
    assert disputed(look((*one, 6.0), (*other, 6.0))) is None


def test_what_is_not_sure_or_much_less_sure_is_none():
    one, other = ("军运会在武汉举行。", "武汉"), ("成都举办了军运会。", "成都")

    assert disputed(look((*one, 1.0), (*other, 1.0))) is None
    assert disputed(look((*one, 9.0), (*other, 3.0))) is None


def test_less_is_enough_against_an_answer_that_was_told():
    both = look(("军运会在武汉举行。", "武汉", 0.8), ("成都举办了第七届军运会。", "成都", 1.0))

    assert disputed(both) is None
    assert disputed(both, told="军运会在广州举行。") is None
    found = disputed(both, told="在武汉[1]")
    assert found is not None
    assert [item.passage.document_id for item in found[0]] == ["a.md", "b.md"]


def test_sentences_of_one_document_are_not_held_against_each_other():
    said = (("军运会在武汉举行。", "武汉", 6.0), ("成都举办了军运会。", "成都", 6.0))

    assert disputed(look(*said, documents=("a.md", "a.md"))) is None


def test_without_a_reading_or_short_answers_nothing_is_disputed():
    assert disputed(None) is None
    assert disputed(Look([], (), None)) is None
    assert disputed(Look([], (), Reading(1.0, ((1.0,),)))) is None


def test_what_answers_another_thing_that_was_asked_disputes_nothing():
    first, last = ("第一棒是罗致焕。", "罗致焕", 6.0), ("赵嘉文跑完了最后一棒。", "赵嘉文", 5.0)

    assert disputed(look(first, last)) is not None
    assert disputed(look(first, last), beside=[look(last), None]) is None
    assert disputed(look(first, last), told="第一棒是罗致焕，最后一棒是赵嘉文。") is None
