"""Between which times somebody can be told to expect a parcel.

A plan is an estimate. Each leg and each stop takes more or less than planned, and a bad day slows everything, so that
what lies further ahead is less certain. The interval is meant to hold nine times out of ten: driving is taken to vary
by a quarter of a leg, handing over by half of a stop, and the whole way ahead by a tenth together.
"""

from __future__ import annotations

import math

from app.warehouse.delivery.plan import VehicleRoute
from app.warehouse.delivery.problem import Window

LEG_SPREAD, STOP_SPREAD, COMMON_SPREAD = 0.25, 0.5, 0.10
"""Standard deviations as shares: of a leg, of a hand-over, of the whole way ahead."""
_NINE_OF_TEN = 1.645
_STEP_S = 300
"""Told times are multiples of five minutes, outwards."""
_LEAST_S = 600


def expected_window(route: VehicleRoute, place: int, asked: Window | None = None) -> Window:
    """Of the visit at a place of a route, seconds from midnight; the time itself for one that is done.

    Waiting on the way takes up delays. Nobody comes before the window begins that the customer `asked` for.
    """
    visit = route.visits[place]
    if visit.is_done:
        return Window(visit.starts_s, visit.starts_s)
    variance = ahead = 0.0
    slack = 0.0
    for k in range(place + 1):
        one = route.visits[k]
        if one.is_done:
            continue
        handing_over = (one.leaves_s - one.starts_s) if k < place else 0
        variance += (LEG_SPREAD * one.drive_s) ** 2 + (STOP_SPREAD * handing_over) ** 2
        ahead += one.drive_s + handing_over
        slack += one.starts_s - one.arrives_s
    spread = _NINE_OF_TEN * math.sqrt(variance + (COMMON_SPREAD * ahead) ** 2)
    start = visit.arrives_s - max(spread, _LEAST_S / 2)
    if asked is not None:
        start = max(start, min(asked.start_s, visit.starts_s))
    end = visit.starts_s + max(spread - slack, _LEAST_S / 2)
    return Window(math.floor(start / _STEP_S) * _STEP_S, math.ceil(end / _STEP_S) * _STEP_S)
