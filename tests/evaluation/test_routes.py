"""Routes beside the best known of the literature, and what a late order does to a plan.

Each instance takes a minute; KEFU_ROUTE_SECONDS=10 makes it shorter, and the figures worse.
"""

from __future__ import annotations

import csv
import os
import random
import re
import time
from datetime import date
from statistics import fmean

import pytest

from app.evaluation.scorecard import Figure
from app.warehouse.delivery import (
    News,
    SolveParams,
    make_plan,
    problem_from,
    read_instance,
    replan,
    solve_instance,
    usable_cores,
)

pytestmark = [pytest.mark.evaluation, pytest.mark.timeout(0)]

SECONDS = float(os.environ.get("KEFU_ROUTE_SECONDS", "60"))
COMMAND = "make eval DATA=folder"


@pytest.fixture
def instances(data_folder):
    with (data_folder / "vrp" / "best_known.tsv").open(encoding="utf-8") as file:
        return list(csv.DictReader(file, delimiter="\t"))


def solved(path):
    instance = read_instance(path)
    params = SolveParams(seconds=SECONDS, processes=min(2, usable_cores()))
    return instance, solve_instance(instance, params)


def test_capacitated_routes_beside_the_best_known(instances, data_folder, scorecard):
    gaps = []
    for row in instances:
        if row["kind"] != "cvrp":
            continue
        instance, found = solved(data_folder / "vrp" / "cvrp" / f"{row['instance']}.vrp")
        must_serve_all(instance, found)
        gaps.append(found.cost / float(row["best_known_cost"]) - 1)
        print(f"{row['instance']}: {100 * gaps[-1]:.2f} % above the best known, bound {100 * found.gap:.1f} % below")

    gap = fmean(gaps)
    value = f"{100 * gap:.2f} % of {len(gaps)}, {SECONDS:g} s each"
    scorecard.note(
        Figure("routes: CVRP X, mean gap to best known", "<= 0.50 %", value, gap <= 0.005, COMMAND, date.today())
    )


def test_solomon_routes_at_the_best_known_number_of_vehicles(instances, data_folder, scorecard):
    gaps, vehicles = [], []
    for row in instances:
        if not row["kind"].startswith("solomon"):
            continue
        most = int(re.search(r"\d+", row["kind"])[0])
        instance, found = solved(data_folder / "vrp" / "solomon" / f"{row['instance']}.txt")
        must_serve_all(instance, found)
        vehicles.append(len(found.routes) - most)
        gaps.append(found.cost / float(row["best_known_cost"]) - 1)
        print(f"{row['instance']}: {len(found.routes)} vehicles ({most}), {100 * gaps[-1]:.2f} %")

    gap = fmean(gaps)
    value = f"{100 * gap:.2f} % of {len(gaps)}, {sum(one > 0 for one in vehicles)} with more vehicles"
    scorecard.note(
        Figure(
            "routes: Solomon, distance gap at the best known number of vehicles",
            "<= 1.00 %",
            value,
            gap <= 0.01 and max(vehicles) <= 0,
            COMMAND,
            date.today(),
        )
    )


def must_serve_all(instance, found):
    numbers = sorted(number for route in found.routes for number in route)
    assert numbers == list(range(1, len(instance.distance)))
    assert found.lower_bound <= found.cost


def test_a_late_order_moves_little_and_quickly(scorecard):
    rng = random.Random(20)
    day = a_day(rng, 200)
    plan = make_plan(problem_from(day), SolveParams(seconds=10))
    took, moved, hows = [], [], []
    for number in range(20):
        late = a_stop(rng, f"late-{number}")
        problem = problem_from({**day, "stops": [*day["stops"], late]})
        began = time.perf_counter()
        found = replan(problem, plan, News(to_place=(late["id"],)))
        took.append(time.perf_counter() - began)
        moved.append(len(found.moved) / 200)
        hows.append(found.how)
        assert not found.late

    value = f"{max(took):.2f} s, {100 * max(moved):.1f} % moved, worst of {len(took)} ({sorted(set(hows))})"
    scorecard.note(
        Figure(
            "routes: re-plan after one stop in 200",
            "<= 2 s, <= 10 % moved",
            value,
            max(took) <= 2 and max(moved) <= 0.1,
            "make eval",
            date.today(),
        )
    )


def a_day(rng, stops):
    """Vans that are nearly full, so that a place is not always free."""
    return {
        "day": "2026-11-25",
        "depots": [{"id": "D", "lat": 31.2, "lon": 121.4}],
        "vehicles": [
            {
                "id": "van",
                "count": 8,
                "capacity": {"pieces": 26},
                "shift": ["08:30", "20:30"],
                "cost": {"fixed_cents": 100, "per_km_cents": 120, "per_hour_cents": 3000},
            }
        ],
        "stops": [a_stop(rng, f"S{number}") for number in range(stops)],
    }


def a_stop(rng, name):
    window = rng.choice([None, None, ["09:00", "12:00"], ["13:00", "17:00"], ["18:00", "20:30"], ["10:00", "11:30"]])
    return {
        "id": name,
        "lat": round(31.2 + rng.gauss(0, 0.06), 5),
        "lon": round(121.45 + rng.gauss(0, 0.07), 5),
        "windows": [window] if window else [],
        "service_minutes": rng.choice([2, 3, 4]),
    }
