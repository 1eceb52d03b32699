"""Demand as a table of SKUs and days, taken from orders or from lines of a file."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta, tzinfo

import numpy as np
from numpy.typing import NDArray

from app.domain.shop import Item, Order
from app.warehouse.stock.errors import DemandMissing, SkuUnknown

NO_DEMAND = ("unpaid", "cancelled")
"""States of orders that ask for nothing."""


@dataclass(frozen=True, slots=True)
class Sold:
    """What was asked for of one SKU on one day."""

    sku: str
    day: date
    quantity: float


@dataclass(frozen=True, slots=True)
class Demand:
    """Units by SKU and day, without gaps: a day without a sale is a day of no demand."""

    skus: tuple[str, ...]
    first: date
    quantities: NDArray[np.float64]
    """float64, (SKUs, days), >= 0."""
    categories: tuple[str, ...]
    """One an SKU; "" where none is known. A new SKU is forecast by what its category sells."""
    products: tuple[str, ...]
    """One an SKU: variants of a product share their season."""

    @property
    def days(self) -> int:
        """How long the history is."""
        return int(self.quantities.shape[1])

    @property
    def last(self) -> date:
        """The last day of the history."""
        return self.first + timedelta(days=self.days - 1)

    @property
    def dates(self) -> list[date]:
        """Every day of the history."""
        return dates_from(self.first, self.days)

    def until(self, days: int) -> Demand:
        """The first `days` of the history alone."""
        return replace(self, quantities=self.quantities[:, :days])

    def row(self, sku: str) -> int:
        """Where an SKU stands. Raises `SkuUnknown`."""
        try:
            return self.skus.index(sku)
        except ValueError:
            raise SkuUnknown(f"There is no demand of an SKU {sku!r}; write it as the shop's records do.") from None

    def only(self, skus: Sequence[str]) -> Demand:
        """Those SKUs alone, in that order. Raises `SkuUnknown`."""
        rows = [self.row(sku) for sku in skus]
        return replace(
            self,
            skus=tuple(skus),
            quantities=self.quantities[rows],
            categories=tuple(self.categories[row] for row in rows),
            products=tuple(self.products[row] for row in rows),
        )


def dates_from(first: date, count: int) -> list[date]:
    """So many days from one on."""
    return [first + timedelta(days=index) for index in range(count)]


def demand_of(
    sold: Iterable[Sold],
    *,
    categories: Mapping[str, str] | None = None,
    products: Mapping[str, str] | None = None,
    also: Iterable[str] = (),
    first: date | None = None,
    last: date | None = None,
) -> Demand:
    """The table of what was sold, from the first to the last day that is named; several lines of a day are added.

    `also` are SKUs without a sale yet. Raises `DemandMissing` when nothing was sold.
    """
    lines = list(sold)
    if not lines:
        raise DemandMissing("There is no demand to learn from: no order that was paid, no line in the file.")
    first = first or min(line.day for line in lines)
    last = last or max(line.day for line in lines)
    skus = tuple(sorted({line.sku for line in lines} | set(also)))
    rows = {sku: row for row, sku in enumerate(skus)}
    quantities = np.zeros((len(skus), max((last - first).days + 1, 1)))
    for line in lines:
        if first <= line.day <= last:
            quantities[rows[line.sku], (line.day - first).days] += line.quantity
    known, parents = categories or {}, products or {}
    return Demand(
        skus,
        first,
        quantities,
        tuple(known.get(sku, "") for sku in skus),
        tuple(parents.get(sku, sku) for sku in skus),
    )


def demand_of_orders(
    orders: Iterable[Order], items: Iterable[Item], *, zone: tzinfo, last: date | None = None
) -> Demand:
    """What was ordered, by the day of `zone` on which it was placed; without what was cancelled or never paid.

    Every item that is still sold has a row, sold or not. Raises `DemandMissing`.
    """
    sold: list[Sold] = []
    categories: dict[str, str] = {}
    products: dict[str, str] = {}
    for order in orders:
        if order.status in NO_DEMAND or order.placed_at is None:
            continue
        day = order.placed_at.astimezone(zone).date()
        for line in order.lines:
            sold.append(Sold(line.sku, day, line.quantity))
            categories[line.sku], products[line.sku] = line.category, line.product_id
    known = list(items)
    categories |= {item.sku: item.category for item in known}
    products |= {item.sku: item.product_id for item in known}
    if last is not None:
        sold = [line for line in sold if line.day <= last]
    return demand_of(sold, categories=categories, products=products, also=[item.sku for item in known], last=last)
