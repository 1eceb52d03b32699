"""Bins, as the company's catalogue and signs on shelves write them."""

from __future__ import annotations

import re
from dataclasses import dataclass

_BIN = re.compile(r"([A-Z]{1,3})-(\d{1,3})-(\d{1,3})-([A-Z])")


@dataclass(frozen=True, slots=True, order=True)
class Bin:
    """A place on a shelf: `A-11-01-C` is zone A, aisle 11, bay 1, level C."""

    zone: str
    aisle: int
    bay: int
    """Counted from the front of the aisle, from 1."""
    level: str
    """A is on the floor."""

    def __str__(self) -> str:
        return f"{self.zone}-{self.aisle:02d}-{self.bay:02d}-{self.level}"


def bin_of(text: str) -> Bin | None:
    """None for what is no bin."""
    found = _BIN.fullmatch(text.strip().upper())
    return None if found is None else Bin(found[1], int(found[2]), int(found[3]), found[4])
