from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

import numpy as np
import pytest

from app.insight.gaps.clustering import clusters_of, joined_by_replies
from app.insight.gaps.mining import GapMiner, MiningParams
from app.insight.gaps.question import LoggedQuestion
from app.insight.gaps.shop_talk import ShopTalk, is_wordless
from app.insight.gaps.space import LanguageFree, QuestionVectors
from app.insight.gaps.wording import bare
from tests.unit.insight.conftest import NOON, TopicEmbedder

WORDS = ("rent", "invoice", "hello", "crypto")


def asked(number: int, text: str, **fields: Any) -> LoggedQuestion:
    values: dict[str, Any] = {
        "language": "en",
        "at": NOON + timedelta(minutes=number),
        "conversation_id": f"c{number}",
        "person": f"p{number}",
        "confidence": 0.05,
        "is_declined": True,
        **fields,
    }
    return LoggedQuestion(f"q{number}", text, **values)


def mined(questions: Sequence[LoggedQuestion], **parts: Any) -> Any:
    params = parts.pop("params", MiningParams())
    miner = GapMiner(QuestionVectors(TopicEmbedder(WORDS)), params=params, **parts)
    return miner.mine(miner.lay_out(questions))


def test_what_several_persons_asked_in_vain_is_a_gap() -> None:
    questions = [asked(number, f"can i rent a tent {number}") for number in range(3)]
    questions += [asked(number, "where is my invoice", is_declined=False, confidence=0.9) for number in range(3, 9)]

    (gap,) = mined(questions).gaps

    assert (gap.kind, gap.persons, gap.declined, gap.asked) == ("not_covered", 3, 3, 3)
    assert gap.label.en is not None
    assert "rent" in gap.label.en
    assert "tent" in gap.label.keywords["en"]


def test_one_person_who_asks_ten_times_makes_no_gap() -> None:
    found = mined([asked(number, f"can i rent a tent {number}", person="p") for number in range(10)])

    assert found.gaps == ()
    assert found.alone == 10


def test_questions_that_are_mostly_answered_well_are_kept_apart() -> None:
    questions = [asked(number, f"invoice please {number}", confidence=0.3) for number in range(3)]
    questions += [asked(number, "my invoice", is_declined=False, confidence=0.9) for number in range(3, 9)]

    (gap,) = mined(questions).gaps

    assert (gap.kind, gap.asked) == ("answered_badly", 9)


def test_what_agents_reply_out_of_the_base_is_covered_whatever_the_assistant_thought() -> None:
    replies = ("Invoices are issued within 24 hours.",)
    questions = [
        asked(number, f"invoice {number}", is_handed_off=True, replies=replies, handling_s=120.0) for number in range(4)
    ]
    looked_up: list[str] = []

    def holds(statements: Sequence[str], score: float) -> list[float]:
        looked_up.extend(statements)
        return [score] * len(statements)

    (held,) = mined(questions, holds=lambda said: holds(said, 2.0)).gaps
    (lacking,) = mined(questions, holds=lambda said: holds(said, -2.0)).gaps

    assert (held.kind, lacking.kind) == ("answered_badly", "not_covered")
    assert set(looked_up) == set(replies)
    assert held.minutes == 8  # four times two minutes


def test_small_talk_is_left_out() -> None:
    talk = np.zeros(16, dtype=np.float32)
    talk[WORDS.index("hello")] = -10.0
    questions = [asked(number, f"hello {number}x") for number in range(5)]
    questions += [asked(number, f"can i rent {number}") for number in range(5, 9)]

    found = mined(questions, shop_talk=ShopTalk(talk, 1.0))

    assert [gap.label.en for gap in found.gaps] == ["can i rent 5"]
    assert found.off_topic == 5


def test_the_dearest_comes_first() -> None:
    cheap = [asked(number, f"rent {number}") for number in range(5)]
    dear = [asked(number, f"crypto {number}", is_handed_off=True, handling_s=600.0) for number in range(5, 8)]

    assert [gap.minutes for gap in mined([*cheap, *dear]).gaps] == [30, 5]


@pytest.mark.parametrize("questions", [[], [asked(1, "rent")], [asked(1, "!!!"), asked(2, "😀"), asked(3, "123")]])
def test_logs_with_hardly_anything_have_no_gaps(questions: list[LoggedQuestion]) -> None:
    assert mined(questions).gaps == ()


def test_the_same_log_gives_the_same_gaps() -> None:
    questions = [asked(number, f"{word} {number}") for number, word in enumerate(WORDS * 5)]

    assert [gap.questions for gap in mined(questions).gaps] == [gap.questions for gap in mined(questions).gaps]


def test_average_linkage_joins_what_is_near_on_the_whole() -> None:
    near, far = np.array([1.0, 0.0]), np.array([0.0, 1.0])
    vectors = np.stack([near, far, near, far, np.array([0.7071, 0.7071])]).astype(np.float32)

    assert clusters_of(vectors @ vectors.T, nearest=0.8) == [[0, 2], [1, 3], [4]]
    assert clusters_of(vectors[:1] @ vectors[:1].T, nearest=0.8) == [[0]]
    assert clusters_of(vectors[:0] @ vectors[:0].T, nearest=0.8) == []


def test_clusters_that_agents_answer_alike_are_one_unless_they_lie_apart() -> None:
    vectors = np.array([[1.0, 0.0], [0.6, 0.8], [-1.0, 0.0]], dtype=np.float32)
    said = frozenset({"There is no registry."})

    assert joined_by_replies([[0], [1], [2]], vectors, [said, said, said], related=0.2) == [[0, 1], [2]]
    assert joined_by_replies([[0], [1], [2]], vectors, [said, frozenset(), said], related=0.2) == [[0], [1], [2]]


def test_taking_the_language_out_brings_two_wordings_together() -> None:
    topics = np.eye(8, dtype=np.float32)[:6].repeat(4, axis=0)
    shift = np.eye(8, dtype=np.float32)[7] * 3
    vectors = np.concatenate([topics, topics + shift])
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    languages: list[Any] = ["zh"] * 24 + ["en"] * 24

    free = LanguageFree(vectors, languages)(vectors, languages)

    assert float(vectors[0] @ vectors[24]) < 0.4
    assert float(free[0] @ free[24]) > 0.9


def test_vectors_are_kept_and_forgotten(database: Any) -> None:
    embedder = TopicEmbedder(WORDS)
    vectors = QuestionVectors(embedder, database)
    first = vectors.of(["Hello, can I rent?", "can i rent", "invoice"])

    again = QuestionVectors(embedder, database).of(["can i rent", "invoice"])

    assert embedder.asked == ["can i rent", "invoice"], "greetings and case do not make another question"
    assert np.array_equal(first[1:], again)
    assert vectors.forget_all_but(["invoice"]) == 1


@pytest.mark.parametrize(
    ("said", "left"),
    [
        ("你好，请问七天无理由退货的运费谁出？谢谢", "七天无理由退货的运费谁出"),
        ("亲，券怎么用不了😊", "券怎么用不了"),
        ("Good morning. Are you hiring asap", "are you hiring"),
        ("问题件怎么处理", "问题件怎么处理"),
        ("急件能当天到吗", "急件能当天到吗"),
        ("do you ship 5% off", "do you ship 5% off"),
        ("hello", "hello"),
        ("", ""),
    ],
)
def test_greetings_and_hurry_are_taken_off_and_nothing_else(said: str, left: str) -> None:
    assert bare(said) == left


def test_digits_and_emoji_are_no_words() -> None:
    assert is_wordless("👍👍 123 ???")
    assert not is_wordless("退款")


def test_the_topic_of_a_gap_can_be_asked_for_again() -> None:
    questions = [asked(number, f"rent {number}") for number in range(3)]
    questions.append(replace(asked(9, "rent a car"), is_declined=False))
    questions.append(asked(10, "invoice"))
    topics = GapMiner(QuestionVectors(TopicEmbedder(WORDS))).lay_out(questions)

    assert [item.event_id for item in topics.around(frozenset({"q0", "q1"}))] == ["q0", "q1", "q2", "q9"]
    assert topics.around(frozenset({"gone"})) == []
