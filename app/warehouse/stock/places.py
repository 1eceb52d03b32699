"""Where each SKU lies and what it weighs, from the company's catalogue."""

from __future__ import annotations

import csv
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from app.warehouse.stock.errors import PlacesInvalid

_COLUMNS = ("sku", "bin_location", "weight_g")
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


@dataclass(frozen=True, slots=True)
class Place:
    """Of one row of the catalogue; variants lie together."""

    bin: Bin
    weight_g: int


def parse_bin(text: str) -> Bin:
    """Raises `PlacesInvalid` for what is no bin."""
    found = _BIN.fullmatch(text.strip().upper())
    if found is None:
        raise PlacesInvalid(f"{text!r} is no bin such as A-11-01-C (zone, aisle, bay, level).")
    return Bin(found[1], int(found[2]), int(found[3]), found[4])


def read_places(path: Path) -> dict[str, Place]:
    """By SKU of the catalogue's rows. Raises `PlacesInvalid`."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = list(csv.DictReader(file))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise PlacesInvalid(f"The catalogue {path} cannot be read: {error}.") from error
    if missing := [name for name in _COLUMNS if not rows or name not in rows[0]]:
        raise PlacesInvalid(f"The catalogue {path} has no column {missing[0]}, or no row.")
    places: dict[str, Place] = {}
    for number, row in enumerate(rows, start=2):
        try:
            weight = int(row["weight_g"])
            if weight < 0:
                raise ValueError(f"a weight of {weight} g is below 0")
            places[row["sku"]] = Place(parse_bin(row["bin_location"]), weight)
        except (ValueError, TypeError, AttributeError) as error:
            raise PlacesInvalid(f"The catalogue {path} cannot be read in row {number}: {error}.") from error
        except PlacesInvalid as error:
            raise PlacesInvalid(f"The catalogue {path}, row {number}: {error.message}") from None
    return places


def key_of(places: Mapping[str, Place], sku: str, product_id: str) -> str | None:
    """Under which an item's place stands: its own SKU, else its product; None where nobody says."""
    return next((key for key in (sku, product_id) if key in places), None)
