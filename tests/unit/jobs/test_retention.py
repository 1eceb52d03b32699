from __future__ import annotations

from datetime import UTC, datetime

from app.domain.job import Job
from app.jobs.retention import retention_action

NOON = datetime(2026, 11, 25, 12, tzinfo=UTC)
JOB = Job("j1", "retention", "running")


def test_what_is_older_than_the_days_is_forgotten():
    asked: list[datetime] = []

    def forget(day: datetime) -> dict[str, int]:
        asked.append(day)
        return {"conversations": 3}

    found = retention_action(forget, days=365, clock=lambda: NOON)(JOB, lambda *_: None)

    assert asked == [datetime(2025, 11, 25, 12, tzinfo=UTC)]
    assert found == {"days": 365, "conversations": 3}


def test_no_days_keep_everything():
    def forget(_: datetime) -> dict[str, int]:
        raise AssertionError("nothing is to be forgotten")

    assert retention_action(forget, days=0)(JOB, lambda *_: None) == {"days": 0}
