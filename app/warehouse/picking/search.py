"""Shorter batches by iterated local search: every way to divide the orders of two batches anew, then a disturbance.

Two batches hold few orders, so that all ways to divide them can be measured at once; this contains moving an order,
exchanging two, and joining both. Where two batches hold many, up to three orders change sides. A pair that was
found to be at its best is not looked at again before one of the two changes. Source of the scheme: Henn and Wäscher,
European Journal of Operational Research 222 (2012), section 4; the neighbourhood is our own.
"""

from __future__ import annotations

import itertools
import math
import random
from collections.abc import Callable, Iterable, Sequence
from functools import cache
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from app.warehouse.picking.occupancy import Words
from app.warehouse.picking.problem import Batch, BatchingProblem

_ALL_DIVISIONS = 9
"""Up to this many orders in two batches all 2**(n-1) divisions are measured."""
_BY_TABLE = 12
"""Up to this many, the places of every subset are worked out; beyond, only those of the divisions."""
_ROWS_AT_ONCE = 6000
EPSILON_M = 1e-6
"""Tours that differ by less are equally long."""

Numbers = npt.NDArray[np.int64]


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


class PairSearch:
    """Finds better divisions of two batches. Keeps what it has found out about pairs."""

    def __init__(self, problem: BatchingProblem) -> None:
        self._problem = problem
        self._at_best: set[tuple[Batch, Batch]] = set()

    def improve(self, batches: Batches, *, out_of_time: Callable[[], bool]) -> None:
        """Divide pairs anew until no pair gets shorter."""
        while not out_of_time():
            found = self._first_gains(batches)
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

    def _first_gains(self, batches: Batches) -> list[_Gain]:
        """Of the pairs not known to be at their best, in groups, those of the first group with any gain."""
        group: list[tuple[tuple[int, int], Batch, Numbers]] = []
        rows: list[Words] = []
        size = 0
        newest_first = range(len(batches.members) - 1, -1, -1)
        for pair in itertools.combinations(newest_first, 2):
            one, other = batches.members[pair[0]], batches.members[pair[1]]
            if _key(one, other) in self._at_best:
                continue
            both = one + other
            numbers, places = self._divided(both, len(one))
            group.append((pair, both, numbers))
            rows.append(places)
            size += len(places)
            if size >= _ROWS_AT_ONCE:
                if gains := self._gains(batches, group, rows):
                    return gains
                group, rows, size = [], [], 0
        return self._gains(batches, group, rows) if group else []

    def _divided(self, both: Batch, first: int) -> tuple[Numbers, Words]:
        """The divisions that a device can carry, as numbers, and the places of one side of each, then of the other."""
        problem, whole = self._problem, (1 << len(both)) - 1
        numbers = _divisions(first, len(both))
        own = list(both)
        if len(both) <= _BY_TABLE:
            loads = _table(problem.loads[own], np.add)
            fits = (loads <= problem.limits).all(axis=1)
            numbers = numbers[fits[numbers] & fits[whole ^ numbers]]
            return numbers, _table(problem.rows[own], np.bitwise_or)[np.concatenate([numbers, whole ^ numbers])]
        masks = (numbers[:, None] >> np.arange(len(both)) & 1).astype(bool)
        loads = masks @ problem.loads[own]
        fits = ((loads <= problem.limits) & (problem.loads[own].sum(axis=0) - loads <= problem.limits)).all(axis=1)
        numbers, masks = numbers[fits], masks[fits]
        sides = np.concatenate([masks, ~masks])
        places = np.zeros((len(sides), problem.rows.shape[1]), dtype=np.uint16)
        for column, row in zip(sides.T, problem.rows[own], strict=True):
            places |= np.where(column[:, None], row, np.uint16(0))
        return numbers, places

    def _gains(
        self, batches: Batches, group: list[tuple[tuple[int, int], Batch, Numbers]], rows: list[Words]
    ) -> list[_Gain]:
        """The best division of each pair that gets shorter; the others are remembered as at their best."""
        lengths = self._problem.lengths(np.concatenate(rows))
        gains, start = [], 0
        for pair, both, numbers in group:
            count = len(numbers)
            first, second = lengths[start : start + count], lengths[start + count : start + 2 * count]
            start += 2 * count
            best = int(np.argmin(first + second))
            saved = batches.lengths[pair[0]] + batches.lengths[pair[1]] - float(first[best] + second[best])
            if saved <= EPSILON_M:
                self._at_best.add(_key(batches.members[pair[0]], batches.members[pair[1]]))
                continue
            inside = [order for place, order in enumerate(both) if int(numbers[best]) >> place & 1]
            outside = [order for place, order in enumerate(both) if not int(numbers[best]) >> place & 1]
            halves = (tuple(sorted(inside)), tuple(sorted(outside)))
            gains.append(_Gain(pair, halves, (float(first[best]), float(second[best])), saved))
        return gains


def _key(one: Batch, other: Batch) -> tuple[Batch, Batch]:
    return (one, other) if one < other else (other, one)


def _table(rows, join):  # type: ignore[no-untyped-def]
    """For each subset of `rows`, numbered by its bits, all of them joined: (2 ** rows, columns)."""
    table = np.zeros((1 << len(rows), rows.shape[1]), dtype=rows.dtype)
    for number, row in enumerate(rows):
        join(table[: 1 << number], row, out=table[1 << number : 2 << number])
    return table


@cache
def _all_divisions(count: int) -> Numbers:
    return np.arange(1 << (count - 1))


@cache
def _near_divisions(first: int, count: int) -> Numbers:
    now = (1 << first) - 1
    moves = (chosen for size in range(4) for chosen in itertools.combinations(range(count), size))
    return np.array([now ^ sum(1 << place for place in chosen) for chosen in moves], dtype=np.int64)


def _divisions(first: int, count: int) -> Numbers:
    """Ways to divide `count` orders, the first `first` of which are together now: bits of those on one side."""
    return _all_divisions(count) if count <= _ALL_DIVISIONS else _near_divisions(first, count)


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
