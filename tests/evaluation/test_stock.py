"""Forecasts and stock rules on the sample company and on series of the M5 competition's shape; see m5_shape."""

from __future__ import annotations

from datetime import date, timedelta
from functools import cache

import numpy as np
import pytest

from app.evaluation.scorecard import Figure
from app.orders.sample import make_sample, read_catalogue
from app.orders.sample.seasons import SHANGHAI
from app.warehouse.stock.demand import Demand, demand_of_orders
from app.warehouse.stock.forecasting import Forecaster, Measured, measure
from app.warehouse.stock.places import read_places
from app.warehouse.stock.replenishment import ReplenishmentParams
from app.warehouse.stock.simulation import Replay, simulate
from app.warehouse.stock.slotting import plan_slots
from tests.evaluation.conftest import ROOT
from tests.evaluation.warehouse.m5_shape import m5_shaped

pytestmark = [pytest.mark.evaluation, pytest.mark.timeout(0)]

CATALOGUE = ROOT / "knowledge" / "catalogue" / "products.csv"
AS_OF = date(2026, 11, 24)
SEED = 20261124
COMMAND = "pytest tests/evaluation/test_stock.py -m evaluation"
LEVEL = 0.95


@cache
def sample():
    return make_sample(read_catalogue(CATALOGUE), as_of=AS_OF)


@cache
def sample_demand() -> Demand:
    return demand_of_orders(sample().orders, sample().items, zone=SHANGHAI, last=AS_OF - timedelta(days=1))


@pytest.mark.parametrize(
    ("name", "series"), [("generated series", sample_demand), ("M5-shaped series", lambda: m5_shaped(SEED))]
)
def test_forecasts_against_the_seasonal_naive_one(name, series, scorecard):
    found = measure(series(), Forecaster(), origins=3)

    note(scorecard, f"{name}: RMSSE to that of seasonal naive", "<= 0.90", found.ratio, found.ratio <= 0.9, found)
    note(scorecard, f"{name}: MASE of medians to seasonal naive", "<= 0.90", found.absolute_ratio,
         found.absolute_ratio <= 0.9, found)  # fmt: skip
    for level, share in found.coverage.items():
        is_near = abs(share - level) <= 0.05
        note(scorecard, f"{name}: {level:.0%} intervals hold", f"{level:.2f} ± .05", share, is_near, found)
        assert share >= level - 0.05
    assert found.ratio <= 0.9
    assert found.absolute_ratio <= 0.9


@pytest.mark.parametrize(
    ("name", "series"), [("generated series", sample_demand), ("M5-shaped series", lambda: m5_shaped(SEED, series=80))]
)
def test_reorder_points_reach_their_service_level(name, series, scorecard):
    demand = series()
    prices = {item.sku: item.price_cents for item in sample().items}
    cost = np.array([0.6 * prices.get(sku, 1000) for sku in demand.skus])

    played = simulate(Replay(demand, Forecaster(), ReplenishmentParams(service_level=LEVEL), cost))

    reached = played.ours.cycle_service
    note(scorecard, f"{name}: orders in before stock is out, wanted {LEVEL}", f">= {LEVEL} ± .02", reached,
         reached >= LEVEL - 0.02)  # fmt: skip
    if played.holding_saved is not None:
        note(scorecard, f"{name}: holding cost saved against a simple rule that serves as well", "> 0",
             played.holding_saved, played.holding_saved > 0)  # fmt: skip
    assert reached >= LEVEL - 0.02


def test_swaps_of_bins_save_walking_on_later_orders(scorecard):
    orders = [(order.placed_at, [line.product_id for line in order.lines]) for order in sample().orders]
    cut = max(at for at, _ in orders) - timedelta(days=90)

    plan = plan_slots(
        read_places(CATALOGUE), [skus for at, skus in orders if at < cut], [skus for at, skus in orders if at >= cut]
    )

    note(
        scorecard, "20 swaps of bins: walking saved on the next 90 days' orders", "> 0.10", plan.saved, plan.saved > 0.1
    )
    assert plan.saved > 0.1


def note(scorecard, name: str, target: str, value: float, is_met: bool, found: Measured | None = None) -> None:
    told = f"{value:.3f}" + (f" ({found.series} series, {found.origins} origins)" if found else "")
    scorecard.note(Figure(f"stock, {name}", target, told, bool(is_met), COMMAND, date.today()))
