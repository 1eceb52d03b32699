"""The calendar of sales and holidays: which phase of which event a day belongs to."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from app.warehouse.stock.errors import CalendarInvalid

_FIELDS = {"name", "anchor", "phases"}


@dataclass(frozen=True, slots=True)
class Phase:
    """Part of an event that comes back, each year or with a date of its own."""

    name: str
    """Event and phase: `double_11 peak`."""
    first: tuple[int, int] | int
    """Month and day, or days from the anchor."""
    last: tuple[int, int] | int
    anchors: tuple[date, ...] = ()
    """Dates that it is counted from; () for one of the calendar year."""

    def holds(self, day: date) -> bool:
        """Whether a day belongs to it."""
        if isinstance(self.first, tuple) and isinstance(self.last, tuple):
            at = (day.month, day.day)
            if self.first <= self.last:
                return self.first <= at <= self.last
            return at >= self.first or at <= self.last  # over the end of the year
        if isinstance(self.first, int) and isinstance(self.last, int):
            low, high = timedelta(days=self.first), timedelta(days=self.last)
            return any(low <= day - anchor <= high for anchor in self.anchors)
        return False


class EventCalendar:
    """Phases of events."""

    def __init__(self, phases: Sequence[Phase]) -> None:
        self.phases = tuple(phases)

    def table(self, days: Sequence[date]) -> NDArray[np.float64]:
        """float64, (days, phases): 1 where a day belongs to a phase, else 0."""
        return np.array([[float(phase.holds(day)) for phase in self.phases] for day in days]).reshape(
            len(days), len(self.phases)
        )

    def names(self, day: date) -> list[str]:
        """Phases of a day."""
        return [phase.name for phase in self.phases if phase.holds(day)]


NO_EVENTS = EventCalendar(())


def read_calendar(path: Path | None = None) -> EventCalendar:
    """The calendar of a TOML file; the one of mainland China's shops by default. Raises `CalendarInvalid`."""
    try:
        raw = path.read_bytes() if path else files("app.warehouse.stock").joinpath("calendar.toml").read_bytes()
        content = tomllib.loads(raw.decode("utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise CalendarInvalid(f"The calendar {path} cannot be read: {error}.") from error
    anchors = content.get("anchors", {})
    events = content.get("event", [])
    if not isinstance(anchors, dict) or not isinstance(events, list):
        raise CalendarInvalid(f"The calendar {path} needs a table `anchors` and a list of tables `event`.")
    return EventCalendar([phase for event in events for phase in _phases(event, anchors)])


def _phases(event: Any, anchors: Mapping[str, Any]) -> list[Phase]:
    if not isinstance(event, dict) or not isinstance(event.get("name"), str):
        raise CalendarInvalid("An event of the calendar has no name.")
    name = event["name"]
    if unknown := set(event) - _FIELDS:
        raise CalendarInvalid(f"Event {name!r} has {sorted(unknown)[0]!r}, which means nothing; known: {_FIELDS}.")
    dates: tuple[date, ...] = ()
    if "anchor" in event:
        found = anchors.get(event["anchor"])
        if not isinstance(found, list) or not all(isinstance(day, date) for day in found):
            raise CalendarInvalid(f"Event {name!r} is counted from {event['anchor']!r}, which is no list of dates.")
        dates = tuple(found)
    return [_phase(name, phase, dates) for phase in event.get("phases", [])]


def _phase(event: str, phase: Any, anchors: tuple[date, ...]) -> Phase:
    if not isinstance(phase, dict) or not isinstance(phase.get("name"), str):
        raise CalendarInvalid(f"A phase of event {event!r} has no name.")
    name = f"{event} {phase['name']}"
    ends = [_end(name, phase.get(end), is_counted=bool(anchors)) for end in ("from", "to")]
    if anchors and ends[0] > ends[1]:  # type: ignore[operator]
        raise CalendarInvalid(f"{name!r} ends before it begins: {ends[0]} to {ends[1]}.")
    return Phase(name, ends[0], ends[1], anchors)


def _end(name: str, value: Any, *, is_counted: bool) -> tuple[int, int] | int:
    if is_counted:
        if isinstance(value, int) and not isinstance(value, bool):
            return value
        raise CalendarInvalid(f"{name!r} is counted in days from its anchor: {value!r} is no whole number.")
    try:
        day = date.fromisoformat(f"2024-{value}")  # a leap year: 02-29 is a day
    except (TypeError, ValueError):
        raise CalendarInvalid(f"{name!r} needs a month and day such as 11-11, not {value!r}.") from None
    return day.month, day.day
