"""The floor that pickers walk: parallel aisles between cross aisles, in metres."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from app.warehouse.picking.errors import FloorInvalid

End = Literal["front", "back"]
Point = tuple[int, float]
"""An aisle, from 0, and how far up it one stands, in metres from the cross aisle of the depot."""

_MOST_AISLES, _MOST_SLOTS, _LONGEST_M = 500, 1000, 10_000.0


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """Where something lies: an aisle and a slot along it, both from 0; the two sides of an aisle are one place.

    Slots are counted from the front. A picker in the middle of the aisle reaches both sides.
    """

    aisle: int
    slot: int


@dataclass(frozen=True, slots=True)
class Floor:
    """Parallel aisles with slots on both sides, a cross aisle at each end and between blocks; one depot.

    Raises `FloorInvalid` for what cannot be built.
    """

    aisles: int
    slots: int
    """On each side of an aisle, over all its blocks."""
    slot_length_m: float = 1.0
    aisle_pitch_m: float = 5.0
    """From the middle of one aisle to that of the next."""
    end_gap_m: float = 1.0
    """From the middle of a cross aisle to the middle of the first slot."""
    blocks: int = 1
    """Into which the aisles are cut by cross aisles; `slots` is a multiple."""
    depot_aisle: int = 0
    depot_end: End = "front"
    depot_distance_m: float = 0.0
    """From the depot to the cross aisle at the foot of `depot_aisle`; walked twice on each tour."""

    def __post_init__(self) -> None:
        _whole("aisles", self.aisles, 1, _MOST_AISLES)
        _whole("slots", self.slots, 1, _MOST_SLOTS)
        _whole("blocks", self.blocks, 1, self.slots)
        _whole("depot aisle", self.depot_aisle, 0, self.aisles - 1)
        _metres("slot length", self.slot_length_m, positive=True)
        _metres("distance between aisles", self.aisle_pitch_m, positive=True)
        _metres("gap at the end of an aisle", self.end_gap_m)
        _metres("distance of the depot", self.depot_distance_m)
        if self.slots % self.blocks:
            raise FloorInvalid(
                f"{self.slots} slots an aisle cannot be cut into {self.blocks} blocks of one length; make slots a "
                "multiple of blocks."
            )
        if self.depot_end not in ("front", "back"):
            raise FloorInvalid(f"The depot lies at the front or the back, not {self.depot_end!r}.")

    @property
    def aisle_length_m(self) -> float:
        """From the cross aisle at the front to that at the back."""
        return self.blocks * self._block_length_m

    @property
    def width_m(self) -> float:
        """From the first aisle to the last."""
        return (self.aisles - 1) * self.aisle_pitch_m

    @property
    def cross_aisles_m(self) -> tuple[float, ...]:
        """Where cross aisles are, in metres from the cross aisle of the depot."""
        return tuple(number * self._block_length_m for number in range(self.blocks + 1))

    @property
    def _block_length_m(self) -> float:
        return 2 * self.end_gap_m + (self.slots // self.blocks - 1) * self.slot_length_m

    def holds(self, place: Place) -> bool:
        """Whether there is such a place."""
        return 0 <= place.aisle < self.aisles and 0 <= place.slot < self.slots

    def rank(self, place: Place) -> int:
        """The slot counted from the depot's end of the aisle."""
        return place.slot if self.depot_end == "front" else self.slots - 1 - place.slot

    def height_m(self, rank: int) -> float:
        """How far a slot, counted from the depot's end, is from the cross aisle of the depot."""
        block, within = divmod(rank, self.slots // self.blocks)
        return block * self._block_length_m + self.end_gap_m + within * self.slot_length_m

    def point(self, place: Place) -> Point:
        """Where one stands to pick from a place."""
        return place.aisle, self.height_m(self.rank(place))

    def distance_m(self, start: Point, end: Point) -> float:
        """The shortest way between two points of the floor."""
        (aisle, height), (other, far) = start, end
        if aisle == other:
            return abs(height - far)
        across = abs(aisle - other) * self.aisle_pitch_m
        return across + min(abs(height - cross) + abs(far - cross) for cross in self.cross_aisles_m)


def _whole(name: str, value: int, least: int, most: int) -> None:
    if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
        raise FloorInvalid(f"Expected {name} as a whole number from {least} to {most}, got {value!r}.")


def _metres(name: str, value: float, *, positive: bool = False) -> None:
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    if not is_number or not (value > 0 if positive else value >= 0) or not value <= _LONGEST_M:
        least = "above 0" if positive else "from 0"
        raise FloorInvalid(f"Expected the {name} in metres, {least} to {_LONGEST_M:.0f}, got {value!r}.")
