from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import numpy as np
import pytest
from scipy import stats

from app.database import Database
from app.domain.shop import Item
from app.warehouse.stock.classes import abc_classes, xyz_classes
from app.warehouse.stock.demand import Demand
from app.warehouse.stock.errors import ReportMissing, SkuUnknown
from app.warehouse.stock.events import NO_EVENTS
from app.warehouse.stock.forecasting import Forecaster, ForecastParams
from app.warehouse.stock.planning import PlanParams, plan_stock
from app.warehouse.stock.replenishment import ReplenishmentParams, Rule, naive_rule, rule_of
from app.warehouse.stock.reports import StockReports
from app.warehouse.stock.simulation import Replay, _Player, simulate

FIRST = date(2024, 1, 1)


def item(sku, *, stock=0, price_cents=1000, status="在售 on sale"):
    return Item(sku, sku, f"名{sku}", f"Name {sku}", "餐具", {}, price_cents, "CNY", stock, {"status": status})


def demand_of(rows):
    names = tuple(f"S{number}" for number in range(len(rows)))
    return Demand(names, FIRST, np.asarray(rows, dtype=float), ("",) * len(rows), names)


def poisson(rate, days, *, rows=1, seed=0):
    return np.random.default_rng(seed).poisson(rate, (rows, days)).astype(float)


def forecaster(horizon=14):
    return Forecaster(ForecastParams(horizon=horizon), NO_EVENTS)


def test_a_reorder_point_is_near_the_poisson_quantile_of_the_days_that_stock_has_to_last_for():
    demand = demand_of(poisson(3, 400, rows=30))
    params = ReplenishmentParams(lead_time_days=6, review_days=1, service_level=0.95, order_days=14)

    rule = rule_of(forecaster().forecast(demand), params)

    expected = stats.poisson(21).ppf(0.95)  # seven days of three
    assert np.abs(rule.reorder - expected).mean() <= 3
    assert np.all(rule.up_to > rule.reorder)
    assert rule.safety == pytest.approx(rule.reorder - rule.expected)


def test_a_lead_time_of_zero_protects_until_the_next_look():
    made = forecaster().forecast(demand_of(poisson(3, 200)))

    rule = rule_of(made, ReplenishmentParams(lead_time_days=0, service_level=0.9))

    assert rule.expected[0] == pytest.approx(made.total(1)[0])


@pytest.mark.parametrize(
    "wrong", [{"lead_time_days": -1}, {"review_days": 0}, {"service_level": 1.0}, {"order_days": 0}]
)
def test_terms_that_make_no_sense_are_refused(wrong):
    with pytest.raises(ValueError, match="Expected"):
        ReplenishmentParams(**wrong)


def test_the_player_counts_a_gap_where_goods_come_too_late():
    # Three in stock, one sold a day, ordered at 1 up to 3; goods come the third morning after the order.
    rule = Rule(reorder=np.array([1.0]), up_to=np.array([3.0]), expected=np.array([1.0]))
    play = _Player(np.ones((1, 6)), ReplenishmentParams(lead_time_days=2), 0, np.array([100.0]), 0.5)

    outcome = play({0: rule})

    # Evenings: 2, 1 (order 2), 0, gap, goods of 2 in: 1 (order 2 again), 0.
    assert outcome.fill_rate == pytest.approx(5 / 6)
    assert outcome.mean_units == pytest.approx((2 + 1 + 0 + 0 + 1 + 0) / 6)
    assert outcome.orders == 2
    assert outcome.cycle_service == pytest.approx(1 / 2)
    assert outcome.holding_cents_year == pytest.approx(outcome.mean_value_cents * 0.5)


def test_a_simulation_reaches_its_service_level_on_days_that_it_did_not_learn_from():
    demand = demand_of(poisson(1.5, 364, rows=40, seed=4))
    replay = Replay(demand, forecaster(28), ReplenishmentParams(service_level=0.95), np.full(40, 100.0))

    played = simulate(replay, days=112)

    assert played.ours.cycle_service >= 0.93
    assert played.ours.fill_rate >= 0.97
    assert played.naive_matched is None or played.naive_matched.cycle_service >= played.ours.cycle_service


def test_the_simple_rule_is_the_mean_of_the_last_quarter():
    rule = naive_rule(np.full((1, 200), 2.0), ReplenishmentParams(lead_time_days=6, order_days=10), factor=1.5)

    assert (rule.expected[0], rule.reorder[0], rule.up_to[0]) == (14, 21, 41)


def test_classes_go_by_revenue_and_by_evenness():
    assert abc_classes(np.array([0.0, 70, 20, 8, 2])) == ["C", "A", "A", "B", "C"]
    even, lumpy = np.ones(364), np.zeros(364)
    lumpy[300] = 100
    assert xyz_classes(np.stack([even, lumpy, np.zeros(364)])) == ["X", "Z", "Z"]
    assert xyz_classes(np.ones((1, 30))) == ["Z"]


def test_a_plan_orders_what_runs_out_and_names_what_lies_dead():
    rows = np.zeros((4, 300))
    rows[0] = 2  # sells two a day
    rows[1] = 2
    rows[2, 10] = 5  # sold once, long ago
    rows[3] = 1
    goods = [item("S0", stock=3), item("S1", stock=500), item("S2", stock=7), item("S3", status="已停售 discontinued")]
    terms = ReplenishmentParams(lead_time_days=5, order_days=10)

    plan = plan_stock(demand_of(rows), goods, forecaster(), PlanParams(terms), with_simulation=False)
    lines = {line.sku: line for line in plan.lines}

    assert lines["S0"].order_quantity >= 2 * 16 - 3
    assert lines["S0"].cover_days == pytest.approx(1.5, rel=0.05)
    assert lines["S1"].order_quantity == 0
    assert (lines["S2"].is_dead, lines["S2"].last_sale) == (True, FIRST + timedelta(days=10))
    assert lines["S3"].order_quantity == 0  # no longer offered
    assert plan.lines[0].sku == "S0"
    assert plan.summary["dead"] == 1


def test_what_is_on_its_way_is_not_ordered_again_and_a_lead_time_of_its_own_counts():
    rows = np.full((2, 300), 2.0)
    goods = [item("S0", stock=3), item("S1", stock=3)]

    plan = plan_stock(
        demand_of(rows), goods, forecaster(), PlanParams(), incoming={"S0": 200}, lead_times={"S1": 21},
        with_simulation=False,
    )  # fmt: skip
    lines = {line.sku: line for line in plan.lines}

    assert lines["S0"].order_quantity == 0
    assert lines["S1"].lead_time_days == 21
    assert lines["S1"].reorder_point > 2 * lines["S0"].reorder_point


def test_the_newest_report_is_kept_with_its_forecasts(tmp_path):
    database = Database.in_file(tmp_path / "kefu.sqlite")
    reports = StockReports(database)
    with pytest.raises(ReportMissing):
        reports.newest()
    now = datetime(2026, 1, 1, tzinfo=UTC)
    for number in range(7):
        reports.keep({"as_of": f"2026-01-0{number + 1}"}, {"杯-1": {"number": number}}, made_at=now)

    assert reports.newest()["as_of"] == "2026-01-07"
    assert reports.forecast("杯-1") == {"sku": "杯-1", "number": 6}
    with pytest.raises(SkuUnknown):
        reports.forecast("\x00' OR 1=1")
    database.close()


def test_stock_below_nothing_counts_as_none():
    plan = plan_stock(
        demand_of(np.ones((1, 100))), [replace(item("S0"), stock=-5)], forecaster(), PlanParams(), with_simulation=False
    )

    assert plan.lines[0].cover_days == 0
    assert plan.lines[0].value_cents == 0
