"""What is to be picked, and what carries it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from app.warehouse.picking.errors import OrderTooLarge, PickOrdersInvalid, PlaceUnknown
from app.warehouse.picking.floor import Floor, Place

OrderId = str | int


@dataclass(frozen=True, slots=True)
class PickLine:
    """Some of one article at one place."""

    place: Place
    label: Mapping[str, Any]
    """What the place is called in the warehouse: {"bin": "A-11-01-C"}, {"aisle": 3, "location": 12}."""
    quantity: int = 1
    weight_g: int = 0
    """Of one."""
    is_fragile: bool = False
    sku: str = ""
    name: str = ""
    name_en: str = ""
    zone: str = ""
    """Zones are floors of their own, of the same shape; "" where there is one floor."""


@dataclass(frozen=True, slots=True)
class PickOrder:
    """What one customer gets; its lines in a zone are picked on one tour."""

    order_id: OrderId
    lines: tuple[PickLine, ...]
    due_at: datetime | None = None
    """When the carrier collects. Orders of different times are not mixed on a tour."""

    @property
    def articles(self) -> int:
        """How many things."""
        return sum(line.quantity for line in self.lines)

    @property
    def weight_g(self) -> int:
        """Of all."""
        return sum(line.quantity * line.weight_g for line in self.lines)


@dataclass(frozen=True, slots=True)
class Device:
    """What a picker pushes along; None for no limit. Raises `PickOrdersInvalid` for limits below 1."""

    articles: int | None = None
    weight_g: int | None = None
    orders: int | None = None
    """Compartments: how many orders can be kept apart."""

    def __post_init__(self) -> None:
        for name, limit in self.limits.items():
            if isinstance(limit, bool) or not isinstance(limit, int) or not 1 <= limit <= 10**12:
                raise PickOrdersInvalid(f"A picking device carries 1 or more {name}, not {limit!r}.")

    @property
    def limits(self) -> dict[str, int]:
        """Those that there are, by name."""
        all_of = {"articles": self.articles, "grams": self.weight_g, "orders": self.orders}
        return {name: limit for name, limit in all_of.items() if limit is not None}

    def load_of(self, order: PickOrder) -> dict[str, int]:
        """What an order takes of each limit."""
        all_of = {"articles": order.articles, "grams": order.weight_g, "orders": 1}
        return {name: all_of[name] for name in self.limits}


@dataclass(frozen=True, slots=True)
class PickJob:
    """All that is to be planned at once."""

    floor: Floor
    device: Device
    orders: tuple[PickOrder, ...] = field(default=())

    def check(self) -> None:
        """Raises `PickOrdersInvalid`, `PlaceUnknown` or `OrderTooLarge` for what cannot be picked as given."""
        _no_id_twice(self.orders)
        for order in self.orders:
            if not order.lines:
                raise PickOrdersInvalid(f"Order {order.order_id} asks for nothing; leave it out or add its articles.")
            for line in order.lines:
                self._check_line(order, line)
            self._check_load(order)

    def _check_line(self, order: PickOrder, line: PickLine) -> None:
        if isinstance(line.quantity, bool) or not isinstance(line.quantity, int) or line.quantity < 1:
            raise PickOrdersInvalid(
                f"Order {order.order_id} asks for {line.quantity!r} of something; expected 1 or more."
            )
        if line.weight_g < 0:
            raise PickOrdersInvalid(f"Order {order.order_id} has something that weighs {line.weight_g} g.")
        if not self.floor.holds(line.place):
            raise PlaceUnknown(
                f"Order {order.order_id} asks for {spoken(line.label)}, but the floor has {self.floor.aisles} aisles "
                f"of {self.floor.slots} places on each side."
            )

    def _check_load(self, order: PickOrder) -> None:
        for zone in {line.zone for line in order.lines}:
            part = PickOrder(order.order_id, tuple(line for line in order.lines if line.zone == zone))
            for name, load in self.device.load_of(part).items():
                if load > self.device.limits[name]:
                    where = f" in zone {zone}" if zone else ""
                    raise OrderTooLarge(
                        f"Order {order.order_id} takes {load} {name}{where}, more than the {self.device.limits[name]} "
                        "that a picking device carries; split the order or name a larger device."
                    )


def spoken(label: Mapping[str, Any]) -> str:
    """A place as one says it."""
    return str(label["bin"]) if "bin" in label else " ".join(f"{name} {value}" for name, value in label.items())


def _no_id_twice(orders: Sequence[PickOrder]) -> None:
    twice = [order_id for order_id, count in Counter(str(order.order_id) for order in orders).items() if count > 1]
    if twice:
        more = f" and {len(twice) - 1} more" if len(twice) > 1 else ""
        raise PickOrdersInvalid(f"Order {twice[0]} comes twice{more}; give each order an id of its own.")
