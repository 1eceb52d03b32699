from __future__ import annotations

from datetime import UTC, datetime, tzinfo

import pytest

from app.jobs.nightly import Nightly


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def nightly(now: str, *, newest: str | None, seen: str, submitted: list[str] | None = None, **options) -> Nightly:
    def clock(zone: tzinfo) -> datetime:
        return at(now).astimezone(zone)

    asked = submitted if submitted is not None else []
    return Nightly(
        lambda: asked.append("run"),
        newest_run=lambda: at(newest) if newest else None,
        first_seen=lambda: at(seen),
        timezone="Asia/Shanghai",
        now=clock,
        **options,
    )


@pytest.mark.parametrize(
    ("now", "newest", "missed"),
    [
        # 03:00 in Shanghai is 19:00 UTC of the day before.
        ("2026-11-20T20:00", "2026-11-20T19:00", False),  # ran an hour ago, on time
        ("2026-11-20T20:00", "2026-11-19T19:00", True),  # last ran the night before
        ("2026-11-20T18:00", "2026-11-19T19:00", False),  # tonight's is still to come
        ("2026-11-24T12:00", "2026-11-19T19:00", True),  # off for days
        ("2026-11-20T20:00", None, True),  # never ran, though a night has passed since the first start
    ],
)
def test_missed_night_is_one_that_was_due_since_the_last_run(now: str, newest: str | None, missed: bool) -> None:
    assert nightly(now, newest=newest, seen="2026-11-01T00:00").is_missed() is missed


def test_first_start_has_missed_nothing() -> None:
    assert nightly("2026-11-20T20:00", newest=None, seen="2026-11-20T20:00").is_missed() is False


def test_missed_nights_are_caught_up_once_at_the_start() -> None:
    submitted: list[str] = []
    schedule = nightly("2026-11-24T12:00", newest="2026-11-19T19:00", seen="2026-11-01T00:00", submitted=submitted)

    try:
        assert schedule.start() is True
    finally:
        schedule.stop()

    assert submitted == ["run"]


def test_next_run_is_at_the_hour_of_the_time_zone() -> None:
    schedule = nightly("2026-11-20T20:00", newest="2026-11-20T19:00", seen="2026-11-01T00:00", hour=4, minute=30)
    schedule.start()
    try:
        (job,) = schedule._scheduler.get_jobs()
        assert (job.next_run_time.hour, job.next_run_time.minute) == (4, 30)
        assert str(job.next_run_time.tzinfo) == "Asia/Shanghai"
    finally:
        schedule.stop()
