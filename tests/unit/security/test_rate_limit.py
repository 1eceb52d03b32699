from __future__ import annotations

import pytest

from app.security.rate_limit import RateLimit


def test_caller_waits_once_its_minute_is_used_up() -> None:
    now = [0.0]
    limit = RateLimit(3, clock=lambda: now[0])

    assert [limit.wait_s("a") for _ in range(3)] == [0, 0, 0]
    assert limit.wait_s("a") == pytest.approx(20)  # 3 a minute is one each 20 s
    assert limit.wait_s("b") == 0
    now[0] = 20
    assert limit.wait_s("a") == 0
    assert limit.wait_s("a") == pytest.approx(20)


def test_memory_is_bounded_by_the_number_of_callers() -> None:
    limit = RateLimit(1, callers=10)

    for number in range(1000):
        limit.wait_s(str(number))

    assert len(limit._buckets) == 10
