"""Shorter batches by iterated local search: every way to divide the orders of two batches anew, then a disturbance.

Two batches hold few orders, so that all ways to divide them can be measured at once; this contains moving an order,
exchanging two, and joining both. Where two batches hold many, up to three orders change sides, or fewer. A pair that
was found to be at its best is not looked at again before one of the two changes. Source of the scheme: Henn and
Wäscher, European Journal of Operational Research 222 (2012), section 4; the neighbourhood is our own.
"""

from __future__ import annotations

import itertools
import math
import random
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from functools import cache, lru_cache
from typing import NamedTuple, TypeVar

import numpy as np
import numpy.typing as npt

from app.warehouse.picking.occupancy import Words
from app.warehouse.picking.problem import Batch, BatchingProblem

_ALL_DIVISIONS = 9
"""Up to this many orders in two batches all 2**(n-1) divisions are measured."""
_BY_TABLE = 12
"""Up to this many, the places of every subset are worked out; beyond, only those of the divisions."""
_ROWS_AT_ONCE = 6000
_Number = TypeVar("_Number", np.uint16, np.int64)
EPSILON_M = 1e-6
"""Tours that differ by less are equally long."""

Numbers = npt.NDArray[np.int64]
Sides = npt.NDArray[np.bool_]
"""(divisions, orders), True for those on one side."""


class Batches:
    """A division of all orders into batches, and the length of each one's tour in metres."""

    def __init__(self, problem: BatchingProblem, batches: Iterable[Sequence[int]]) -> None:
        self.members: list[Batch] = [tuple(sorted(batch)) for batch in batches]
        self.lengths: list[float] = problem.lengths_of(self.members).tolist()

    @property
    def total(self) -> float:
        """Metres of all tours."""
        return math.fsum(self.lengths)

    def copy(self) -> Batches:
        """One that can be changed without changing this."""
        other = object.__new__(Batches)
        other.members, other.lengths = list(self.members), list(self.lengths)
        return other

    def replace(self, numbers: Iterable[int], batches: Sequence[Batch], lengths: Sequence[float]) -> None:
        """Put `batches` in the place of others; empty ones are dropped."""
        for number in sorted(numbers, reverse=True):
            del self.members[number], self.lengths[number]
        for batch, length in zip(batches, lengths, strict=True):
            if batch:
                self.members.append(batch)
                self.lengths.append(length)


class _Gain(NamedTuple):
    pair: tuple[int, int]
    halves: tuple[Batch, Batch]
    lengths: tuple[float, float]
    saved: float


class _Divided(NamedTuple):
    pair: tuple[int, int]
    orders: Batch
    sides: Sides
    places: Words
    """Of the orders on one side of each division, then of those on the other."""


class PairSearch:
    """Finds better divisions of two batches. Keeps what it has found out about pairs."""

    def __init__(self, problem: BatchingProblem) -> None:
        self._problem = problem
        self._at_best: set[tuple[Batch, Batch]] = set()

    def improve(
        self, batches: Batches, *, out_of_time: Callable[[], bool], settled: Collection[Batch] = frozenset()
    ) -> None:
        """Divide pairs anew until no pair gets shorter. Pairs of two `settled` batches are at their best already."""
        while not out_of_time():
            found = self._first_gains(batches, settled, out_of_time)
            if not found:
                return
            changed: set[int] = set()
            kept = []
            for gain in sorted(found, key=lambda gain: (-gain.saved, gain.pair)):
                if changed.isdisjoint(gain.pair):
                    changed.update(gain.pair)
                    kept.append(gain)
            halves = [batch for gain in kept for batch in gain.halves]
            batches.replace(changed, halves, [length for gain in kept for length in gain.lengths])

    def _first_gains(
        self, batches: Batches, settled: Collection[Batch], out_of_time: Callable[[], bool]
    ) -> list[_Gain]:
        """Of the pairs not known to be at their best, in groups, those of the first group with any gain."""
        group: list[_Divided] = []
        size = 0
        for pair in _open_pairs(batches.members, settled):
            one, other = batches.members[pair[0]], batches.members[pair[1]]
            if _key(one, other) in self._at_best:
                continue
            group.append(self._divided(pair, one + other, len(one)))
            size += len(group[-1].places)
            if size >= _ROWS_AT_ONCE:
                gains = self._gains(batches, group)
                if gains or out_of_time():
                    return gains
                group, size = [], 0
        return self._gains(batches, group) if group else []

    def _divided(self, pair: tuple[int, int], both: Batch, first: int) -> _Divided:
        """The divisions of a pair that a device can carry."""
        problem, own = self._problem, list(both)
        sides, numbers = _divisions(first, len(both))
        if numbers is not None:
            whole = (1 << len(both)) - 1
            fits = np.all(_table(problem.loads[own], np.add) <= problem.limits, axis=1)
            is_possible = fits[numbers] & fits[whole ^ numbers]
            sides, numbers = sides[is_possible], numbers[is_possible]
            places = _table(problem.rows[own], np.bitwise_or)[np.concatenate([numbers, whole ^ numbers])]
            return _Divided(pair, both, sides, places)
        loads = sides @ problem.loads[own]
        rest = problem.loads[own].sum(axis=0) - loads
        sides = sides[np.all((loads <= problem.limits) & (rest <= problem.limits), axis=1)]
        both_sides = np.concatenate([sides, ~sides])
        places = np.zeros((len(both_sides), problem.rows.shape[1]), dtype=np.uint16)
        for column, row in zip(both_sides.T, problem.rows[own], strict=True):
            places |= np.where(column[:, None], row, np.uint16(0))
        return _Divided(pair, both, sides, places)

    def _gains(self, batches: Batches, group: list[_Divided]) -> list[_Gain]:
        """The best division of each pair that gets shorter; the others are remembered as at their best."""
        lengths = self._problem.lengths(np.concatenate([divided.places for divided in group]))
        gains, start = [], 0
        for pair, orders, sides, places in group:
            first, second = lengths[start : start + len(sides)], lengths[start + len(sides) : start + len(places)]
            start += len(places)
            best = int(np.argmin(first + second))
            saved = batches.lengths[pair[0]] + batches.lengths[pair[1]] - float(first[best] + second[best])
            if saved <= EPSILON_M:
                self._at_best.add(_key(batches.members[pair[0]], batches.members[pair[1]]))
                continue
            inside, outside = (
                tuple(sorted(order for order, is_here in zip(orders, side, strict=True) if is_here))
                for side in (sides[best], ~sides[best])
            )
            gains.append(_Gain(pair, (inside, outside), (float(first[best]), float(second[best])), saved))
        return gains


def _open_pairs(members: Sequence[Batch], settled: Collection[Batch]) -> Iterator[tuple[int, int]]:
    """Pairs with a batch that is not settled, the newest batches first."""
    new = [number for number in range(len(members) - 1, -1, -1) if members[number] not in settled]
    old = [number for number in range(len(members) - 1, -1, -1) if members[number] in settled]
    yield from itertools.combinations(new, 2)
    yield from itertools.product(new, old)


def _key(one: Batch, other: Batch) -> tuple[Batch, Batch]:
    return (one, other) if one < other else (other, one)


def _table(rows: npt.NDArray[_Number], join: np.ufunc) -> npt.NDArray[_Number]:
    """For each subset of `rows`, numbered by its bits, all of them joined: (2 ** rows, columns)."""
    table = np.zeros((1 << len(rows), rows.shape[1]), dtype=rows.dtype)
    for number, row in enumerate(rows):
        join(table[: 1 << number], row, out=table[1 << number : 2 << number])
    return table


def _divisions(first: int, count: int) -> tuple[Sides, Numbers | None]:
    """Ways to divide `count` orders of which the first `first` are together now, with their bits where few."""
    return _all_divisions(count) if count <= _ALL_DIVISIONS else _near_divisions(first, count)


@cache
def _all_divisions(count: int) -> tuple[Sides, Numbers]:
    numbers = np.arange(1 << (count - 1))
    return (numbers[:, None] >> np.arange(count) & 1).astype(bool), numbers


@lru_cache(maxsize=512)
def _near_divisions(first: int, count: int) -> tuple[Sides, Numbers | None]:
    """The present division, and those in which up to three orders change sides; fewer where there are many."""
    most = next(moves for moves, limit in ((3, 20), (2, 60), (1, count)) if count <= limit)
    moves = [chosen for size in range(most + 1) for chosen in itertools.combinations(range(count), size)]
    sides = np.tile(np.arange(count) < first, (len(moves), 1))
    for side, chosen in zip(sides, moves, strict=True):
        side[list(chosen)] ^= True
    return sides, sides @ (1 << np.arange(count)) if count <= _BY_TABLE else None


def disturbed(batches: Batches, problem: BatchingProblem, chance: random.Random) -> Batches:
    """Two to four batches emptied, or an order taken out of each; what is loose goes where it fits, by chance."""
    new = batches.copy()
    count = min(len(new.members), chance.choice((2, 2, 3, 3, 4)))
    numbers = chance.sample(range(len(new.members)), count)
    filled = [list(new.members[number]) for number in numbers]
    if count > 1 and chance.random() < 0.5:
        loose = [batch.pop(chance.randrange(len(batch))) for batch in filled]
        filled = [batch for batch in filled if batch]
    else:
        loose = [order for batch in filled for order in batch]
        filled = []
    chance.shuffle(loose)
    for order in loose:
        fitting = [batch for batch in filled if problem.fits([*batch, order])]
        if fitting:
            chance.choice(fitting).append(order)
        else:
            filled.append([order])
    again = [tuple(sorted(batch)) for batch in filled]
    new.replace(numbers, again, problem.lengths_of(again).tolist())
    return new
