"""Which tokens belong to which sentence, and how a text longer than the model's window is cut."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from index.types import Span

Offsets = NDArray[np.int64]
"""(n, 2): start and end of each token in code points, in the order of the text."""


def tokens_of(spans: Sequence[Span], offsets: Offsets) -> list[Span]:
    """For each span of characters the half-open range of tokens that touch it; an empty range where none does.

    A token that reaches over the border of two spans belongs to both.
    """
    starts, ends = offsets[:, 0].tolist(), offsets[:, 1].tolist()
    ranges = []
    for start, end in spans:
        first = bisect_right(ends, start)
        ranges.append((first, max(first, bisect_left(starts, end))))
    return ranges


def plan_windows(length: int, sentences: Sequence[Span], capacity: int) -> Iterator[Span]:
    """Cut `length` tokens into ranges of at most `capacity`, between sentences where that is possible.

    Every token is in exactly one range. A sentence longer than `capacity` is cut where the window is full.
    """
    borders = sorted({first for first, _ in sentences if 0 < first < length})
    start = 0
    while length - start > capacity:
        full = start + capacity
        at = bisect_right(borders, full) - 1
        end = borders[at] if at >= 0 and borders[at] > start else full
        yield start, end
        start = end
    if start < length or length == 0:
        yield start, length


def batches_of(lengths: Sequence[int], budget: int) -> Iterator[list[int]]:
    """Group items by length, longest first, so that rows times longest row stays within `budget` numbers of tokens.

    Yields the numbers of the items; an item longer than the budget makes a group alone.
    """
    order = sorted(range(len(lengths)), key=lambda item: (-lengths[item], item))
    group: list[int] = []
    for item in order:
        if group and (len(group) + 1) * lengths[group[0]] > budget:
            yield group
            group = []
        group.append(item)
    if group:
        yield group
