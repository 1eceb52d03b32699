"""Where something is to be picked, as bits: what many thousand sets of orders need of an aisle, read from tables.

A set of places is a row of 16-bit words, the slot next to the depot's cross aisle first. The union of two sets is `|`.
What routing asks of an aisle (first and last slot, widest gap between neighbours) comes from tables of 65,536 entries,
so that a set costs no loop over its places.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

import numpy as np
import numpy.typing as npt

from app.warehouse.picking.floor import Floor, Place

Words = npt.NDArray[np.uint16]
Numbers = npt.NDArray[np.float64]
Whole = npt.NDArray[np.int16]
Flags = npt.NDArray[np.bool_]

_BITS = 16


@dataclass(frozen=True, slots=True)
class Aisles:
    """What sets of places look like from the aisles; all arrays are (aisles, sets)."""

    is_empty: Flags
    first: Whole
    """The slot nearest to the depot's cross aisle; 0 where the aisle is empty."""
    last: Whole
    """The farthest; 0 where the aisle is empty."""
    gap: Whole
    """The largest difference between neighbouring slots; 0 for fewer than two."""


def words_of(floor: Floor) -> int:
    """How many words an aisle takes."""
    return -(-floor.slots // _BITS)


def occupancy(floor: Floor, places: Iterable[Place]) -> Words:
    """The row of a set of places, (aisles * words,)."""
    row = np.zeros((floor.aisles, words_of(floor)), dtype=np.uint16)
    for place in places:
        word, bit = divmod(floor.rank(place), _BITS)
        row[place.aisle, word] |= np.uint16(1 << bit)
    return row.reshape(-1)


def heights_of(floor: Floor, row: Words) -> list[list[float]]:
    """For each aisle where its picks are, ascending metres from the depot's cross aisle."""
    found: list[list[float]] = [[] for _ in range(floor.aisles)]
    for number, word in enumerate(row.tolist()):
        aisle, part = divmod(number, words_of(floor))
        found[aisle].extend(floor.height_m(part * _BITS + bit) for bit in range(_BITS) if word >> bit & 1)
    return found


def aisles_of(floor: Floor, rows: Words) -> Aisles:
    """What each of `rows`, (sets, aisles * words), asks of the aisles."""
    words = words_of(floor)
    by_word = np.ascontiguousarray(rows.reshape(len(rows), floor.aisles, words).transpose(2, 1, 0))
    tables = _tables()
    word = by_word[0]
    is_empty = word == 0
    first, last = tables.first[word], tables.last[word]
    gap = tables.gap[word]
    for part in range(1, words):
        word, offset = by_word[part], part * _BITS
        is_some = word != 0
        start = tables.first[word] + offset
        between = np.where(is_some & ~is_empty, start - last, 0)
        gap = np.maximum(np.maximum(gap, between), tables.gap[word])
        first = np.where(is_empty & is_some, start, first)
        last = np.where(is_some, tables.last[word] + offset, last)
        is_empty &= ~is_some
    return Aisles(is_empty, first, last, gap)


@dataclass(frozen=True, slots=True)
class _Tables:
    first: Whole
    last: Whole
    gap: Whole


@cache
def _tables() -> _Tables:
    values = np.arange(1 << _BITS, dtype=np.int64)
    first, last, gap = (np.zeros(1 << _BITS, dtype=np.int16) for _ in range(3))
    seen = np.zeros(1 << _BITS, dtype=bool)
    for bit in range(_BITS):
        here = (values >> bit & 1).astype(bool)
        wider = here & seen & (bit - last > gap)
        gap[wider] = bit - last[wider]
        first[here & ~seen] = bit
        last[here] = bit
        seen |= here
    return _Tables(first, last, gap)
