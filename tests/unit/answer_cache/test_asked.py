from datetime import date

import pytest

from app.answer_cache.asked import QuestionReader
from app.domain import Message, Turn

TODAY = date(2026, 11, 24)
QUESTION = "质量问题退货，运费由谁承担？"


def reader(**fields) -> QuestionReader:
    values = {"model": lambda: "m1", "fingerprint": lambda: "f1", "today": lambda: TODAY, **fields}
    return QuestionReader(**values)


def key(turn: Turn, **fields) -> str:
    asked = reader(**fields).read(turn)
    assert asked is not None
    return asked.key


def test_spelling_and_conversation_do_not_count() -> None:
    assert key(Turn(QUESTION)) == key(Turn(f" {QUESTION}?? ", conversation_id="c1", mode="llm"))


@pytest.mark.parametrize(
    "other",
    [
        Turn("质量问题退货，运费不由谁承担？"), Turn(QUESTION, language="en"), Turn(QUESTION, language="mixed"),
        Turn(QUESTION, as_of=TODAY), Turn(QUESTION, access=frozenset({"staff"})),
    ],
)  # fmt: skip
def test_what_the_answer_depends_on_makes_another_key(other: Turn) -> None:
    assert key(Turn(QUESTION)) != key(other)


def test_model_settings_and_mode_make_another_key() -> None:
    keys = {
        key(Turn(QUESTION)),
        key(Turn(QUESTION), model=lambda: "m2"),
        key(Turn(QUESTION), fingerprint=lambda: "f2"),
        key(Turn(QUESTION, mode="extractive"), takes_extractive=True),
    }
    assert len(keys) == 4


def test_a_question_that_moves_with_the_calendar_is_another_one_each_day() -> None:
    tomorrow = date(2026, 11, 25)

    assert key(Turn("今天下单明天能到吗？")) != key(Turn("今天下单明天能到吗？"), today=lambda: tomorrow)
    assert key(Turn("Do you ship today?")) != key(Turn("Do you ship today?"), today=lambda: tomorrow)
    assert key(Turn(QUESTION)) == key(Turn(QUESTION), today=lambda: tomorrow)


def test_a_named_day_of_purchase_counts() -> None:
    asked = reader().read(Turn("2025年12月1日买的还能退吗？"))
    assert asked is not None
    assert asked.day == date(2025, 12, 1)


@pytest.mark.parametrize(
    "turn",
    [
        Turn(QUESTION, passages=("a",)), Turn("  "), Turn("？！"), Turn("长" * 501), Turn(QUESTION, mode="extractive"),
        Turn("订单号20261124001运费谁付"),
        Turn("那运费呢？", history=(Message("user", "我的电话是13812345678，质量问题怎么退？"),)),
    ],
)  # fmt: skip
def test_some_questions_are_not_looked_up(turn: Turn) -> None:
    assert reader().read(turn) is None


def test_without_a_model_only_what_is_wanted_is_kept() -> None:
    assert reader(model=lambda: None).read(Turn(QUESTION)) is None
    assert reader(model=lambda: None, takes_extractive=True).read(Turn(QUESTION)) is not None
