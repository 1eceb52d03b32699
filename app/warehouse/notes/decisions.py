"""What a person takes a note to mean, as constraints that a plan can use."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date, time
from typing import Any, TypeVar, cast, get_args

from app.domain.delivery_note import (
    Carrier,
    ConstraintType,
    Contact,
    DeliveryConstraint,
    DeliveryWindow,
    Entrance,
    HandOver,
    ReadNote,
    Value,
)
from app.warehouse.notes.errors import DecisionInvalid
from app.warehouse.notes.wording import METHODS, PLACES

_T = TypeVar("_T")
_TYPES = frozenset(get_args(ConstraintType))
_HIGHEST_FLOOR = 200


def constraints_of(decision: Sequence[Mapping[str, Any]], *, length: int) -> tuple[DeliveryConstraint, ...]:
    """The constraints of a decision, resting on the whole note of `length` code points.

    Raises `DecisionInvalid` for the first one that is none, with what is wrong with it.
    """
    return tuple(_constraint(number, said, length) for number, said in enumerate(decision, start=1))


def as_decided(note: ReadNote, decision: Sequence[Mapping[str, Any]] | None) -> ReadNote:
    """The note with what a person put in place of its constraints; for None, with what was clear and no more."""
    if decision is None:
        return replace(note, constraints=tuple(each for each in note.constraints if each.is_clear), unread=())
    return replace(note, constraints=constraints_of(decision, length=len(note.text)), unread=())


def _constraint(number: int, said: Mapping[str, Any], length: int) -> DeliveryConstraint:
    name, given = said.get("type"), said.get("value")
    if name not in _TYPES:
        raise DecisionInvalid(f"Constraint {number} has the type {name!r}. The types: {', '.join(sorted(_TYPES))}.")
    if name == "unclear":
        raise DecisionInvalid(f"Constraint {number} is unclear again. Say what is meant, or leave it out.")
    kind = cast(ConstraintType, name)
    try:
        value = _VALUES.get(kind, _text)(given)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise DecisionInvalid(
            f"Constraint {number} of the type {kind} has a value that is none of its kind: {given!r} ({error})."
        ) from error
    return DeliveryConstraint(kind, value, 0, length, 1.0)


def _window(given: Any) -> DeliveryWindow:
    window = DeliveryWindow(
        first_day=_or_none(date.fromisoformat, given.get("first_day")),
        last_day=_or_none(date.fromisoformat, given.get("last_day")),
        weekdays=tuple(sorted({_within(day, 1, 7) for day in given.get("weekdays") or ()})),
        start=_or_none(time.fromisoformat, given.get("start")),
        end=_or_none(time.fromisoformat, given.get("end")),
        excluded=_flag(given.get("excluded", False)),
    )
    if not window.has_days and not window.has_hours:
        raise ValueError("it names neither days nor hours")
    if window.first_day and window.last_day and window.first_day > window.last_day:
        raise ValueError("its last day is before its first")
    if window.start and window.end and window.start >= window.end:
        raise ValueError("it ends before it begins")
    return window


def _hand_over(given: Any) -> HandOver:
    return HandOver(
        _one_of(given["to"], PLACES), _flag(given.get("allowed", True)), _flag(given.get("if_absent", False))
    )


def _contact(given: Any) -> Contact:
    minutes = given.get("minutes_ahead")
    return Contact(
        _one_of(given["method"], METHODS),
        _flag(given.get("allowed", True)),
        None if minutes is None else _within(minutes, 1, 24 * 60),
    )


def _entrance(given: Any) -> Entrance:
    return Entrance(_text(given["name"]), _flag(given.get("usable", True)))


def _carrier(given: Any) -> Carrier:
    return Carrier(_text(given["name"]), _flag(given.get("allowed", True)))


def _height(given: Any) -> float:
    if isinstance(given, bool) or not isinstance(given, int | float) or not 0 < given < 100:
        raise ValueError("expected metres")
    return float(given)


def _within(given: Any, least: int, most: int) -> int:
    if isinstance(given, bool) or not isinstance(given, int) or not least <= given <= most:
        raise ValueError(f"expected a number from {least} to {most}")
    return given


def _flag(given: Any) -> bool:
    if not isinstance(given, bool):
        raise ValueError("expected true or false")
    return given


def _text(given: Any) -> str:
    if not isinstance(given, str) or not given.strip() or len(given) > 100:
        raise ValueError("expected a short text")
    return given


def _one_of(given: Any, known: Mapping[str, object]) -> str:
    if given not in known:
        raise ValueError(f"expected one of {', '.join(sorted(known))}")
    return cast(str, given)


def _or_none(read: Callable[[str], _T], given: Any) -> _T | None:
    return None if given is None else read(given)


_VALUES: dict[str, Callable[[Any], Value]] = {
    "delivery_window": _window,
    "hand_over": _hand_over,
    "contact": _contact,
    "entrance": _entrance,
    "carrier": _carrier,
    "floor": lambda given: _within(given, 1, _HIGHEST_FLOOR),
    "height_limit": _height,
    "left_at": lambda given: _one_of(given, PLACES),
}
