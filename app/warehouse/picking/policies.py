"""How long the tours of simple ways of walking are, for many sets of places at once, on a floor of one block.

All start at the depot, go along its cross aisle to the leftmost aisle with a pick, on to the rightmost and back; they
differ in what is done in an aisle. Source: Hall, IIE Transactions 25 (1993), and de Koster, Le-Duc and Roodbergen,
European Journal of Operational Research 182 (2007), section 6.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from app.warehouse.picking.floor import Floor
from app.warehouse.picking.occupancy import Aisles, Numbers

Aisle = npt.NDArray[np.int64]


def _metres(values: npt.ArrayLike) -> Numbers:
    return np.asarray(values, dtype=np.float64)


class OneBlock:
    """The measures of a floor of one block that tour lengths are made of, in metres, for the aisles of many sets."""

    def __init__(self, floor: Floor, aisles: Aisles) -> None:
        self.length_m = floor.aisle_length_m
        self.is_empty = aisles.is_empty
        self.up_to_last = _metres(floor.end_gap_m + aisles.last * floor.slot_length_m)
        """From the depot's cross aisle to the farthest pick."""
        self.up_to_first = _metres(floor.end_gap_m + aisles.first * floor.slot_length_m)
        self.down_to_first = self.length_m - self.up_to_first
        """From the far cross aisle to the pick nearest to the depot's."""
        self.gap = _metres(aisles.gap * floor.slot_length_m)
        self._floor = floor

    def visited(self) -> tuple[Aisle, Aisle]:
        """The first and the last aisle of each set that holds a pick; those of an empty set mean nothing."""
        holds = ~self.is_empty
        last = len(holds) - 1 - holds[::-1].argmax(axis=0)
        return holds.argmax(axis=0), last

    def across(self) -> Numbers:
        """Along cross aisles: to the outermost aisles with picks and back."""
        left, right = self.visited()
        depot = self._floor.depot_aisle
        return _metres(2 * self._floor.aisle_pitch_m * (np.maximum(right, depot) - np.minimum(left, depot)))


def s_shape(block: OneBlock) -> Numbers:
    """Walk through each aisle with a pick; of an odd number of aisles, turn in the last."""
    holds = ~block.is_empty
    count = holds.sum(axis=0)
    _, right = block.visited()
    into_last = block.up_to_last[right, np.arange(holds.shape[1])]
    is_odd = count % 2 == 1
    return _metres(block.across() + (count - is_odd) * block.length_m + np.where(is_odd, 2 * into_last, 0.0))


def returning(block: OneBlock) -> Numbers:
    """Enter each aisle from the depot's cross aisle, turn at its farthest pick."""
    return _metres(block.across() + np.where(block.is_empty, 0.0, 2 * block.up_to_last).sum(axis=0))


def largest_gap(block: OneBlock) -> Numbers:
    """Walk through the first and the last aisle; the others from both ends, leaving out the widest stretch."""
    holds = ~block.is_empty
    left, right = block.visited()
    sets = np.arange(holds.shape[1])
    widest = np.maximum(block.gap, np.maximum(block.up_to_first, block.length_m - block.up_to_last))
    inner = np.where(block.is_empty, 0.0, 2 * (block.length_m - widest)).sum(axis=0)
    outer = sum(2 * (block.length_m - widest[aisle, sets]) for aisle in (left, right))
    in_one = 2 * block.up_to_last[left, sets]
    through = np.where(left == right, in_one, inner - outer + 2 * block.length_m)
    return _metres(block.across() + through)


def combined(block: OneBlock) -> Numbers:
    """In each aisle either walk through or turn, whichever is shorter in the end; left to right without going back."""
    near = np.zeros(block.is_empty.shape[1])
    far = np.full_like(near, np.inf)
    for is_empty, up, down in zip(block.is_empty, block.up_to_last, block.down_to_first, strict=True):
        stay_near = np.minimum(near + 2 * up, far + block.length_m)
        stay_far = np.minimum(far + 2 * down, near + block.length_m)
        near, far = np.where(is_empty, near, stay_near), np.where(is_empty, far, stay_far)
    return _metres(block.across() + near)
