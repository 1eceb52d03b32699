"""What the report says, before it is a page or a file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from app.domain.action import Wording
from app.insight.metric import Unit
from app.reporting.fairness import Compared


@dataclass(frozen=True, slots=True)
class Week:
    """One number in one week."""

    first: date
    """Its Monday."""
    value: float | None
    low: float | None
    high: float | None
    rows: int


@dataclass(frozen=True, slots=True)
class Line:
    """One number over the weeks."""

    name: str
    title: Wording
    unit: Unit
    weeks: tuple[Week, ...]
    """Oldest first; the last one is the week of the report."""
    p: float | None
    """Two-sided, of the last week against the one before; None where they cannot be compared."""
    is_marked: bool
    """Whether the change is more than chance, among all that the report compares."""
    is_better: bool | None
    """Whether the change is for the better; None where it is neither."""
    meaning: tuple[Wording, ...]
    """Of what, what is counted, and what it does not say."""
    has_rows: bool = True
    """Whether the console lists the conversations behind it."""

    @property
    def last(self) -> Week:
        """The week of the report."""
        return self.weeks[-1]

    @property
    def before(self) -> Week | None:
        """The week before; None in the first."""
        return self.weeks[-2] if len(self.weeks) > 1 else None


@dataclass(frozen=True, slots=True)
class Section:
    """Numbers of one kind."""

    name: str
    title: Wording
    lines: tuple[Line, ...]


def name_of(last: date) -> str:
    """Name of the report of the week that a day is in."""
    year, week, _ = last.isocalendar()
    return f"{year}-W{week:02}"


@dataclass(frozen=True, slots=True)
class Report:
    """Everything that is shown."""

    made_at: datetime
    first: date
    last: date
    """Of the week of the report, a Sunday."""
    sections: tuple[Section, ...]
    experiments: Sequence[Mapping[str, Any]] = ()
    """The newest look at each that ran in these weeks."""
    evaluation: Mapping[str, Any] | None = None
    """The newest result of `kefu eval`: name, set and figures."""
    faults: int | None = None
    """Jobs that failed in the week of the report; None where nobody counts them."""
    currency: str = ""
    fairness: tuple[Compared, ...] = ()
    """Numbers of the week by language and channel of the customers."""

    @property
    def name(self) -> str:
        """By which it is kept: year and week, as 2026-W47."""
        return name_of(self.last)

    def rows_at(self, line: Line, *, console: str) -> str:
        """Where the console lists the conversations behind a number, in the week of the report."""
        return f"{console}#/home?metric={line.name}&from={self.first}&to={self.last}"
