"""The shortest tour through any picks on a floor of one block, by dynamic programming over its aisles.

A tour uses each stretch at most twice, so that what lies left of a point is one of seven classes: whether the number
of its edges at the far (0, even or uneven) and the near end of an aisle, and into how many parts it falls. From aisle
to aisle only the cheapest of each class counts. The way through an aisle and along the cross aisles to the next are
chosen in turn; time is linear in the aisles. Source: Ratliff and Rosenthal, Operations Research 31 (1983), tables I
and II.

The depot counts as a pick at the foot of its aisle. Classes are written far, near, parts, with U for an uneven number
of edges, E for an even one and 0 for none.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import Literal, TypeVar

import numpy as np

from app.warehouse.picking.floor import Floor
from app.warehouse.picking.occupancy import Aisles, Numbers
from app.warehouse.picking.policies import OneBlock

Through = Literal["once", "from far", "from near", "both ends", "twice", "not"]
"""How an aisle is walked; "both ends" leaves out its widest gap."""
Across = Literal["one each", "two far", "two near", "two each", "none"]
"""How many times the far and the near cross aisle are walked between two aisles."""
_Class = Literal["UU1", "E01", "0E1", "EE1", "EE2", "000", "001"]

_Choice = TypeVar("_Choice", bound=str)

_AFTER_AISLE: dict[_Class, dict[Through, _Class]] = {
    "UU1": {"once": "EE1", **dict.fromkeys(("from far", "from near", "both ends", "twice", "not"), "UU1")},
    "E01": {"once": "UU1", "from far": "E01", "from near": "EE2", "both ends": "EE2", "twice": "EE1", "not": "E01"},
    "0E1": {"once": "UU1", "from far": "EE2", "from near": "0E1", "both ends": "EE2", "twice": "EE1", "not": "0E1"},
    "EE1": {"once": "UU1", **dict.fromkeys(("from far", "from near", "both ends", "twice", "not"), "EE1")},
    "EE2": {"once": "UU1", "twice": "EE1", **dict.fromkeys(("from far", "from near", "both ends", "not"), "EE2")},
    "000": {"once": "UU1", "from far": "E01", "from near": "0E1", "both ends": "EE2", "twice": "EE1", "not": "000"},
    "001": {"not": "001"},
}
_AFTER_CROSSING: dict[_Class, dict[Across, _Class]] = {
    "UU1": {"one each": "UU1"},
    "E01": {"two far": "E01", "two each": "EE2", "none": "001"},
    "0E1": {"two near": "0E1", "two each": "EE2", "none": "001"},
    "EE1": {"two far": "E01", "two near": "0E1", "two each": "EE1", "none": "001"},
    "EE2": {"two each": "EE2"},
    "000": {"none": "000"},
    "001": {"none": "001"},
}
_WHOLE: tuple[_Class, ...] = ("E01", "0E1", "EE1", "001")
"""Classes that a tour can end in: all edges even, one part."""


@dataclass(frozen=True, slots=True)
class Shape:
    """A shortest tour as a plan: what is walked, not yet in which order."""

    length_m: float
    through: tuple[Through, ...]
    """For each aisle."""
    across: tuple[Across, ...]
    """From each aisle to the next."""
    skips: tuple[tuple[float, float], ...]
    """For each aisle the stretch that "both ends" leaves out, metres from the depot's cross aisle."""


def shortest_lengths(floor: Floor, aisles: Aisles) -> Numbers:
    """The length of the shortest tour of each set, in metres, without the way from the depot to its cross aisle."""
    block = OneBlock(floor, aisles)
    sets = block.is_empty.shape[1]
    once, twice = block.length_m, 2 * block.length_m
    odd, far, near, joined, split, done = (np.full(sets, np.inf) for _ in range(6))
    none = np.zeros(sets)
    for number in range(floor.aisles):
        from_far, from_near, both, skip = _costs(floor, block, number)
        one_end = np.minimum(from_far, from_near)
        any_end = np.minimum(np.minimum(one_end, both), skip)
        open_ = np.minimum(np.minimum(far, near), np.minimum(none, split))
        new_joined = np.minimum(np.minimum(joined + any_end, open_ + twice), odd + once)
        new_split = np.minimum(
            np.minimum(split + any_end, none + both),
            np.minimum(far + np.minimum(from_near, both), near + np.minimum(from_far, both)),
        )
        odd = np.minimum(odd + any_end, np.minimum(open_, joined) + once)
        far = np.minimum(far + np.minimum(from_far, skip), none + from_far)
        near = np.minimum(near + np.minimum(from_near, skip), none + from_near)
        joined, split = new_joined, new_split
        none, done = none + skip, done + skip
        if number + 1 < floor.aisles:
            pitch = floor.aisle_pitch_m
            done = np.minimum(np.minimum(done, joined), np.minimum(far, near))
            split = np.minimum(split, np.minimum(far, near)) + 4 * pitch
            far, near = np.minimum(far, joined) + 2 * pitch, np.minimum(near, joined) + 2 * pitch
            odd, joined = odd + 2 * pitch, joined + 4 * pitch
    return np.asarray(np.minimum(np.minimum(far, near), np.minimum(joined, done)))


def _costs(floor: Floor, block: OneBlock, number: int) -> tuple[Numbers, Numbers, Numbers, Numbers]:
    """Of walking an aisle from its far end, from its near end, from both, and of leaving it out."""
    is_empty = block.is_empty[number]
    gap = block.gap[number]
    if number == floor.depot_aisle:
        up = np.where(is_empty, 0.0, block.up_to_last[number])
        gap = np.maximum(gap, block.up_to_first[number])
        both = np.where(is_empty, np.inf, 2 * (block.length_m - gap))
        never = np.full(len(gap), np.inf)
        return never, 2 * up, both, never
    from_far = np.where(is_empty, np.inf, 2 * block.down_to_first[number])
    from_near = np.where(is_empty, np.inf, 2 * block.up_to_last[number])
    both = np.where(is_empty, np.inf, 2 * (block.length_m - gap))
    return from_far, from_near, both, np.where(is_empty, 0.0, np.inf)


def shortest_shape(floor: Floor, heights: list[list[float]]) -> Shape:
    """The shortest tour through picks at `heights`, for each aisle ascending metres from the depot's cross aisle."""
    lengths: dict[_Class, float] = {"000": 0.0}
    in_aisles: list[dict[_Class, tuple[_Class, Through]]] = []
    crossings: list[dict[_Class, tuple[_Class, Across]]] = []
    skips = []
    for number, picks in enumerate(heights):
        has_depot = number == floor.depot_aisle
        costs, skip = _aisle_choices(floor.aisle_length_m, [0.0, *picks] if has_depot else picks, has_depot)
        skips.append(skip)
        lengths, came_from = _onward(lengths, _AFTER_AISLE, costs)
        in_aisles.append(came_from)
        if number + 1 < floor.aisles:
            lengths, crossed = _onward(lengths, _AFTER_CROSSING, _crossing_costs(floor.aisle_pitch_m))
            crossings.append(crossed)
    ending = min((name for name in _WHOLE if name in lengths), key=lambda name: lengths[name])
    at, through, across = ending, list[Through](), list[Across]()
    for number in reversed(range(floor.aisles)):
        at, walked = in_aisles[number][at]
        through.append(walked)
        if number:
            at, along = crossings[number - 1][at]
            across.append(along)
    return Shape(lengths[ending], tuple(through[::-1]), tuple(across[::-1]), tuple(skips))


def _aisle_choices(
    length_m: float, stops: list[float], has_depot: bool
) -> tuple[dict[Through, float], tuple[float, float]]:
    costs: dict[Through, float] = {"once": length_m, "twice": 2 * length_m}
    if not stops:
        return {**costs, "not": 0.0}, (0.0, length_m)
    costs["from near"] = 2 * stops[-1]
    if not has_depot:
        costs["from far"] = 2 * (length_m - stops[0])
    skip = max(pairwise(stops), key=lambda pair: pair[1] - pair[0], default=(0.0, 0.0))
    if skip[1] > skip[0]:
        costs["both ends"] = 2 * (length_m - (skip[1] - skip[0]))
    return costs, skip


def _crossing_costs(pitch_m: float) -> dict[Across, float]:
    return {
        "one each": 2 * pitch_m,
        "two far": 2 * pitch_m,
        "two near": 2 * pitch_m,
        "two each": 4 * pitch_m,
        "none": 0.0,
    }


def _onward(
    lengths: dict[_Class, float], table: dict[_Class, dict[_Choice, _Class]], costs: dict[_Choice, float]
) -> tuple[dict[_Class, float], dict[_Class, tuple[_Class, _Choice]]]:
    """The shortest way to each class after one more choice, and the class and the choice that it came from."""
    best: dict[_Class, float] = {}
    came_from: dict[_Class, tuple[_Class, _Choice]] = {}
    for name, so_far in lengths.items():
        for choice, after in table[name].items():
            if choice in costs and so_far + costs[choice] < best.get(after, np.inf):
                best[after], came_from[after] = so_far + costs[choice], (name, choice)
    return best, came_from
