"""The couriers' day from the shop's orders: what is due, where it goes, and what the notes on it ask for."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from app.domain.delivery import NoteWishes
from app.orders import own_shop
from app.orders.sample.positions import city_of, depot_of, position_of
from app.warehouse.delivery import Place, Problem, due_parcels, problem_of_area, weights_of
from app.warehouse.notes import NoteDesk, StopFields, to_stop_fields
from index.errors import KefuError

if TYPE_CHECKING:
    from app.domain.shop import Item, Order, Shop

logger = logging.getLogger(__name__)

_LATER_DAYS = 14
"""How far ahead a wish for another day is looked for; one that lies behind is no reason to keep a parcel."""
_MINUTE_S = 60
_OTHERWISE = (
    "Days are planned from records in our own database; a day of your own can be planned with "
    "`kefu warehouse deliveries plan --file day.json`."
)


@dataclass(frozen=True, slots=True)
class DueDay:
    """A day's parcels, by area."""

    day: date
    problems: Mapping[str, Problem]
    for_another_day: tuple[str, ...]
    """Orders whose note asks for a later day; they are due again tomorrow."""


class NoteWishReader:
    """Reads the notes of orders for the plan of a day, and puts what is unclear before a person."""

    def __init__(self, desk: NoteDesk) -> None:
        self._desk = desk
        self.for_another_day: list[str] = []
        """Orders that were read so far and are to come later."""

    def __call__(self, order: Order, day: date, time_zone: str) -> NoteWishes:
        """See `app.domain.delivery.ReadsNotes`. 明天 in a note is the day after the order was placed.

        A note that cannot be read asks for nothing, and the courier still has its words.
        """
        zone = ZoneInfo(time_zone)
        moment = order.placed_at.astimezone(zone) if order.placed_at else datetime.combine(day, time(), zone)
        try:
            note, _ = self._desk.read(order.note, moment, source=f"order:{order.order_id}")
        except KefuError as error:
            logger.warning("the note of order %s was not read: %s", order.order_id, error.message)
            return NoteWishes()
        fields = to_stop_fields(note.constraints, day, zone)
        later = (to_stop_fields(note.constraints, day + timedelta(days=k), zone) for k in range(1, _LATER_DAYS + 1))
        if is_later := not fields.windows and any(one.windows for one in later):
            self.for_another_day.append(order.order_id)
        return _wishes(fields, day, zone, is_later=is_later)


def due_day(
    shop: Shop, items: Iterable[Item], desk: NoteDesk, day: date, *, time_zone: str, areas: Iterable[str] = ()
) -> DueDay:
    """What is due on `day` in the shop's own records, with the places of the sample company; () for all areas.

    Raises `ShopRefused` where the shop is elsewhere.
    """
    orders = own_shop(shop, otherwise=_OTHERWISE).orders_in("shipped")
    wanted, read = frozenset(areas), NoteWishReader(desk)
    weight_of = weights_of({item.sku: item.attributes for item in items})
    problems = {}
    for area, parcels in due_parcels(orders, day, time_zone=time_zone, area_of=city_of).items():
        depot = depot_of(area)
        if depot is None or (wanted and area not in wanted):
            continue
        problem = problem_of_area(
            parcels,
            day,
            time_zone=time_zone,
            depot=Place(*depot),
            locate=position_of,
            weight_of=weight_of,
            reads_notes=read,
        )
        if problem.stops:
            problems[area] = problem
    return DueDay(day, problems, tuple(dict.fromkeys(read.for_another_day)))


def _wishes(fields: StopFields, day: date, zone: ZoneInfo, *, is_later: bool) -> NoteWishes:
    midnight = datetime.combine(day, time(), zone)

    def seconds(at: datetime) -> int:
        return round((at - midnight).total_seconds())

    return NoteWishes(
        windows=tuple((seconds(start), seconds(end)) for start, end in fields.windows),
        extra_service_s=fields.service_extra_minutes * _MINUTE_S,
        skills=frozenset(fields.skills),
        instructions=fields.instructions,
        is_for_another_day=is_later,
    )
