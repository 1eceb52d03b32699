import sqlite3
from datetime import date

import numpy as np
import pytest

from app.answer_cache import AnswerCache, EntryStore
from app.answer_cache.asked import AskedQuestion
from app.answer_cache.entry import Entry, Mark
from tests.fakes import FakeGeneration, answer_of, passage

DAY = date(2026, 11, 24)
ITEM, OTHER = passage("签收后七日内可以无理由退货。"), passage("退款三日内到账。", "refunds.md#1")
VECTOR = np.asarray([[0.6, 0.8]], np.float32)


def asked(question: str, scope: str = "s1") -> AskedQuestion:
    return AskedQuestion(question, "zh", scope, DAY, None, None, frozenset(), "m")


def entry(question: str, item=ITEM, **fields) -> Entry:
    one, mark = asked(question), Mark.of(item)
    answer = answer_of((item.text, item), receipt_id=f"receipt {question}", **fields)
    return Entry(one.key, one.scope, question, answer, (mark,), (), (mark,), "g1", DAY, "2999-01-01T00:00:00.000")


def cache(store: EntryStore | None = None, **fields) -> AnswerCache:
    return AnswerCache(store or EntryStore(None), **fields)


class Failing(EntryStore):
    """Fails as a full disk does."""

    is_there = True

    def __init__(self) -> None:
        super().__init__(None)
        self.calls = 0

    def _open(self):
        self.calls += 1
        raise sqlite3.OperationalError("database or disk is full")


def test_found_by_words_then_by_meaning() -> None:
    kept = cache()
    kept.put(entry("退款多久到账？"), VECTOR[0])

    assert kept.exact(asked("退款多久到账")) is not None
    assert kept.exact(asked("退款多久到账", scope="s2")) is None
    found = kept.near(asked("请问退款要多久到账呢"), lambda: VECTOR)
    assert found is not None
    assert found[0].question == "退款多久到账？"
    assert found[1] == pytest.approx(1.0)


def test_meaning_alone_is_not_enough() -> None:
    kept = cache(min_similarity=0.95)
    kept.put(entry("退款多久到账？"), VECTOR[0])

    assert kept.near(asked("请问退款多久到账"), lambda: np.asarray([[0.8, 0.6]], np.float32)) is not None
    assert kept.near(asked("请问退款多久到账"), lambda: np.asarray([[1.0, 0.0]], np.float32)) is None
    assert kept.near(asked("请问退款多久到账"), lambda: np.ones((1, 3), np.float32)) is None


def test_likeness_alone_is_not_enough_and_costs_no_embedding() -> None:
    kept = cache()
    kept.put(entry("退款多久到账？"), VECTOR[0])

    assert kept.near(asked("退款多久没到账？"), lambda: pytest.fail("nothing to compare with")) is None
    assert cache(by_meaning=False).near(asked("退款多久到账"), lambda: pytest.fail("switched off")) is None


def test_a_refusal_is_found_by_the_same_words_alone() -> None:
    kept = cache()
    kept.put(entry("退款多久到账？", status="declined"), None)

    assert kept.exact(asked("退款多久到账")) is not None
    assert kept.near(asked("请问退款多久到账"), lambda: VECTOR) is None


def test_memory_holds_those_used_last_and_the_file_the_rest() -> None:
    kept = cache(remembered=2)
    for number in range(5):
        kept.put(entry(f"第{number}条是什么？"), VECTOR[0])

    assert len(kept._entries) == 2
    assert all(kept.exact(asked(f"第{number}条是什么？")) is not None for number in range(5))


def test_a_generation_is_settled_once_and_takes_what_it_no_longer_holds() -> None:
    kept = cache()
    kept.put(entry("退货几天？"), VECTOR[0])
    kept.put(entry("退款几天？", OTHER), VECTOR[0])
    kept.put(entry("天气？", status="declined"), None)

    assert kept.settle(FakeGeneration([ITEM, passage("退款五日内到账。", "refunds.md#1")], "g2")) == 2
    assert kept.settle(FakeGeneration([], "g2")) == 0
    assert kept.exact(asked("退货几天？")) is not None
    assert kept.exact(asked("退款几天？")) is None
    assert kept.counts.invalidated == 2


def test_a_failing_file_is_told_once_and_left_alone_for_a_while(caplog: pytest.LogCaptureFixture) -> None:
    now = [0.0]
    store = Failing()
    kept = cache(store, clock=lambda: now[0])

    for number in range(20):
        kept.put(entry(f"第{number}条？"), VECTOR[0])
        assert kept.exact(asked(f"第{number}条？")) is None
        assert kept.near(asked(f"请问第{number}条？"), lambda: VECTOR) is None
        kept.settle(FakeGeneration([], f"g{number}"))
        kept.forget_receipt("r1")

    assert store.calls == 1
    assert kept.counts.failed == 1
    assert len(caplog.records) == 1
    now[0] = 6.0
    kept.exact(asked("第1条？"))
    assert store.calls == 2


def test_bad_limits_are_refused() -> None:
    with pytest.raises(ValueError, match="min_similarity"):
        cache(min_similarity=0.0)
