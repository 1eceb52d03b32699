"""From the orders of a shop to the stops of a day."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from app.domain.action import Wording
from app.domain.delivery import NoteWishes, ReadsNotes
from app.domain.shop import Address, Order, Shipment
from app.warehouse.delivery.errors import DeliveryInfeasible
from app.warehouse.delivery.problem import (
    LONGEST_LABEL,
    LONGEST_NOTE,
    UNLIMITED,
    Depot,
    Place,
    Problem,
    Stop,
    Vehicle,
    Window,
)
from app.warehouse.delivery.travel import TravelModel

Locate = Callable[[Address], tuple[float, float] | None]
"""Latitude and longitude of an address; None where they are not known."""
WeightOf = Callable[[str], int]
"""Grams of one piece of an SKU."""
_HOME = Window(9 * 3600, 21 * 3600)
"""When parcels are handed over where nobody asked for anything."""
_SHIFT = Window(8 * 3600 + 1800, 20 * 3600 + 1800)
_CITY = TravelModel()
_SERVICE_S = 180
_OVER = frozenset({"delivered", "lost", "returned"})


@dataclass(frozen=True, slots=True)
class FleetParams:
    """Vehicles of an area, where the company gives none: as many vans of one kind as the parcels need, and one more."""

    parcels_a_van: int = 60
    weight_g: int = 800_000
    shift: Window = _SHIFT
    skills: frozenset[str] = frozenset({"lift", "two_people"})
    fixed_cents: int = 15_000
    per_km_cents: int = 120
    per_hour_cents: int = 3_000

    def __post_init__(self) -> None:
        if self.parcels_a_van < 1 or self.weight_g < 1:
            raise ValueError("Expected parcels_a_van >= 1 and weight_g >= 1.")


def due_parcels(
    orders: Iterable[Order], day: date, *, time_zone: str, area_of: Callable[[Address], str] = lambda one: one.city
) -> dict[str, list[tuple[Order, Shipment]]]:
    """Parcels on their way at home that are expected by the end of the day, by area; those that are lost are not."""
    end = datetime.combine(day + timedelta(days=1), time(), ZoneInfo(time_zone))
    due: defaultdict[str, list[tuple[Order, Shipment]]] = defaultdict(list)
    for order in orders:
        if order.status != "shipped" or order.address.country != "CN":
            continue
        for shipment in order.shipments:
            status = max(shipment.events, key=lambda event: event.at).status if shipment.events else ""
            is_due = status == "out_for_delivery" or (shipment.expected_at is not None and shipment.expected_at < end)
            if is_due and status not in _OVER:
                due[area_of(order.address)].append((order, shipment))
    return {area: due[area] for area in sorted(due)}


def problem_of_area(
    parcels: Sequence[tuple[Order, Shipment]],
    day: date,
    *,
    time_zone: str,
    depot: Place,
    locate: Locate,
    weight_of: WeightOf,
    reads_notes: ReadsNotes | None = None,
    fleet: FleetParams | Sequence[Vehicle] = FleetParams(),
    travel: TravelModel = _CITY,
) -> Problem:
    """The stops of an area, with its vehicles. Parcels whose note asks for a later day are none of them.

    Raises `DeliveryInfeasible` for an address whose place is not known.
    """
    stops = []
    for order, shipment in parcels:
        at = locate(order.address)
        if at is None:
            raise DeliveryInfeasible(f"It is not known where the address of order {order.order_id} is.")
        wishes = reads_notes(order, day, time_zone) if reads_notes is not None and order.note else NoteWishes()
        if not wishes.is_for_another_day:
            stops.append(_stop(order, shipment, Place(*at), weight_of, wishes, can=_skills_of(fleet)))
    vehicles = _vans(fleet, stops) if isinstance(fleet, FleetParams) else tuple(fleet)
    places = [depot, *(stop.place for stop in stops if stop.place is not None)]
    distance, duration = travel.matrices(places)
    return Problem(
        day, time_zone, (Depot("depot", depot),), vehicles, tuple(stops), distance, duration, travel.to_dict()
    )


def windows_of(wishes: NoteWishes, hours: Window = _HOME) -> tuple[Window, ...]:
    """What a note asks for within the hours of delivery; the hours where nothing is left of them.

    A wish outside of what couriers do is kept as an instruction, not as a promise that cannot be held.
    """
    cut = [Window(max(start, hours.start_s), min(end, hours.end_s)) for start, end in sorted(wishes.windows)]
    return tuple(window for window in cut if window.start_s < window.end_s) or (hours,)


def _skills_of(fleet: FleetParams | Sequence[Vehicle]) -> frozenset[str]:
    return fleet.skills if isinstance(fleet, FleetParams) else frozenset().union(*(one.skills for one in fleet))


def _stop(
    order: Order, shipment: Shipment, place: Place, weight_of: WeightOf, wishes: NoteWishes, *, can: frozenset[str]
) -> Stop:
    """What no vehicle can do stays an instruction: one note must not leave a whole area without a plan."""
    lines = [line for line in order.lines if line.line_id in shipment.line_ids]
    weight = sum(weight_of(line.sku) * line.quantity for line in lines)
    return Stop(
        stop_id=shipment.tracking_number,
        place=place,
        load=(weight, 0, 1),
        windows=windows_of(wishes),
        service_s=_SERVICE_S + wishes.extra_service_s,
        skills=wishes.skills & can,
        order_id=order.order_id,
        tracking_number=shipment.tracking_number,
        label=f"{order.address.city}{order.address.lines[0] if order.address.lines else ''}"[:LONGEST_LABEL],
        note=order.note[:LONGEST_NOTE],
        instructions=Wording(wishes.instructions.zh[:LONGEST_NOTE], wishes.instructions.en[:LONGEST_NOTE]),
    )


def _vans(fleet: FleetParams, stops: Sequence[Stop]) -> tuple[Vehicle, ...]:
    weight = sum(stop.load[0] for stop in stops)
    count = 1 + max(math.ceil(len(stops) / fleet.parcels_a_van), math.ceil(weight / fleet.weight_g))
    return tuple(
        Vehicle(
            vehicle_id=f"van-{k}",
            depot_id="depot",
            capacity=(fleet.weight_g, UNLIMITED, fleet.parcels_a_van),
            shift=fleet.shift,
            skills=fleet.skills,
            fixed_cents=fleet.fixed_cents,
            per_km_cents=fleet.per_km_cents,
            per_hour_cents=fleet.per_hour_cents,
        )
        for k in range(1, count + 1)
    )


def weights_of(attributes: Mapping[str, Mapping[str, str]], *, usual_g: int = 500) -> WeightOf:
    """Grams by SKU, as the catalogue's attributes have them; a usual weight for what has none."""

    def weight_of(sku: str) -> int:
        text = attributes.get(sku, {}).get("weight_g", "")
        return int(text) if text.isascii() and text.isdigit() else usual_g

    return weight_of
