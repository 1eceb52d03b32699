"""One look at all stock: what to order, what lies too long, what matters most."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date, timedelta
from typing import Any

import numpy as np
from numpy.typing import NDArray

from app.domain.shop import Item
from app.warehouse.stock.classes import Abc, Xyz, abc_classes, xyz_classes
from app.warehouse.stock.demand import Demand
from app.warehouse.stock.forecasting import Forecast, Forecaster
from app.warehouse.stock.forecasting.factors import learn_factors
from app.warehouse.stock.replenishment import ReplenishmentParams, rule_of
from app.warehouse.stock.simulation import Replay, Simulation, simulate, simulated_moments

Array = NDArray[np.float64]
_YEAR = 365
_GONE = re.compile("停售|下架|discontinued", re.IGNORECASE)
"""What a catalogue calls what is sold no more."""


@dataclass(frozen=True, slots=True)
class PlanParams:
    """Terms of planning."""

    replenishment: ReplenishmentParams = field(default_factory=ReplenishmentParams)
    cost_share: float = 0.6
    """What a unit costs, of its price; the shop's records hold prices alone."""
    holding_rate: float = 0.25
    """What holding costs in a year, of the cost."""
    dead_days: int = 180
    """Stock without a sale for so long is dead."""
    cover_days: int = 365
    """Stock that lasts longer is too much."""
    simulated_days: int = 168

    def __post_init__(self) -> None:
        if not 0 < self.cost_share <= 10 or not 0 <= self.holding_rate <= 10:
            raise ValueError(f"Expected cost_share in (0, 10] and holding_rate in [0, 10], got {self}.")
        if self.dead_days < 1 or self.cover_days < 1 or self.simulated_days < 1:
            raise ValueError(f"Expected days >= 1, got {self}.")


@dataclass(frozen=True, slots=True)
class StockLine:
    """What there is to say of one SKU."""

    sku: str
    name: str
    name_en: str
    category: str
    stock: int
    incoming: int
    """Ordered already and not there yet."""
    daily: float
    """Mean demand a day over the days that the stock has to last for."""
    cover_days: float | None
    """How long the stock lasts; None where nothing is expected to sell."""
    expected: float
    """Demand until an order placed now could be in."""
    reorder_point: int
    safety_stock: float
    order_up_to: int
    order_quantity: int
    """To order now; 0 for nothing."""
    lead_time_days: int
    abc: Abc
    xyz: Xyz
    last_sale: date | None
    is_dead: bool
    """There is stock, and nothing was sold for long."""
    is_too_much: bool
    """There is stock for longer than is good, though it sells."""
    is_offered: bool
    """What is no longer offered is not ordered."""
    value_cents: int
    """What the stock costs."""

    def to_dict(self) -> dict[str, Any]:
        """As JSON."""
        return asdict(self) | {"last_sale": None if self.last_sale is None else self.last_sale.isoformat()}


@dataclass(frozen=True, slots=True)
class StockPlan:
    """All SKUs, those to be ordered first, the dearest before the others."""

    as_of: date
    service_level: float
    quantile_level: float
    """Level of the demand's quantile that reached the service level in the past."""
    lines: tuple[StockLine, ...]
    simulation: Simulation | None
    """None where the history is too short for one."""

    @property
    def summary(self) -> dict[str, Any]:
        """Counts and sums."""
        classes: dict[str, int] = {}
        for line in self.lines:
            classes[line.abc + line.xyz] = classes.get(line.abc + line.xyz, 0) + 1
        dead = [line for line in self.lines if line.is_dead]
        return {
            "skus": len(self.lines),
            "to_order": sum(line.order_quantity > 0 for line in self.lines),
            "units_to_order": sum(line.order_quantity for line in self.lines),
            "out_of_stock": sum(line.stock == 0 and line.is_offered for line in self.lines),
            "dead": len(dead),
            "dead_value_cents": sum(line.value_cents for line in dead),
            "too_much": sum(line.is_too_much for line in self.lines),
            "value_cents": sum(line.value_cents for line in self.lines),
            "classes": dict(sorted(classes.items())),
        }

    def to_dict(self) -> dict[str, Any]:
        """As JSON."""
        return {
            "as_of": self.as_of.isoformat(),
            "service_level": self.service_level,
            "quantile_level": self.quantile_level,
            "summary": self.summary,
            "simulation": None if self.simulation is None else self.simulation.to_dict(),
            "lines": [line.to_dict() for line in self.lines],
        }


def plan_stock(
    demand: Demand,
    items: Sequence[Item],
    forecaster: Forecaster,
    params: PlanParams,
    *,
    incoming: Mapping[str, int] | None = None,
    lead_times: Mapping[str, int] | None = None,
    with_simulation: bool = True,
    on_progress: Callable[[int, int], None] | None = None,
) -> StockPlan:
    """For each item of the shop; `lead_times` in days, for SKUs that differ from the others.

    What was sold once and is no item any more has no stock, and no line.
    """
    by_sku = {item.sku: item for item in items}
    prices = np.array([by_sku[sku].price_cents if sku in by_sku else 0 for sku in demand.skus], dtype=np.float64)
    terms = params.replenishment
    moments = simulated_moments(demand, forecaster.params.horizon, params.simulated_days) if with_simulation else []
    tick = ticker(on_progress, forecaster.steps(demand, [*moments, demand.days]))
    replay = Replay(demand, forecaster, terms, prices * params.cost_share, params.holding_rate, tick)
    simulation, level = _simulated(replay, params) if with_simulation else (None, terms.service_level)
    forecast = forecaster.forecast(demand, on_series=tick)
    waits = np.array([(lead_times or {}).get(sku, terms.lead_time_days) for sku in demand.skus])
    made = _Rules(forecast, params, level, waits)
    year = demand.quantities[:, -_YEAR:]
    abc = abc_classes(year.sum(axis=1) * prices)
    usual = learn_factors(demand, 1, forecaster.calendar).past
    xyz = xyz_classes(demand.quantities, usual)
    lines = []
    for row, sku in enumerate(demand.skus):
        item = by_sku.get(sku)
        if item is not None:
            coming = (incoming or {}).get(sku, 0)
            lines.append(_line(demand, row, item, coming, made, (abc[row], xyz[row]), params))
    lines.sort(key=lambda line: (-line.order_quantity * by_sku[line.sku].price_cents, line.abc, line.sku))
    return StockPlan(demand.last, terms.service_level, level, tuple(lines), simulation)


def ticker(on_progress: Callable[[int, int], None] | None, total: int) -> Callable[[], None]:
    """Counts calls towards a total."""
    done = 0

    def tick() -> None:
        nonlocal done
        done += 1
        if on_progress is not None:
            on_progress(done, total)

    return tick


def _simulated(replay: Replay, params: PlanParams) -> tuple[Simulation | None, float]:
    """The simulation and the level learned from the newest days; without enough history neither."""
    try:
        simulation = simulate(replay, days=params.simulated_days)
    except ValueError:
        return None, params.replenishment.service_level
    end, step = replay.demand.days, replay.forecaster.params.horizon
    return simulation, replay.level_for(end - min(end // (2 * step), _YEAR // step) * step, end)


class _Rules:
    """Reorder points and levels where lead times differ."""

    def __init__(self, forecast: Forecast, params: PlanParams, level: float, waits: NDArray[np.int64]) -> None:
        count = len(waits)
        self.waits = waits
        self.reorder, self.up_to, self.expected, self.safety, self.daily = (np.zeros(count) for _ in range(5))
        terms = params.replenishment
        for wait in np.unique(waits):
            rows = waits == wait
            own = ReplenishmentParams(int(wait), terms.review_days, terms.service_level, terms.order_days)
            rule = rule_of(forecast, own, level=level)
            span = own.protection_days + own.order_days
            for name, values in (
                ("reorder", rule.reorder), ("up_to", rule.up_to), ("expected", rule.expected),
                ("safety", rule.safety), ("daily", forecast.total(span) / span),
            ):  # fmt: skip
                getattr(self, name)[rows] = values[rows]


def _line(
    demand: Demand,
    row: int,
    item: Item,
    incoming: int,
    rules: _Rules,
    classes: tuple[Abc, Xyz],
    params: PlanParams,
) -> StockLine:
    sales = np.flatnonzero(demand.quantities[row])
    last_sale = demand.first + timedelta(days=int(sales[-1])) if len(sales) else None
    daily = float(rules.daily[row])
    stock = max(item.stock, 0)
    cover = stock / daily if daily > 1e-6 else None
    known_since = demand.days if last_sale is None else (demand.last - last_sale).days
    is_dead = stock > 0 and known_since >= params.dead_days
    is_offered = not _GONE.search(item.attributes.get("status", ""))
    position = stock + incoming
    wanted = max(rules.up_to[row] - position, 0) if position <= rules.reorder[row] and is_offered else 0
    return StockLine(
        sku=item.sku,
        name=item.name,
        name_en=item.name_en,
        category=item.category,
        stock=item.stock,
        incoming=incoming,
        daily=daily,
        cover_days=cover,
        expected=float(rules.expected[row]),
        reorder_point=int(rules.reorder[row]),
        safety_stock=float(rules.safety[row]),
        order_up_to=int(rules.up_to[row]),
        order_quantity=int(wanted),
        lead_time_days=int(rules.waits[row]),
        abc=classes[0],
        xyz=classes[1],
        last_sale=last_sale,
        is_dead=is_dead,
        is_too_much=not is_dead and cover is not None and cover > params.cover_days and stock > 1,
        is_offered=is_offered,
        value_cents=round(stock * item.price_cents * params.cost_share),
    )
