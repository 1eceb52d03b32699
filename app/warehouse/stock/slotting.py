"""Which SKU should lie where: swaps of bins that shorten the walks of real orders.

A zone holds one kind of goods (cold, clothes, large things) and is a block of its own: parallel aisles between a front
and a back cross aisle, with its drop-off at the front of the first aisle. An order is picked zone by zone. What lies
in the same order is thereby brought together without a measure of affinity of its own: the walks themselves are what
is measured, along the S-shape (each aisle with a pick is walked through; of the last one only what is needed when it
is entered from the front).

Source of the S-shape: Hall, Distance approximations for routing manual pickers in a warehouse, IIE Transactions 25
(1993).
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from itertools import combinations
from typing import Any

from app.warehouse.bins import Bin
from app.warehouse.stock.places import Place

Walk = Callable[[Iterable[Bin]], float]
"""Metres of the walk for bins of one zone."""


@dataclass(frozen=True, slots=True)
class SShape:
    """Walks of one zone, in metres."""

    aisle_m: float = 2.5
    """From the middle of an aisle to that of the next."""
    bay_m: float = 1.2
    bays: int = 36
    """Of an aisle."""

    def __call__(self, bins: Iterable[Bin]) -> float:
        """From the drop-off and back; 0 for nothing to pick."""
        deepest: dict[int, int] = {}
        for place in bins:
            deepest[place.aisle] = max(deepest.get(place.aisle, 0), place.bay)
        if not deepest:
            return 0.0
        through = self.bays * self.bay_m
        aisles = sorted(deepest)
        across = 2 * (aisles[-1] - 1) * self.aisle_m
        if len(aisles) % 2 == 0:
            return across + len(aisles) * through
        return across + (len(aisles) - 1) * through + 2 * min(deepest[aisles[-1]] * self.bay_m, through)


@dataclass(frozen=True, slots=True)
class SlottingParams:
    """What may be moved."""

    moves: int = 20
    """Swaps at most; each carries two SKUs."""
    heavy_g: int = 15_000
    """What weighs as much stays low."""
    low_levels: str = "AB"


@dataclass(frozen=True, slots=True)
class Swap:
    """Two SKUs that change places."""

    sku: str
    bin: str
    """Where the first one lies now."""
    other_sku: str
    other_bin: str
    picks: int
    """Of the first one, in the orders that were learned from."""
    other_picks: int
    saved_m: float
    """Of these orders' walks."""

    def to_dict(self) -> dict[str, Any]:
        """As JSON."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class SlottingPlan:
    """Swaps in the order in which they save most, and what they save on orders that were not looked at."""

    swaps: tuple[Swap, ...]
    learned_orders: int
    measured_orders: int
    before_m: float
    """Walked for the measured orders now."""
    after_m: float
    """Walked for them after the swaps."""
    too_high: tuple[str, ...]
    """Heavy SKUs that lie above the low levels now."""

    @property
    def saved(self) -> float:
        """Share of the walking that is saved."""
        return 1 - self.after_m / self.before_m if self.before_m else 0.0

    def to_dict(self) -> dict[str, Any]:
        """As JSON."""
        return {
            "swaps": [swap.to_dict() for swap in self.swaps],
            "learned_orders": self.learned_orders,
            "measured_orders": self.measured_orders,
            "before_m": self.before_m,
            "after_m": self.after_m,
            "saved": self.saved,
            "too_high": list(self.too_high),
        }


def plan_slots(
    places: Mapping[str, Place],
    learned: Iterable[Iterable[str]],
    measured: Iterable[Iterable[str]],
    *,
    params: SlottingParams | None = None,
    walk: Walk | None = None,
) -> SlottingPlan:
    """Swaps within zones. Orders are the SKUs of `places` in each; what has no place is passed over.

    `learned` are older orders, from which swaps are chosen; `measured` newer ones, on which the saving is measured.
    """
    params, walk = params or SlottingParams(), walk or SShape()
    old, new = (_by_zone(orders, places) for orders in (learned, measured))
    queues = {zone: _Zone(zone, places, old[zone], params, walk).swaps() for zone in sorted(old)}
    chosen: list[Swap] = []
    while len(chosen) < params.moves:
        zone = max((zone for zone, queue in queues.items() if queue), key=lambda z: queues[z][0].saved_m, default=None)
        if zone is None:
            break
        chosen.append(queues[zone].pop(0))
    now = {sku: place.bin for sku, place in places.items()}
    then = dict(now)
    for swap in chosen:
        then[swap.sku], then[swap.other_sku] = then[swap.other_sku], then[swap.sku]
    return SlottingPlan(
        tuple(chosen),
        learned_orders=sum(map(len, old.values())),
        measured_orders=sum(map(len, new.values())),
        before_m=_walked(new, now, walk),
        after_m=_walked(new, then, walk),
        too_high=tuple(sorted(sku for sku, place in places.items() if _is_too_high(place.weight_g, place.bin, params))),
    )


def _by_zone(orders: Iterable[Iterable[str]], places: Mapping[str, Place]) -> dict[str, list[frozenset[str]]]:
    found: defaultdict[str, list[frozenset[str]]] = defaultdict(list)
    for order in orders:
        parts: defaultdict[str, set[str]] = defaultdict(set)
        for sku in order:
            if sku in places:
                parts[places[sku].bin.zone].add(sku)
        for zone, skus in parts.items():
            found[zone].append(frozenset(skus))
    return found


def _walked(orders: Mapping[str, Sequence[frozenset[str]]], bins: Mapping[str, Bin], walk: Walk) -> float:
    return sum(walk([bins[sku] for sku in order]) for zone in orders.values() for order in zone)


def _is_too_high(weight_g: int, place: Bin, params: SlottingParams) -> bool:
    return weight_g >= params.heavy_g and place.level not in params.low_levels


class _Zone:
    """Swaps bins of one zone as long as that shortens the walks."""

    def __init__(
        self,
        zone: str,
        places: Mapping[str, Place],
        orders: Sequence[frozenset[str]],
        params: SlottingParams,
        walk: Walk,
    ) -> None:
        self._params, self._walk = params, walk
        self._weights = {sku: place.weight_g for sku, place in places.items() if place.bin.zone == zone}
        self._bins = {sku: places[sku].bin for sku in sorted(self._weights)}
        self._orders = Counter(orders)  # the same set of SKUs is walked for in the same way
        self._picks = Counter(sku for order in orders for sku in order)
        self._of: defaultdict[str, list[frozenset[str]]] = defaultdict(list)
        for order in sorted(self._orders, key=sorted):
            for sku in order:
                self._of[sku].append(order)
        self._length = {order: self._walked(order) for order in self._orders}

    def swaps(self) -> list[Swap]:
        """Each the best of its moment; what is swapped once stays."""
        found: list[Swap] = []
        free = set(self._bins)
        while len(found) < self._params.moves:
            gains = ((self._gain(one, two), one, two) for one, two in combinations(sorted(free), 2))
            gain, one, two = max(gains, default=(0.0, "", ""), key=lambda item: (item[0], item[1], item[2]))
            if gain <= 1e-9:
                break
            if self._picks[two] > self._picks[one]:
                one, two = two, one
            found.append(
                Swap(one, str(self._bins[one]), two, str(self._bins[two]), self._picks[one], self._picks[two], gain)
            )
            self._bins[one], self._bins[two] = self._bins[two], self._bins[one]
            for order in {*self._of[one], *self._of[two]}:
                self._length[order] = self._walked(order)
            free -= {one, two}
        return found

    def _gain(self, one: str, two: str) -> float:
        """Metres that the swap of two SKUs saves; none where it would put something heavy up high."""
        there, here = self._bins[two], self._bins[one]
        for sku, new, old in ((one, there, here), (two, here, there)):
            weight = self._weights[sku]
            if _is_too_high(weight, new, self._params) and not _is_too_high(weight, old, self._params):
                return 0.0
        self._bins[one], self._bins[two] = there, here
        affected = {*self._of[one], *self._of[two]}
        gain = sum(self._orders[order] * (self._length[order] - self._walked(order)) for order in affected)
        self._bins[one], self._bins[two] = here, there
        return gain

    def _walked(self, order: Iterable[str]) -> float:
        return self._walk([self._bins[sku] for sku in order])
