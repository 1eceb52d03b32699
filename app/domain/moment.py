"""The day whose rules an answer goes by, and how a passage's days of validity lie to it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

InForce = Literal["current", "past", "upcoming"]


@dataclass(frozen=True, slots=True)
class Moment:
    """Today, and the day that the customer asks about."""

    today: date
    day: date
    source: Literal["today", "request", "question"] = "today"
    """Where the day came from: nothing named one, the caller did (`as_of`), or the question's own words."""

    @classmethod
    def of(cls, today: date) -> Moment:
        """Nothing but today."""
        return cls(today, today)


def in_force(day: date, valid_from: date | None, valid_to: date | None) -> InForce:
    """Whether what is valid on these days, both within, applies on `day`, no longer, or not yet."""
    if valid_from is not None and day < valid_from:
        return "upcoming"
    return "past" if valid_to is not None and valid_to < day else "current"
