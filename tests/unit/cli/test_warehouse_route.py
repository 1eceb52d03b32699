from __future__ import annotations

import json

import pytest

from app.cli.program import run
from tests.unit.warehouse.delivery.test_classic import VRP


@pytest.fixture
def square(tmp_path):
    file = tmp_path / "square.vrp"
    file.write_text(VRP)
    (tmp_path / "square.sol").write_text("Cost 68\n")
    return file


def test_the_result_has_cost_routes_bound_and_gap(square, tmp_path):
    out = tmp_path / "out.json"

    assert run(["warehouse", "route", str(square), "--seconds", "0.5", "--out", str(out)]) == 0

    result = json.loads(out.read_text())
    assert result["cost"] == 68
    assert sorted(map(sorted, result["routes"])) == [[1, 2], [3, 4]]
    assert result["lower_bound"] <= 68
    assert result["gap"] == pytest.approx(68 / result["lower_bound"] - 1, abs=1e-5)
    assert result["gap_to_best_known"] == 0


def test_what_cannot_be_planned_writes_nothing_and_names_the_conflict(tmp_path, capsys):
    file, out = tmp_path / "day.json", tmp_path / "out.json"
    day = {
        "depots": [{"id": "D", "lat": 31.2, "lon": 121.4}],
        "vehicles": [{"id": "V", "capacity": {"weight_g": 1000}}],
        "stops": [{"id": "A", "lat": 31.2, "lon": 121.41, "demand": {"weight_g": 2000}}],
    }
    file.write_text(json.dumps(day))

    assert run(["warehouse", "route", str(file), "--seconds", "0.5", "--out", str(out), "--json"]) == 1

    assert not out.exists()
    error = json.loads(capsys.readouterr().out)["error"]
    assert error["code"] == "delivery_infeasible"
    assert [one["kind"] for one in error["conflicts"]] == ["weight_g"]


@pytest.mark.parametrize("text", ["", "{", "NAME : x", "\x00\xff"])
def test_what_is_no_file_of_routes_is_wrong_usage_in_one_line(tmp_path, capsys, text):
    file = tmp_path / "bad"
    file.write_bytes(text.encode("latin-1"))

    assert run(["warehouse", "route", str(file), "--seconds", "0.5"]) == 2

    (line,) = [line for line in capsys.readouterr().err.splitlines() if line.startswith("kefu:")]
    assert "Traceback" not in line


def test_a_file_that_is_not_there_is_told(tmp_path, capsys):
    assert run(["warehouse", "route", str(tmp_path / "none.vrp")]) == 2
    assert "cannot be read" in capsys.readouterr().err
