"""Where each SKU lies and what it weighs, from the company's catalogue."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from app.domain.catalogue import catalogue_rows
from app.warehouse.bins import Bin, bin_of
from app.warehouse.stock.errors import PlacesInvalid

_COLUMNS = ("sku", "bin_location", "weight_g")


@dataclass(frozen=True, slots=True)
class Place:
    """Of one row of the catalogue; variants lie together."""

    bin: Bin
    weight_g: int


def parse_bin(text: str) -> Bin:
    """Raises `PlacesInvalid` for what is no bin."""
    found = bin_of(text)
    if found is None:
        raise PlacesInvalid(f"{text!r} is no bin such as A-11-01-C (zone, aisle, bay, level).")
    return found


def read_places(path: Path) -> dict[str, Place]:
    """By SKU of the catalogue's rows. Raises `PlacesInvalid`."""
    places: dict[str, Place] = {}
    for number, row in enumerate(catalogue_rows(path, _COLUMNS, error=PlacesInvalid), start=2):
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
