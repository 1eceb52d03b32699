from __future__ import annotations

from datetime import date

import numpy as np
import pytest
from scipy import stats

from app.warehouse.stock.demand import Demand
from app.warehouse.stock.events import NO_EVENTS, read_calendar
from app.warehouse.stock.forecasting import Forecaster, ForecastParams, measure
from app.warehouse.stock.forecasting.candidates import pooled_rate
from app.warehouse.stock.forecasting.distribution import learn_spread
from app.warehouse.stock.forecasting.factors import learn_factors
from app.warehouse.stock.json_form import forecast_to_dict

MONDAY = date(2024, 1, 1)
WEEK = np.array([1, 1, 1, 1, 1, 3, 3])


def demand(quantities, *, categories=None, first=MONDAY):
    rows = np.atleast_2d(np.asarray(quantities, dtype=float))
    names = tuple(f"S{number}" for number in range(len(rows)))
    return Demand(names, first, rows, tuple(categories or [""] * len(rows)), names)


def poisson(rate, days, *, seed=0, rows=1):
    return np.random.default_rng(seed).poisson(rate, (rows, days)).astype(float)


def test_a_steady_sale_is_forecast_at_its_rate():
    made = Forecaster(ForecastParams(horizon=14), NO_EVENTS).forecast(demand(np.full(120, 3.0)))

    assert made.mean == pytest.approx(np.full((1, 14), 3.0), rel=0.02)
    assert made.weights.sum() == pytest.approx(1)


def test_one_day_of_history_gives_that_day_again():
    made = Forecaster(ForecastParams(horizon=3), NO_EVENTS).forecast(demand([[5.0]]))

    assert made.mean.shape == (1, 3)
    assert 1 <= made.mean[0, 0] <= 6
    assert made.quantile(3, 0.95)[0] >= made.total(3)[0]


def test_what_never_sold_is_forecast_by_its_category_and_far_below_what_sells():
    rows = [*poisson(0.5, 200, rows=8), np.zeros(200), *poisson(0.01, 200, seed=1, rows=8), np.zeros(200)]
    rows[8][195] = 1
    rows[17][195] = 1
    made = Forecaster(ForecastParams(horizon=14), NO_EVENTS).forecast(
        demand(rows, categories=["fast"] * 9 + ["slow"] * 9)
    )

    new_of_fast, new_of_slow = made.mean[8].sum(), made.mean[17].sum()
    assert new_of_fast > 5 * new_of_slow


def test_the_future_is_not_looked_at():
    past = poisson(2, 160, rows=6)
    other = past.copy()
    other[:, 120:] = 99
    forecaster = Forecaster(ForecastParams(horizon=14), read_calendar())

    one = forecaster.forecast(demand(past), origin=120).mean
    two = forecaster.forecast(demand(other), origin=120).mean

    assert np.array_equal(one, two)


def test_a_weekend_that_all_skus_share_is_seen_in_one_that_hardly_sells():
    rate = np.tile(WEEK, 40)[None, :] * np.array([[1.0]] * 20 + [[0.02]])
    quantities = np.random.default_rng(3).poisson(rate).astype(float)
    quantities[20, 0] = 1

    factors = learn_factors(demand(quantities), 7, NO_EVENTS)

    assert factors.future[20, 5] / factors.future[20, 0] == pytest.approx(3, rel=0.15)


def test_a_sale_that_came_last_year_is_expected_this_year():
    days = 500
    quantities = poisson(1.0, days, rows=30, seed=5)
    calendar = read_calendar()
    first = date(2024, 9, 1)
    table = calendar.table([date.fromordinal(first.toordinal() + index) for index in range(days)])
    peak = [phase.name for phase in calendar.phases].index("double_11 peak")
    quantities[:, table[:, peak] > 0] *= 8
    before = (date(2025, 11, 1) - first).days

    factors = learn_factors(demand(quantities[:, :before], first=first), 28, calendar)

    assert factors.future[0, 10] > 3 * factors.future[0, 20]  # the 11th against the 21st


def test_a_rate_of_few_sales_is_drawn_towards_its_group():
    quantities = np.zeros((3, 100))
    quantities[0] = 1  # one a day
    quantities[1, [0, 99]] = 1
    rates = pooled_rate(demand(quantities), np.ones((3, 100)), 1e9)

    assert rates[0] == pytest.approx(1, rel=0.02)
    assert 0.02 <= rates[1] < 0.05


def test_quantiles_cover_new_demand_as_often_as_they_promise_also_where_the_law_is_another():
    rng = np.random.default_rng(11)
    means = rng.uniform(0.05, 6, 4000)
    came = rng.poisson(means) * (1 + (rng.random(4000) < 0.2))  # now and then twice as much: no negative binomial
    spread = learn_spread(means[:2000], came[:2000].astype(float), 1)

    for level in (0.8, 0.95):
        assert (came[2000:] <= spread.quantile(means[2000:], level)).mean() >= level - 0.03
    low = spread.quantile(means[2000:], 0.05, is_lower=True)
    assert (came[2000:] >= low).mean() >= 0.93


def test_without_a_past_quantiles_are_those_of_the_plain_law():
    spread = learn_spread(np.zeros(0), np.zeros(0), 7)

    expected = stats.nbinom(2, 2 / (2 + 3.0)).ppf(0.9)  # excess .5 is a size of 2
    assert spread.quantile(np.array([3.0]), 0.9)[0] == expected


def test_measured_errors_are_those_worked_by_hand():
    quantities = np.tile(WEEK, 12).astype(float)
    quantities[7:14] += 1  # so that the seasonal naive forecast errs at all
    found = measure(demand(quantities), Forecaster(ForecastParams(horizon=7), NO_EVENTS), origins=1)

    assert found.rmsse_naive == 0  # last week repeats
    # Differences of a week ago over 70 days: 7 times +1 and 7 times -1, so the scale is sqrt(14 / 70).
    made = Forecaster(ForecastParams(horizon=7), NO_EVENTS).forecast(demand(quantities), origin=77).mean[0]
    error = np.sqrt(np.square(made - WEEK).mean())
    assert found.rmsse == pytest.approx(error / np.sqrt(14 / 70))


def test_too_short_a_history_cannot_be_measured():
    with pytest.raises(ValueError, match="at least"):
        measure(demand(np.ones(20)), Forecaster(ForecastParams(horizon=14), NO_EVENTS))


def test_json_by_week_sums_days_and_keeps_intervals_around():
    made = Forecaster(ForecastParams(horizon=10), NO_EVENTS).forecast(demand(poisson(2, 150)))

    (line,) = forecast_to_dict(made, level=0.8, by="week")

    assert [one["date"] for one in line["forecast"]] == ["2024-05-30", "2024-06-06"]
    assert line["forecast"][0]["mean"] == pytest.approx(made.mean[0, :7].sum(), abs=1e-3)
    assert all(one["low"] <= one["median"] <= one["high"] for one in line["forecast"])
    assert sum(line["models"].values()) == pytest.approx(1, abs=0.01)
