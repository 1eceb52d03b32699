"""Demand from a file: CSV with a header, or JSON Lines, with `sku`, `date` and `quantity`."""

from __future__ import annotations

import csv
import io
import json
import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from app.warehouse.stock.demand import Demand, Sold, demand_of
from app.warehouse.stock.errors import DemandInvalid

_NEEDED = ("sku", "date", "quantity")
_MOST_DAYS = 20 * 366
_MOST_CELLS = 200_000_000
_MOST_UNITS = 1e9
_MOST_SKU = 200


@dataclass(frozen=True, slots=True)
class Refused:
    """A line that was not taken, and why."""

    line: int
    """Counted from 1, the header of a CSV file included."""
    message: str


@dataclass(slots=True)
class DemandFile:
    """What a file holds."""

    sold: list[Sold] = field(default_factory=list)
    categories: dict[str, str] = field(default_factory=dict)
    products: dict[str, str] = field(default_factory=dict)
    refused: list[Refused] = field(default_factory=list)
    repeated: int = 0
    """Lines of a SKU and day that had one already; their quantities are added."""

    def demand(self) -> Demand:
        """As a table. Raises `DemandInvalid` when no line can be used, or the days lie too far apart."""
        if not self.sold:
            told = f" The first: line {self.refused[0].line}: {self.refused[0].message}" if self.refused else ""
            raise DemandInvalid(f"No line of the file can be used.{told}")
        first, last = (pick(self.sold, key=lambda line: line.day) for pick in (min, max))
        if (last.day - first.day).days > _MOST_DAYS:
            raise DemandInvalid(
                f"The days lie more than 20 years apart: {first.day} ({first.sku}) to {last.day} ({last.sku}). "
                "One of them is likely a typing error."
            )
        skus = {line.sku for line in self.sold}
        if len(skus) * ((last.day - first.day).days + 1) > _MOST_CELLS:
            raise DemandInvalid(f"{len(skus)} SKUs over these days are too many at once. Divide the file.")
        return demand_of(self.sold, categories=self.categories, products=self.products)


def read_demand(content: bytes) -> DemandFile:
    """Each line is taken or refused on its own. Raises `DemandInvalid` when the file is of no known form.

    Beside the three fields a line may have `category` and `product_id`, by which a SKU that sells rarely is forecast.
    """
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise DemandInvalid(f"The file is not UTF-8 text (byte {error.start}). Save it as UTF-8.") from None
    if not text.strip():
        raise DemandInvalid("The file is empty. It needs lines with sku, date and quantity.")
    lines = _json_lines(text) if text.lstrip()[0] in "{[" else _csv_lines(text)
    file, seen = DemandFile(), set()
    for number, fields in lines:
        if isinstance(fields, str):
            file.refused.append(Refused(number, fields))
            continue
        taken = _sold(fields)
        if isinstance(taken, str):
            file.refused.append(Refused(number, taken))
            continue
        file.repeated += (taken.sku, taken.day) in seen
        seen.add((taken.sku, taken.day))
        file.sold.append(taken)
        for name, known in (("category", file.categories), ("product_id", file.products)):
            value = fields.get(name)
            if isinstance(value, str) and value.strip():
                known.setdefault(taken.sku, value.strip())
    return file


def _csv_lines(text: str) -> Iterator[tuple[int, Mapping[str, Any] | str]]:
    reader = csv.DictReader(io.StringIO(text, newline=""))
    names = [(name or "").strip().lower() for name in reader.fieldnames or ()]
    if missing := [name for name in _NEEDED if name not in names]:
        raise DemandInvalid(
            f"The file has no column {missing[0]!r}; it has {', '.join(names) or 'none'}. "
            "The first line names the columns: sku,date,quantity."
        )
    reader.fieldnames = names
    try:
        for row in reader:
            yield reader.line_num, row
    except csv.Error as error:
        yield reader.line_num, f"It cannot be read as CSV: {error}."


def _json_lines(text: str) -> Iterator[tuple[int, Mapping[str, Any] | str]]:
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip():
            continue
        try:
            value = json.loads(line)
        except (ValueError, RecursionError):
            yield number, "It is not JSON."
            continue
        yield number, value if isinstance(value, dict) else "It is not a JSON object."


def _sold(fields: Mapping[str, Any]) -> Sold | str:
    """A sale, or what is wrong with the line."""
    sku, day, quantity = (fields.get(name) for name in _NEEDED)
    if not isinstance(sku, str) or not sku.strip():
        return "It names no sku."
    if len(sku) > _MOST_SKU or not sku.isprintable():
        return f"Its sku is no SKU: longer than {_MOST_SKU} characters, or with control characters."
    try:
        parsed = date.fromisoformat(day.strip() if isinstance(day, str) else "")
    except ValueError:
        return f"{_shown(day)} is no day such as 2026-11-24."
    try:
        units = math.nan if isinstance(quantity, bool) else float(quantity if quantity is not None else math.nan)
    except (TypeError, ValueError, OverflowError):
        units = math.nan
    if not math.isfinite(units) or units > _MOST_UNITS:
        return f"{_shown(quantity)} is no quantity."
    if units < 0:
        return f"A quantity of {units:g} is below 0: what came back is no demand. Leave returns out."
    return Sold(sku.strip(), parsed, units)


def _shown(value: object) -> str:
    return "Nothing" if value in (None, "") else repr(value)[:60]


def first_of(refused: Iterable[Refused], count: int = 5) -> list[str]:
    """The first few as lines for people."""
    return [f"line {one.line}: {one.message}" for one in list(refused)[:count]]
