"""What the constraints of a note mean for a stop of a delivery route on a given day."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from app.domain.action import Wording
from app.domain.delivery_note import DeliveryConstraint, DeliveryWindow
from app.warehouse.notes.wording import worded

_Span = tuple[int, int]
_SKILLS = {
    ("handling", "cold"): "cold_chain",
    ("handling", "heavy"): "two_people",
    ("vehicle", "small"): "small_vehicle",
    ("vehicle", "on_foot"): "on_foot",
}
_MINUTES: dict[tuple[str, str], int] = {
    ("signature", "required"): 1,
    ("signature", "recipient"): 2,
    ("signature", "inspect_first"): 5,
    ("carry_to", "upstairs"): 3,
    ("carry_to", "inside"): 5,
    ("handling", "heavy"): 5,
    ("vehicle", "on_foot"): 5,
    ("recipient", "elderly"): 2,
    ("recipient", "disabled"): 2,
}
"""What each wish adds at the door: estimates to plan with, not measurements."""
_A_FLOOR = 1
_MOST_MINUTES = 30


@dataclass(frozen=True, slots=True)
class StopFields:
    """Of one stop on one day."""

    windows: tuple[tuple[datetime, datetime], ...]
    """In order, apart from one another, aware; none where the note rules out the day."""
    service_extra_minutes: int
    skills: tuple[str, ...]
    """What vehicle and crew need: cold_chain, two_people, small_vehicle, on_foot."""
    max_height_m: float | None
    instructions: Wording
    """For the courier, without what windows and skills say already; "" for none."""
    needs_person: bool
    """Whether something of the note is unclear: decide it before the plan is fixed."""

    def to_json(self) -> dict[str, Any]:
        """As JSON."""
        return {
            "windows": [[start.isoformat(), end.isoformat()] for start, end in self.windows],
            "service_extra_minutes": self.service_extra_minutes,
            "skills": list(self.skills),
            "max_height_m": self.max_height_m,
            "instructions": self.instructions.to_dict(),
            "needs_person": self.needs_person,
        }


def to_stop_fields(
    constraints: Sequence[DeliveryConstraint],
    day: date,
    time_zone: ZoneInfo,
    *,
    opens: time = time(8),
    closes: time = time(22),
) -> StopFields:
    """Windows within the hours of delivery on `day`, minutes, skills and instructions.

    Hours that overlap are taken together, hours that lie apart (before nine or after six) are alternatives.
    """
    windows = [constraint.value for constraint in constraints if isinstance(constraint.value, DeliveryWindow)]
    spans = _allowed(windows, day, (_minutes(opens), _minutes(closes)))
    wordings = [wording for wording in map(worded, constraints) if wording is not None]
    heights = [
        float(each.value) for each in constraints if each.type == "height_limit" and isinstance(each.value, float)
    ]
    keys = [(constraint.type, str(constraint.value)) for constraint in constraints]
    return StopFields(
        windows=tuple((_at(day, start, time_zone), _at(day, end, time_zone)) for start, end in spans),
        service_extra_minutes=min(_MOST_MINUTES, sum(_MINUTES.get(key, 0) for key in keys) + _climb(constraints)),
        skills=tuple(dict.fromkeys(_SKILLS[key] for key in keys if key in _SKILLS)),
        max_height_m=min(heights, default=None),
        instructions=Wording("；".join(each.zh for each in wordings), "; ".join(each.en for each in wordings)),
        needs_person=any(not constraint.is_clear for constraint in constraints),
    )


def _allowed(windows: Sequence[DeliveryWindow], day: date, hours: _Span) -> list[_Span]:
    wanted = [window for window in windows if not window.excluded]
    dated = [window for window in wanted if window.has_days]
    if dated and not any(window.is_on(day) for window in dated):
        return []
    spans: list[_Span] = []
    timed = sorted(_span(window, hours) for window in wanted if window.has_hours and window.is_on(day))
    for start, end in timed:
        if spans and start < spans[-1][1]:
            spans[-1] = (max(start, spans[-1][0]), min(end, spans[-1][1]))
        else:
            spans.append((start, end))
    spans = spans if timed else [hours]
    for window in windows:
        if window.excluded and window.is_on(day):
            spans = list(_without(spans, _span(window, hours)))
    return [(start, end) for start, end in spans if start < end]


def _without(spans: Iterable[_Span], barred: _Span) -> Iterable[_Span]:
    for start, end in spans:
        if barred[1] <= start or end <= barred[0]:
            yield start, end
            continue
        if start < barred[0]:
            yield start, barred[0]
        if barred[1] < end:
            yield barred[1], end


def _span(window: DeliveryWindow, hours: _Span) -> _Span:
    start = hours[0] if window.start is None else max(hours[0], _minutes(window.start))
    end = hours[1] if window.end is None else min(hours[1], _minutes(window.end))
    return start, end


def _climb(constraints: Iterable[DeliveryConstraint]) -> int:
    """Minutes on the stairs: those above the ground floor, where there is no lift."""
    values = {constraint.type: constraint.value for constraint in constraints}
    floor = values.get("floor")
    return (floor - 1) * _A_FLOOR if values.get("lift") == "none" and isinstance(floor, int) else 0


def _minutes(at: time) -> int:
    return at.hour * 60 + at.minute


def _at(day: date, minutes: int, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(), tzinfo=zone) + timedelta(minutes=minutes)
