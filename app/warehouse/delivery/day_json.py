"""The parts of our own JSON of a day, as pydantic reads them; `own_json` makes a problem of them."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Annotated
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, field_validator, model_validator

from app.warehouse.delivery.problem import LONGEST_LABEL, LONGEST_NOTE, USUAL, Place, Window, clock

_MOST_STOPS, _MOST_VEHICLES, _MOST_WINDOWS = 2_000, 500, 8
_FAR_M, _LONG_S = 10**8, 10**7
_MINUTE_S, _HOUR_S = 60, 3600


def _seconds(value: object) -> object:
    """Of "14:30" or "14:30:15"; anything else is left to be refused."""
    if not isinstance(value, str):
        raise ValueError(f"expected a time such as 14:30, got {value!r}")
    parts = value.strip().replace("：", ":").split(":")
    is_time = len(parts) in (2, 3) and all(part.isascii() and part.isdigit() and len(part) <= 2 for part in parts)
    if not is_time or any(int(part) > 59 for part in parts[1:]) or int(parts[0]) > 48:
        raise ValueError(f"{value!r} is no time such as 14:30")
    hours, minutes, *rest = map(int, parts)
    return hours * _HOUR_S + minutes * _MINUTE_S + (rest[0] if rest else 0)


TimeOfDay = Annotated[int, BeforeValidator(_seconds)]
Name = Annotated[str, Field(min_length=1, max_length=100)]
Count = Annotated[int, Field(ge=0, le=10**9)]
Minutes = Annotated[float, Field(ge=0, le=24 * 60)]


class Part(BaseModel):
    """What nothing may be added to."""

    model_config = ConfigDict(extra="forbid", strict=False, frozen=True, allow_inf_nan=False)


class IntervalJson(Part):
    """From a time of day to a later one: ["09:00", "12:00"]."""

    start: TimeOfDay
    end: TimeOfDay

    @model_validator(mode="before")
    @classmethod
    def _pair(cls, value: object) -> object:
        if isinstance(value, list | tuple):
            if len(value) != 2:
                raise ValueError(f'expected two times such as ["09:00", "12:00"], got {len(value)} values')
            return {"start": value[0], "end": value[1]}
        return value

    @model_validator(mode="after")
    def _order(self) -> IntervalJson:
        if self.end < self.start:
            raise ValueError(f"the window ends ({clock(self.end)}) before it begins ({clock(self.start)})")
        return self

    def window(self) -> Window:
        """As a value."""
        return Window(self.start, self.end)


class DemandJson(Part):
    """What is handed over."""

    weight_g: Count = 0
    volume_cm3: Count = 0
    pieces: Count = 1


class CapacityJson(Part):
    """What a vehicle has room for; no limit where nothing is said."""

    weight_g: Count | None = None
    volume_cm3: Count | None = None
    pieces: Count | None = None


class CostJson(Part):
    """What a vehicle costs."""

    fixed_cents: Count = 0
    per_km_cents: Count = 100
    per_hour_cents: Count = 0


class PlacedJson(Part):
    """Something with a place, in degrees."""

    lat: Annotated[float, Field(ge=-90, le=90)] | None = None
    lon: Annotated[float, Field(ge=-180, le=180)] | None = None

    @model_validator(mode="after")
    def _both(self) -> PlacedJson:
        if (self.lat is None) != (self.lon is None):
            raise ValueError("lat and lon go together")
        return self

    def place(self) -> Place | None:
        """As a value; None where none is given."""
        return None if self.lat is None or self.lon is None else Place(self.lat, self.lon)


class DepotJson(PlacedJson):
    """Where vehicles start and end."""

    id: Name
    open: IntervalJson | None = None


class VehicleJson(Part):
    """One vehicle, or `count` of a kind."""

    id: Name
    depot: Name | None = None
    count: Annotated[int, Field(ge=1, le=_MOST_VEHICLES)] = 1
    capacity: CapacityJson = CapacityJson()
    shift: IntervalJson | None = None
    skills: frozenset[Name] = frozenset()
    cost: CostJson = CostJson()
    max_km: Annotated[float, Field(gt=0, le=10_000)] | None = None
    max_hours: Annotated[float, Field(gt=0, le=48)] | None = None


class InstructionsJson(Part):
    """What a note asks of the courier."""

    zh: Annotated[str, Field(max_length=LONGEST_NOTE)] = ""
    en: Annotated[str, Field(max_length=LONGEST_NOTE)] = ""


class StopJson(PlacedJson):
    """Where something is handed over."""

    id: Name
    demand: DemandJson = DemandJson()
    windows: Annotated[list[IntervalJson], Field(max_length=_MOST_WINDOWS)] = []
    not_before: TimeOfDay | None = None
    not_after: TimeOfDay | None = None
    service_minutes: Minutes = 2
    skills: frozenset[Name] = frozenset()
    priority: Annotated[int, Field(ge=1, le=5)] = USUAL
    may_wait: bool = False
    order_id: Annotated[str, Field(max_length=100)] = ""
    tracking_number: Annotated[str, Field(max_length=100)] = ""
    label: Annotated[str, Field(max_length=LONGEST_LABEL)] = ""
    note: Annotated[str, Field(max_length=LONGEST_NOTE)] = ""
    instructions: InstructionsJson = InstructionsJson()


class TravelJson(Part):
    """How travel is estimated; see `travel.TravelModel`."""

    detour: Annotated[float, Field(ge=1, le=10)] = 1.33
    near_kmh: Annotated[float, Field(gt=0, le=200)] = 18
    far_kmh: Annotated[float, Field(gt=0, le=200)] = 50
    near_km: Annotated[float, Field(ge=0, le=1000)] = 2
    far_km: Annotated[float, Field(gt=0, le=5000)] = 30
    stop_s: Annotated[float, Field(ge=0, le=3600)] = 30


class MatrixJson(Part):
    """Travel as it is given: depots first, then stops."""

    distance_m: list[list[Annotated[float, Field(ge=0, le=_FAR_M)]]]
    duration_s: list[list[Annotated[float, Field(ge=0, le=_LONG_S)]]]


class DayJson(Part):
    """Everything."""

    day: date = Field(default_factory=lambda: datetime.now(UTC).date())
    time_zone: str = "Asia/Shanghai"
    depots: Annotated[list[DepotJson], Field(min_length=1, max_length=100)]
    vehicles: Annotated[list[VehicleJson], Field(min_length=1, max_length=_MOST_VEHICLES)]
    stops: Annotated[list[StopJson], Field(max_length=_MOST_STOPS)]
    travel: TravelJson | None = None
    matrix: MatrixJson | None = None

    @field_validator("time_zone")
    @classmethod
    def _known_zone(cls, value: str) -> str:
        try:
            ZoneInfo(value)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            raise ValueError(f"{value!r} is no time zone such as Asia/Shanghai") from None
        return value
