"""What pickers are told: tours with their orders, stops in the order of walking, and the way itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from app.warehouse.picking.orders import OrderId, PickLine


@dataclass(frozen=True, slots=True)
class Pick:
    """Something to take, and for whom."""

    order_id: OrderId
    line: PickLine


@dataclass(frozen=True, slots=True)
class Stop:
    """Where one stands still."""

    label: Mapping[str, Any]
    x_m: float
    """Along the front, from the middle of the first aisle."""
    y_m: float
    """From the middle of the cross aisle at the front."""
    picks: tuple[Pick, ...]

    @property
    def articles(self) -> int:
        """Taken here."""
        return sum(pick.line.quantity for pick in self.picks)

    def to_dict(self) -> dict[str, Any]:
        """As JSON."""
        orders = list(dict.fromkeys(pick.order_id for pick in self.picks))
        goods = [
            {
                "order": pick.order_id,
                "sku": pick.line.sku,
                "name": {"zh": pick.line.name, "en": pick.line.name_en},
                "quantity": pick.line.quantity,
                "weight_g": pick.line.weight_g,
                "fragile": pick.line.is_fragile,
            }
            for pick in self.picks
            if pick.line.sku
        ]
        shown = {
            **self.label,
            "orders": orders,
            "articles": self.articles,
            "x_m": _round(self.x_m),
            "y_m": _round(self.y_m),
        }
        return {**shown, "goods": goods} if goods else shown


@dataclass(frozen=True, slots=True)
class Tour:
    """One walk: from the depot with an empty device, and back."""

    order_ids: tuple[OrderId, ...]
    stops: tuple[Stop, ...]
    length_m: float
    way: tuple[tuple[float, float], ...]
    """Points (x, y) in metres between which one goes straight, from the foot of the depot's aisle and back."""
    zone: str = ""
    due_at: datetime | None = None

    @property
    def articles(self) -> int:
        """On the device at the end."""
        return sum(stop.articles for stop in self.stops)

    @property
    def weight_g(self) -> int:
        """On the device at the end."""
        return sum(pick.line.quantity * pick.line.weight_g for stop in self.stops for pick in stop.picks)

    def to_dict(self) -> dict[str, Any]:
        """As JSON."""
        shown: dict[str, Any] = {
            "orders": list(self.order_ids),
            "stops": [stop.to_dict() for stop in self.stops],
            "length": _round(self.length_m),
            "articles": self.articles,
            "way": [[_round(x), _round(y)] for x, y in self.way],
        }
        if self.weight_g:
            shown["weight_g"] = self.weight_g
        if self.zone:
            shown["zone"] = self.zone
        if self.due_at is not None:
            shown["due_at"] = self.due_at.isoformat()
        return shown


@dataclass(frozen=True, slots=True)
class PickPlan:
    """All tours, and how good they are."""

    tours: tuple[Tour, ...]
    routing: str
    """The way of walking that batches were chosen for and tours are walked in."""
    bound_m: float
    """No batches are shorter in sum when walked in this way."""
    baseline_m: float
    """Orders as they came, walked in an S-shape, or in the same way on a floor of several blocks."""

    @property
    def length_m(self) -> float:
        """Of all tours."""
        return sum(tour.length_m for tour in self.tours)

    @property
    def gap(self) -> float:
        """How much longer it may be than the best, as a share of the bound; 0 for proven to be the best."""
        return 0.0 if self.bound_m <= 0 else max(0.0, round(self.length_m / self.bound_m - 1, 9))

    @property
    def saved(self) -> float:
        """Of the baseline, as a share."""
        return 0.0 if self.baseline_m <= 0 else 1 - self.length_m / self.baseline_m

    def to_dict(self) -> dict[str, Any]:
        """As JSON."""
        return {
            "length": _round(self.length_m),
            "batches": [tour.to_dict() for tour in self.tours],
            "routing": self.routing,
            "lower_bound": _round(self.bound_m),
            "gap": round(self.gap, 6),
            "baseline": _round(self.baseline_m),
            "saved": round(self.saved, 6),
        }


def _round(metres: float) -> float:
    """To the millimetre, whole metres without a fraction."""
    value = round(float(metres), 3)
    return int(value) if value.is_integer() else value
