"""Stock over the shop's own records: demand, forecasts, plans, slots and signals, each on demand or as one report."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta, tzinfo
from pathlib import Path
from typing import Any

from app.domain.shop import Item, Order
from app.warehouse.stock.demand import NO_DEMAND, Demand, demand_of_orders
from app.warehouse.stock.events import EventCalendar, read_calendar
from app.warehouse.stock.forecasting import Forecast, Forecaster, ForecastParams, measure
from app.warehouse.stock.json_form import forecast_to_dict
from app.warehouse.stock.places import Place, key_of, read_places
from app.warehouse.stock.planning import PlanParams, StockPlan, plan_stock
from app.warehouse.stock.reports import StockReports
from app.warehouse.stock.signals import Complaint, SignalParams, SignalReport, complaints_of_orders, find_signals
from app.warehouse.stock.signals.messages import Said, complaints_of_messages
from app.warehouse.stock.slotting import SlottingParams, SlottingPlan, plan_slots

Advance = Callable[[int, int], None]
_HELD_OUT_DAYS = 90
"""Orders on which the saving of slots is measured."""
_SHOWN_DAYS = 182
"""Of the history, beside a forecast."""


@dataclass(frozen=True, slots=True)
class StockParams:
    """How stock is planned where nothing else is asked for."""

    plan: PlanParams = field(default_factory=PlanParams)
    forecast: ForecastParams = field(default_factory=ForecastParams)
    signals: SignalParams = field(default_factory=SignalParams)
    slotting: SlottingParams = field(default_factory=SlottingParams)
    calendar: Path | None = None
    """Of sales and holidays; None takes the one that comes with kefu."""
    catalogue: Path | None = None
    """Where each SKU lies and what it weighs; None where nobody says."""
    zone: tzinfo = UTC
    """Whose days are counted."""


class StockDesk:
    """Safe to share between threads; nothing is read before it is asked for.

    `orders` gives those placed since a moment (None: all), `said` what customers wrote since one.
    """

    def __init__(
        self,
        orders: Callable[[datetime | None], Iterable[Order]],
        items: Callable[[], Iterable[Item]],
        reports: StockReports,
        *,
        said: Callable[[datetime], Iterable[Said]] = lambda _: (),
        params: StockParams | None = None,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._orders, self._items, self.reports = orders, items, reports
        self._said, self.params, self._now = said, params or StockParams(), now

    def demand(self, *, last: date | None = None) -> Demand:
        """Up to the last whole day, yesterday, or an earlier one. Raises `DemandMissing`."""
        yesterday = self._now().astimezone(self.params.zone).date() - timedelta(days=1)
        last = yesterday if last is None else min(last, yesterday)
        return demand_of_orders(self._orders(None), self._items(), zone=self.params.zone, last=last)

    def calendar(self) -> EventCalendar:
        """Sales and holidays. Raises `CalendarInvalid`."""
        return read_calendar(self.params.calendar)

    def forecaster(self, *, horizon: int | None = None, calendar: EventCalendar | None = None) -> Forecaster:
        """Forecasts by the desk's terms. Raises `CalendarInvalid`."""
        params = self.params.forecast if horizon is None else replace(self.params.forecast, horizon=horizon)
        return Forecaster(params, self.calendar() if calendar is None else calendar)

    def plan(
        self,
        *,
        params: PlanParams | None = None,
        lead_times: Mapping[str, int] | None = None,
        last: date | None = None,
        with_simulation: bool = True,
        on_progress: Advance | None = None,
    ) -> StockPlan:
        """What to order, and what lies too long. Raises `DemandMissing`."""
        return plan_stock(
            self.demand(last=last),
            list(self._items()),
            self.forecaster(),
            params or self.params.plan,
            lead_times=lead_times,
            with_simulation=with_simulation,
            on_progress=on_progress,
        )

    def places(self) -> dict[str, Place]:
        """Where things lie; {} where nobody says. Raises `PlacesInvalid`."""
        return {} if self.params.catalogue is None else read_places(self.params.catalogue)

    def slots(self, *, params: SlottingParams | None = None) -> SlottingPlan:
        """Swaps of bins, learned from all orders but the newest, measured on those. Raises `PlacesInvalid`."""
        places = self.places()
        learned: list[list[str]] = []
        measured: list[list[str]] = []
        end = self._now() - timedelta(days=_HELD_OUT_DAYS)
        for order in self._orders(None):
            if order.placed_at is None or order.status in NO_DEMAND:
                continue
            keys = (key_of(places, line.sku, line.product_id) for line in order.lines)
            skus = [key for key in keys if key is not None]
            (learned if order.placed_at < end else measured).append(skus)
        return plan_slots(places, learned, measured, params=params or self.params.slotting)

    def signals(self, *, params: SignalParams | None = None, also: Sequence[Complaint] = ()) -> SignalReport:
        """What cases and conversations of late say about goods and bins; `also` from elsewhere."""
        params, now = params or self.params.signals, self._now()
        first = now - timedelta(days=params.days)
        # A parcel that is complained of now may have been ordered well before.
        orders = list(self._orders(first - timedelta(days=params.days)))
        complaints = [*complaints_of_orders(orders), *complaints_of_messages(self._said(first), orders), *also]
        return find_signals(orders, complaints, now=now, places=self.places(), params=params)

    def make_report(self, *, on_progress: Advance | None = None) -> dict[str, Any]:
        """Plan, forecasts and slots, computed anew and kept. Raises `DemandMissing`; its summary as JSON."""
        demand, items, forecaster = self.demand(), list(self._items()), self.forecaster()
        # What the simulation forecasts serves the plan, its forecasts and their accuracy as well.
        plan = plan_stock(demand, items, forecaster, self.params.plan, on_progress=on_progress)
        forecast = forecaster.forecast(demand)
        body = {**plan.to_dict(), "accuracy": _accuracy(demand, forecaster), "slotting": self._slotting()}
        made_at = self._now()
        number = self.reports.keep(body, _forecasts(demand, forecast), made_at=made_at)
        return {"report_id": number, "made_at": made_at.isoformat(), **plan.summary}

    def _slotting(self) -> dict[str, Any] | None:
        return self.slots().to_dict() if self.params.catalogue is not None else None


def _accuracy(demand: Demand, forecaster: Forecaster) -> dict[str, object] | None:
    try:
        return measure(demand, forecaster).to_dict()
    except ValueError:
        return None


def _forecasts(demand: Demand, forecast: Forecast) -> dict[str, dict[str, Any]]:
    table = forecast_to_dict(forecast, level=0.8)
    first = max(demand.days - _SHOWN_DAYS, 0)
    begins = (demand.first + timedelta(days=first)).isoformat()
    return {
        one["sku"]: {
            "history_from": begins,
            "history": [float(units) for units in demand.quantities[row, first:]],
            **{name: value for name, value in one.items() if name != "sku"},
        }
        for row, one in enumerate(table)
    }
