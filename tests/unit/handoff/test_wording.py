from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from app.handoff import wording
from app.handoff.hours import BusinessHours

OFFICE = BusinessHours.parse("Asia/Shanghai", {"mon-fri": "09:00-18:00"})


def shanghai(text: str) -> datetime:
    return datetime.fromisoformat(f"{text}+08:00").astimezone(UTC)


def test_within_hours_the_customer_hears_minutes() -> None:
    now = shanghai("2026-11-23T10:00")

    told = wording.accepted(now + timedelta(minutes=13), now, OFFICE)

    assert "预计 15 分钟内回复" in told.zh
    assert "within about 15 minutes" in told.en


def test_outside_hours_the_customer_hears_when() -> None:
    friday = shanghai("2026-11-27T20:00")

    told = wording.accepted(OFFICE.add(friday, timedelta(minutes=30)), friday, OFFICE)

    assert "11月30日（周一）09:30 前（北京时间）" in told.zh
    assert "by 09:30 on Monday, 30 November (Beijing time)" in told.en
    assert "非工作时间" in told.zh
    assert "closed" in told.en


def test_tonight_becomes_tomorrow() -> None:
    tuesday = shanghai("2026-11-24T20:00")

    told = wording.still_queued(OFFICE.add(tuesday, timedelta(minutes=5)), tuesday, OFFICE)

    assert "明天 09:05 前" in told.zh
    assert "by 09:05 tomorrow" in told.en


@pytest.mark.parametrize(
    "text", ["谢谢", "好的，谢谢您！", "thanks a lot!", "Thank you so much 🙏", "👍", "ok bye", "收到~"]
)
def test_thanks_want_nothing(text: str) -> None:
    assert wording.is_only_thanks(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "谢谢，但是还没收到",
        "不好",
        "不行",
        "thanks but no refund yet",
        "好了吗？",
        "收到了但是坏的",
        "?" * 3,
        "嗯" * 80,
    ],
)
def test_thanks_with_something_else_want_something(text: str) -> None:
    assert not wording.is_only_thanks(text)
