"""Batches and tours on Henn's order picking problems, which are not part of the repository."""

from __future__ import annotations

import csv
import json
import os
import random
from datetime import date
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from app.cli import main
from app.evaluation.scorecard import Figure
from app.warehouse.picking.files import read_job
from app.warehouse.picking.occupancy import occupancy
from app.warehouse.picking.routing import Routing
from tests.unit.warehouse.picking.cases import random_floor, random_places, shortest_by_trying

pytestmark = [pytest.mark.evaluation, pytest.mark.timeout(0)]

COMMAND = "make eval DATA=folder"
SECONDS = os.environ.get("KEFU_EVAL_SECONDS", "30")


def instances(folder: Path) -> list[tuple[Path, Path, float]]:
    """Orders, warehouse, and the total of the reference heuristic: full devices, each walked the shortest way."""
    with (folder / "reference.tsv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file, delimiter="\t"))
    found = []
    for row in rows:
        orders = folder / row["group"] / row["instance"]
        setting = row["instance"].split("-")[0].rstrip("sl")
        if orders.exists():
            found.append((orders, orders.with_name(f"sett{setting}.txt"), float(row["heuristic_total"])))
    return found


def fullest(weights: list[int], capacity: int) -> list[int]:
    """The orders that fill a device most, as the reference heuristic picks them: a knapsack, items backwards."""
    table = np.zeros((len(weights) + 1, capacity + 1), dtype=int)
    for number, weight in enumerate(weights, start=1):
        table[number] = table[number - 1]
        table[number, weight:] = np.maximum(table[number, weight:], weight + table[number - 1, : capacity + 1 - weight])
    chosen, room = [], capacity
    for number in range(len(weights), 0, -1):
        if room > 0 and table[number, room] != table[number - 1, room]:
            chosen.append(number - 1)
            room -= weights[number - 1]
    return chosen


def test_our_metres_are_those_of_the_reference(data_folder):
    for orders, warehouse, total in instances(data_folder / "order_picking"):
        job = read_job(orders, warehouse)
        rows = np.stack([occupancy(job.floor, [line.place for line in order.lines]) for order in job.orders])
        left, batches = list(range(len(rows))), []
        while left:
            chosen = {left[number] for number in fullest([job.orders[n].articles for n in left], job.device.articles)}
            batches.append(np.bitwise_or.reduce(rows[sorted(chosen)]))
            left = [number for number in left if number not in chosen]

        assert Routing(job.floor, "shortest").lengths(np.stack(batches)).sum() == total


@pytest.mark.parametrize("routing", ["shortest", "s-shape"])
def test_tours_against_orders_as_they_come_and_the_reference(routing, data_folder, scorecard, tmp_path):
    ours = baseline = reference = bound = longer = worst = 0.0
    cases = instances(data_folder / "order_picking")
    for orders, warehouse, total in cases:
        out = tmp_path / "plan.json"
        given = ["warehouse", "pick", str(orders), "--warehouse", str(warehouse), "--routing", routing]
        assert main([*given, "--seconds", SECONDS, "--out", str(out)]) == 0
        plan = json.loads(out.read_text())
        check(plan, orders, warehouse)
        print(orders.parent.name, orders.name, plan["length"], plan["baseline"], total, plan["lower_bound"], flush=True)
        ours, baseline, reference = ours + plan["length"], baseline + plan["baseline"], reference + total
        bound += plan["lower_bound"]
        longer += plan["length"] > total
        worst = max(worst, plan["gap"])
    saved = 1 - ours / baseline
    name = f"order picking, {routing} tours"
    told = f"{ours:.0f} m against {baseline:.0f} m: {100 * saved:.1f} % shorter, {len(cases)} problems"
    figures = [Figure(f"{name}: against as they come", ">= 20 % shorter", told, saved >= 0.2, COMMAND, date.today())]
    if routing == "shortest":
        told = f"{100 * (ours / reference - 1):+.1f} % in sum, {longer:.0f} of {len(cases)} longer"
        is_met = ours <= reference and not longer
        figures.append(Figure(f"{name}: against reference", "not longer", told, is_met, COMMAND, date.today()))
    gap = f"{100 * (ours / bound - 1):.1f} % in sum, {100 * worst:.1f} % at most"
    figures.append(Figure(f"{name}: above the bound", "stated", gap, True, COMMAND, date.today()))
    scorecard.note(*figures)
    assert saved >= 0.2 or routing != "shortest"


def check(plan, orders: Path, warehouse: Path) -> None:
    """All orders once, no device overfull, each stop that an order needs on its tour, and the length as walked."""
    job = read_job(orders, warehouse)
    by_id = {order.order_id: order for order in job.orders}
    assert sorted(one for batch in plan["batches"] for one in batch["orders"]) == sorted(by_id)
    for batch in plan["batches"]:
        assert sum(by_id[one].articles for one in batch["orders"]) <= job.device.articles
        wanted = {tuple(line.label.values()) for one in batch["orders"] for line in by_id[one].lines}
        assert wanted == {(stop["aisle"], stop["location"]) for stop in batch["stops"]}
        way = batch["way"]
        walked = sum(abs(x - u) + abs(y - v) for (x, y), (u, v) in pairwise(way))
        assert walked == pytest.approx(batch["length"])
    assert plan["length"] == pytest.approx(sum(batch["length"] for batch in plan["batches"]))


def test_shortest_tours_against_trying_all(scorecard):
    chance = random.Random(2026)
    equal = 0
    for _ in range(500):
        floor = random_floor(chance)
        places = random_places(chance, floor)
        found = float(Routing(floor, "shortest").lengths(occupancy(floor, places)[None])[0])
        equal += abs(found - shortest_by_trying(floor, places)) < 1e-6
    scorecard.note(
        Figure(
            "picker routes against exhaustive search",
            "500 equal",
            f"{equal} of 500",
            equal == 500,
            COMMAND,
            date.today(),
        )
    )
    assert equal == 500
