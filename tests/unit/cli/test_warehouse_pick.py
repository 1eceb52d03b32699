from __future__ import annotations

import json

from app.cli import main
from tests.unit.warehouse.picking.test_files import ORDERS, SETT


def test_a_plan_is_written_as_one_object_with_orders_and_stops(workplace, capsys):
    (workplace / "orders.txt").write_text(ORDERS)
    (workplace / "sett.txt").write_text(SETT)
    given = ["warehouse", "pick", "orders.txt", "--warehouse", "sett.txt", "--seconds", "1"]

    assert main([*given, "--out", "plan.json", "--sheet", "lists.html", "--language", "en"]) == 0

    plan = json.loads((workplace / "plan.json").read_text())
    assert plan["length"] == 182
    assert plan["batches"][0]["orders"] == [0, 1]
    assert {(stop["aisle"], stop["location"]) for stop in plan["batches"][0]["stops"]} == {(1, 2), (0, 44), (19, 0)}
    assert plan["gap"] == 0
    assert "Tour 1 of 1" in (workplace / "lists.html").read_text(encoding="utf-8")
    assert "proven the best" in capsys.readouterr().out


def test_what_cannot_be_picked_is_said_in_one_line_and_nothing_is_written(workplace, capsys):
    (workplace / "orders.txt").write_text(ORDERS.replace("Aisle 19", "Aisle 20"))
    (workplace / "sett.txt").write_text(SETT)

    assert main(["warehouse", "pick", "orders.txt", "--warehouse", "sett.txt", "--out", "plan.json"]) == 2
    assert capsys.readouterr().err.count("\n") == 1
    assert not (workplace / "plan.json").exists()
    assert main(["warehouse", "pick", "none.txt", "--warehouse", "sett.txt"]) == 2
    assert main(["warehouse", "pick", "orders.txt", "--warehouse", "sett.txt", "--language", "fr"]) == 2
    assert main(["warehouse", "pick", "orders.txt", "--warehouse", "sett.txt", "--routing", "teleport"]) == 2
