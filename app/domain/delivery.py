"""When a parcel comes, as the plan of the day has it; and what a courier is asked for in words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal, Protocol

from app.domain.action import Wording
from app.domain.shop import Order

ArrivalState = Literal["planned", "underway", "done", "left_out"]
"""planned: the vehicle has not left yet; left_out: it does not come that day."""


@dataclass(frozen=True, slots=True)
class Arrival:
    """When one parcel is expected. Times are aware, in UTC."""

    order_id: str
    tracking_number: str
    day: date
    state: ArrivalState
    expected_at: datetime | None
    """None for what is left out."""
    earliest: datetime | None = None
    latest: datetime | None = None
    """Between the two nine times out of ten."""
    stops_before: int = 0
    """That the courier still visits first."""
    is_late: bool = False
    """Whether it comes after the time that was asked for."""
    planned_at: datetime | None = None
    """When the plan was last changed."""


class Arrivals(Protocol):
    """Knows the plan in force."""

    def arrivals_of(self, order_id: str, *, tracking_number: str = "") -> Sequence[Arrival]:
        """Of an order's parcels, or of one of them, the latest day each; [] where no plan has them."""


@dataclass(frozen=True, slots=True)
class NoteWishes:
    """What a free-text note asks of whoever delivers, as far as it bears on a route."""

    windows: tuple[tuple[int, int], ...] = ()
    """Seconds from midnight of the day; any of them will do; () for none asked for."""
    extra_service_s: int = 0
    """Longer at the door: stairs, a call before, a signature."""
    skills: frozenset[str] = field(default_factory=frozenset)
    """Needed of the vehicle: lift, cold_chain, two_people."""
    instructions: Wording = field(default_factory=lambda: Wording(zh="", en=""))
    """For the courier."""
    is_for_another_day: bool = False
    """Whether it rules the day out and asks for a later one."""


class ReadsNotes(Protocol):
    """Makes wishes of a note."""

    def __call__(self, order: Order, day: date, time_zone: str) -> NoteWishes:
        """Of the note of an order, as far as it bears on that day; no wishes for an empty one."""
