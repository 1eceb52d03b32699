"""When a parcel comes, as the plan in force has it."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import datetime

from app.actions.context import Context
from app.actions.wording import sentences
from app.domain.action import Wording
from app.domain.delivery import Arrival
from app.domain.shop import Order
from index.errors import KefuError

logger = logging.getLogger(__name__)

_OVER = frozenset({"delivered", "lost", "returned"})


def arrivals_of(order: Order, context: Context, *, tracking_number: str = "") -> Sequence[Arrival]:
    """Of the parcels that are still to come; [] where no plan has them."""
    if context.arrivals is None or order.status != "shipped":
        return []
    over = {
        shipment.tracking_number
        for shipment in order.shipments
        if any(event.status in _OVER for event in shipment.events)
    }
    try:
        found = context.arrivals.arrivals_of(order.order_id, tracking_number=tracking_number)
    except KefuError as error:  # what the shop knows of the parcel is told all the same
        logger.warning("the delivery plan did not answer: %s", error.message)
        return []
    today = context.day_of(context.now)
    return [one for one in found if one.day >= today and one.tracking_number not in over]


def arrivals_text(arrivals: Sequence[Arrival], context: Context) -> Wording | None:
    """What to tell about them; None for none."""
    if not arrivals:
        return None
    several = len(arrivals) > 1
    return sentences(*(_text(one, context, several) for one in arrivals))


def _text(arrival: Arrival, context: Context, several: bool) -> Wording:
    which = Wording(zh=f"包裹{arrival.tracking_number}", en=f"Parcel {arrival.tracking_number}")
    if not several:
        which = Wording(zh="", en="It")
    day = _day(arrival, context)
    if arrival.earliest is None or arrival.latest is None or arrival.state == "left_out":
        return Wording(zh=f"{which.zh}没有排进{day.zh}的配送，会改日再送。",
                       en=f"{which.en} is not on the round {day.en} and will come another day.")  # fmt: skip
    start, end = _clock(arrival.earliest, context), _clock(arrival.latest, context)
    if arrival.state == "done":
        return Wording(zh=f"{which.zh}快递员{start}已经到过。", en=f"The courier was there at {start}.")
    if arrival.latest < context.now:
        return Wording(
            zh=f"{which.zh}原计划{day.zh}{start}—{end}送达，目前还没有签收记录，请再等一会儿。",
            en=f"{which.en} was planned for {start}–{end} {day.en}; there is no word yet that it was handed over.",
        )
    before = Wording(zh="", en="")
    if arrival.state == "underway":
        count = arrival.stops_before
        before = Wording(
            zh=f"，前面还有{count}站" if count else "，下一站就是您这里",
            en=f", with {count} stop{'' if count == 1 else 's'} before it" if count else ", and it is the next stop",
        )
    late = Wording(zh="，比您要求的时间晚，抱歉", en=", later than you asked for; we are sorry")
    if not arrival.is_late:
        late = Wording(zh="", en="")
    return Wording(
        zh=f"按目前的配送计划，{which.zh}预计{day.zh}{start}—{end}送达{before.zh}{late.zh}。",
        en=f"By the courier's current plan {which.en.lower() if not several else which.en} comes {day.en} "
        f"between {start} and {end}{before.en}{late.en}.",
    )


def _day(arrival: Arrival, context: Context) -> Wording:
    days = (arrival.day - context.day_of(context.now)).days
    if days == 0:
        return Wording(zh="今天", en="today")
    if days == 1:
        return Wording(zh="明天", en="tomorrow")
    return Wording(zh=f"{arrival.day.month}月{arrival.day.day}日", en=f"on {arrival.day.isoformat()}")


def _clock(time: datetime, context: Context) -> str:
    return f"{context.company_time(time):%H:%M}"
