"""What is to be delivered, by whom, when: the values that plans are made from.

Times are whole seconds from midnight of the day of the plan, in its time zone; distances whole metres; money in cents.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

import numpy as np

from app.domain.action import Wording

DAY_S = 24 * 3600
LOADS = ("weight_g", "volume_cm3", "pieces")
"""What vehicles have room for."""
Loads = tuple[int, int, int]
UNLIMITED = 10**12
LONGEST_NOTE, LONGEST_LABEL = 1000, 200
"""Characters kept of what is told to couriers."""
NO_WORDS = Wording(zh="", en="")
USUAL = 3
"""Priorities go from 1 (may wait for tomorrow) to 5."""


@dataclass(frozen=True, slots=True)
class Window:
    """From when until when a courier may arrive."""

    start_s: int
    end_s: int

    def text(self) -> str:
        """As 14:00-16:30."""
        return f"{clock(self.start_s)}-{clock(self.end_s)}"


ALL_DAY = Window(0, 2 * DAY_S)


@dataclass(frozen=True, slots=True)
class Place:
    """Where something is, in degrees (WGS 84)."""

    latitude: float
    longitude: float


@dataclass(frozen=True, slots=True)
class Depot:
    """Where vehicles start and end."""

    depot_id: str
    place: Place | None
    """None where travel is given as matrices."""
    open: Window = ALL_DAY


@dataclass(frozen=True, slots=True)
class Vehicle:
    """A courier with a vehicle."""

    vehicle_id: str
    depot_id: str
    capacity: Loads = (UNLIMITED, UNLIMITED, UNLIMITED)
    shift: Window = ALL_DAY
    skills: frozenset[str] = frozenset()
    """What it can do that not all can: lift, cold_chain, two_people."""
    fixed_cents: int = 0
    """For going out at all."""
    per_km_cents: int = 100
    per_hour_cents: int = 0
    max_distance_m: int | None = None
    max_duration_s: int | None = None


@dataclass(frozen=True, slots=True)
class Stop:
    """A place where something is handed over."""

    stop_id: str
    place: Place | None
    load: Loads = (0, 0, 1)
    windows: tuple[Window, ...] = (ALL_DAY,)
    """Any of them will do; in order, not overlapping."""
    service_s: int = 120
    """From stopping to driving on."""
    skills: frozenset[str] = frozenset()
    """Needed of the vehicle."""
    priority: int = USUAL
    may_wait: bool = False
    """Whether it may be left for another day where not all fits."""
    order_id: str = ""
    tracking_number: str = ""
    label: str = ""
    note: str = ""
    """What the courier has to know, as somebody wrote it: 放门卫, call first."""
    instructions: Wording = NO_WORDS
    """The same as it was read, in both languages."""


@dataclass(frozen=True)
class Problem:
    """Everything that a plan of a day is made from. Points are the depots, then the stops, in order."""

    day: date
    time_zone: str
    depots: tuple[Depot, ...]
    vehicles: tuple[Vehicle, ...]
    stops: tuple[Stop, ...]
    distance: np.ndarray
    """int64, (points, points): metres."""
    duration: np.ndarray
    """int64, (points, points): seconds of driving."""
    settings: Mapping[str, float] = field(default_factory=dict)
    """How travel was estimated, for who reads the plan."""

    def __post_init__(self) -> None:
        points = len(self.depots) + len(self.stops)
        if self.distance.shape != (points, points) or self.duration.shape != (points, points):
            raise ValueError(f"Expected matrices of {points} x {points}, got {self.distance.shape}.")

    def depot_at(self, depot_id: str) -> int:
        """Point of a depot."""
        return next(k for k, depot in enumerate(self.depots) if depot.depot_id == depot_id)

    def stop_at(self, number: int) -> int:
        """Point of the stop of that number, counted from 0."""
        return len(self.depots) + number

    def number_of(self, stop_id: str) -> int | None:
        """Which stop that is; None where there is none of the id."""
        return self._numbers.get(stop_id)

    @cached_property
    def _numbers(self) -> Mapping[str, int]:
        return {stop.stop_id: number for number, stop in enumerate(self.stops)}


def clock(seconds: int) -> str:
    """Time of day as 14:05; 25:10 is after midnight."""
    minutes = seconds // 60
    return f"{minutes // 60:02d}:{minutes % 60:02d}"
