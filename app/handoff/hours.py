"""Business hours: when somebody answers, and clocks that stand still when nobody does."""

from __future__ import annotations

import re
import zoneinfo
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise

from app.handoff.errors import HandOffPolicyInvalid

Span = tuple[int, int]
"""From and until, in minutes after midnight."""

_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_SPAN = re.compile(r"(\d{1,2}):(\d{2})\s*[-–~]\s*(\d{1,2}):(\d{2})")
_LOOK_AHEAD_DAYS = 400


@dataclass(frozen=True)
class BusinessHours:
    """Hours of each weekday in one time zone, without holidays; no hours at all means around the clock."""

    timezone: str = "UTC"
    week: Mapping[int, tuple[Span, ...]] = field(default_factory=dict)
    """Weekday, Monday 0, to its hours in order."""
    holidays: frozenset[date] = frozenset()
    workdays: frozenset[date] = frozenset()
    """Days at a weekend that are worked like a Monday, as before long holidays in China."""

    @classmethod
    def parse(
        cls,
        timezone: str,
        week: Mapping[str, str],
        *,
        holidays: Iterable[str] = (),
        workdays: Iterable[str] = (),
    ) -> BusinessHours:
        """From `{"mon-fri": "09:00-12:00,13:30-18:00"}` and days as 2026-10-01 or 2026-10-01/2026-10-07.

        Raises `HandOffPolicyInvalid`.
        """
        if timezone not in zoneinfo.available_timezones():
            raise HandOffPolicyInvalid(f"{timezone!r} is no IANA time zone such as Asia/Shanghai.")
        hours: dict[int, tuple[Span, ...]] = {}
        for names, text in week.items():
            spans = _spans(text)
            hours.update({day: spans for day in _weekdays(names) if spans})
        return cls(timezone, hours, frozenset(_dates(holidays)), frozenset(_dates(workdays)))

    def is_open(self, at: datetime) -> bool:
        """Whether somebody works at that moment."""
        return not self.week or any(start <= at < end for start, end in self._openings(at, days=2))

    def next_open(self, at: datetime) -> datetime | None:
        """`at` itself while open, else when the next hours begin; None when there are none for a year."""
        if not self.week:
            return at
        return next((max(at, start) for start, end in self._openings(at) if end > at), None)

    def add(self, at: datetime, worked: timedelta) -> datetime:
        """The moment at which so much business time has gone by; by the clock where there are no hours for a year."""
        if not self.week:
            return at + worked
        left = worked
        for start, end in self._openings(at):
            begin = max(at, start)
            if begin < end:
                if end - begin >= left:
                    return begin + left
                left -= end - begin
        return at + worked

    def between(self, start: datetime, end: datetime) -> timedelta:
        """Business time from one moment to a later one; zero where they are the other way round."""
        if end <= start:
            return timedelta()
        if not self.week:
            return end - start
        worked = timedelta()
        for opens, closes in self._openings(start, days=(end - start).days + 3):
            if opens >= end:
                break
            worked += max(timedelta(), min(end, closes) - max(start, opens))
        return worked

    def local(self, at: datetime) -> datetime:
        """The same moment as clocks of the business show it."""
        return at.astimezone(zoneinfo.ZoneInfo(self.timezone))

    def _openings(self, at: datetime, *, days: int = _LOOK_AHEAD_DAYS) -> Iterator[tuple[datetime, datetime]]:
        """Hours as moments in UTC, in order, from the day before `at` on: some go on past midnight."""
        zone = zoneinfo.ZoneInfo(self.timezone)
        first = at.astimezone(zone).date() - timedelta(days=1)
        for offset in range(days + 1):
            day = first + timedelta(days=offset)
            for start, end in self._hours_of(day):
                # Wall clock to UTC day by day, so that an hour more or less in spring and autumn counts as it is.
                yield _moment(day, start, zone), _moment(day, end, zone)

    def _hours_of(self, day: date) -> tuple[Span, ...]:
        if day in self.holidays:
            return ()
        return self.week.get(0 if day in self.workdays else day.weekday(), ())


def _moment(day: date, minutes: int, zone: zoneinfo.ZoneInfo) -> datetime:
    days, rest = divmod(minutes, 24 * 60)
    wall = datetime.combine(day + timedelta(days=days), time(rest // 60, rest % 60), zone)
    return wall.astimezone(UTC)


def _weekdays(names: str) -> list[int]:
    found: list[int] = []
    for part in names.lower().split(","):
        first, _, last = (piece.strip()[:3] for piece in part.partition("-"))
        if first not in _DAYS or (last and last not in _DAYS):
            raise HandOffPolicyInvalid(f"{names!r} are no weekdays: write mon-fri, sat or mon,wed.")
        begin, end = _DAYS.index(first), _DAYS.index(last or first)
        found += range(begin, end + 1) if begin <= end else [*range(begin, 7), *range(end + 1)]
    return found


def _spans(text: str) -> tuple[Span, ...]:
    spans: list[Span] = []
    for part in filter(None, (piece.strip() for piece in text.split(","))):
        match = _SPAN.fullmatch(part)
        if match is None or max(int(match[1]), int(match[3])) > 24 or max(int(match[2]), int(match[4])) > 59:
            raise HandOffPolicyInvalid(f"{text!r} are no hours: write 09:00-12:00,13:30-18:00.")
        start, end = int(match[1]) * 60 + int(match[2]), int(match[3]) * 60 + int(match[4])
        if max(start, end) > 24 * 60:
            raise HandOffPolicyInvalid(f"{part!r} goes past midnight: write 22:00-06:00 for a night.")
        spans.append((start, end if end > start else end + 24 * 60))
    spans.sort()
    if any(later[0] < earlier[1] for earlier, later in pairwise(spans)):
        raise HandOffPolicyInvalid(f"The hours {text!r} overlap.")
    return tuple(spans)


def _dates(texts: Iterable[str]) -> Iterator[date]:
    for text in texts:
        first, _, last = text.partition("/")
        try:
            begin, end = date.fromisoformat(first.strip()), date.fromisoformat((last or first).strip())
        except ValueError:
            raise HandOffPolicyInvalid(f"{text!r} is no day such as 2026-10-01 or 2026-10-01/2026-10-07.") from None
        if end < begin or (end - begin).days > 366:
            raise HandOffPolicyInvalid(f"{text!r} ends before it begins, or lasts for more than a year.")
        yield from (begin + timedelta(days=offset) for offset in range((end - begin).days + 1))
