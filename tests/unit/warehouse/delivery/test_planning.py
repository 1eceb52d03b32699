from __future__ import annotations

import json
import math
import random

import pytest

from app.warehouse.delivery import SolveParams, make_plan, problem_from, problem_to, read_problem
from app.warehouse.delivery.errors import DeliveryInfeasible, RouteFileInvalid
from app.warehouse.delivery.plan import VehicleRoute, Visit
from app.warehouse.delivery.problem import Place
from app.warehouse.delivery.promise import COMMON_SPREAD, LEG_SPREAD, STOP_SPREAD, expected_window
from app.warehouse.delivery.travel import TravelModel

QUICK = SolveParams(seconds=0.5)


def test_windows_decide_the_order_of_stops(problem):
    plan = make_plan(
        problem({"near": 10, "far": 20}, near={"windows": [["09:00", "10:00"]]}, far={"not_after": "08:30"}), QUICK
    )

    (route,) = plan.routes
    assert route.stop_ids == ("far", "near")
    assert [visit.starts_s for visit in route.visits] == [8 * 3600 + 20 * 60, 9 * 3600]
    assert route.distance_m == 40_000
    assert plan.lower_bound_cents <= plan.cost_cents


def test_any_of_several_windows_will_do(problem):
    wishes = {"windows": [["17:50", "17:55"], ["08:05", "08:20"]]}

    plan = make_plan(problem({"A": 10}, A=wishes), QUICK)

    assert plan.routes[0].visits[0].starts_s == 8 * 3600 + 10 * 60


def test_only_a_vehicle_with_the_skill_comes(problem):
    vehicles = [{"id": "V1"}, {"id": "V2", "skills": ["lift"], "cost": {"fixed_cents": 9000}}]

    plan = make_plan(problem({"A": 10, "B": 12}, vehicles=vehicles, B={"skills": ["lift"]}), QUICK)

    assert plan.find("B")[0].vehicle_id == "V2"


def test_what_may_wait_is_left_out_the_least_urgent_first(problem):
    vehicles = [{"id": "V1", "capacity": {"pieces": 1}}]
    wishes = {"A": {"may_wait": True, "priority": 2}, "B": {"may_wait": True, "priority": 5}}

    plan = make_plan(problem({"A": 10, "B": 10}, vehicles=vehicles, **wishes), QUICK)

    assert plan.left_out == ("A",)


def test_a_day_without_stops_is_an_empty_plan(problem):
    assert make_plan(problem({}), QUICK).routes == ()


def conflict(problem):
    with pytest.raises(DeliveryInfeasible) as refused:
        make_plan(problem, QUICK)
    assert all(one.text.zh and one.text.en for one in refused.value.conflicts)
    return [(one.kind, one.subject) for one in refused.value.conflicts], refused.value.message


def test_a_parcel_heavier_than_any_vehicle_takes_is_the_whole_conflict(problem):
    vehicles = [{"id": "V1", "capacity": {"weight_g": 20_000}}]

    found, message = conflict(problem({"A": 5, "B": 5}, vehicles=vehicles, B={"demand": {"weight_g": 25_000}}))

    assert found == [("weight_g", "B")]
    assert "B has 25 kg, the largest vehicle takes 20 kg" in message


def test_a_window_before_the_shift_names_both_and_nothing_else(problem):
    found, message = conflict(problem({"A": 30, "B": 5}, A={"windows": [["06:00", "08:20"]]}))

    assert found == [("window", "A"), ("shift", "")]
    assert "30 minutes away" in message


def test_a_skill_that_no_vehicle_has_is_named(problem):
    found, message = conflict(problem({"A": 5}, A={"skills": ["cold_chain"]}))

    assert found == [("skill", "A")]
    assert "which no vehicle has" in message


def test_a_skill_and_a_weight_of_different_vehicles_are_named_together(problem):
    vehicles = [
        {"id": "V1", "skills": ["lift"], "capacity": {"weight_g": 10}},
        {"id": "V2", "capacity": {"weight_g": 99}},
    ]

    found, _ = conflict(problem({"A": 5}, vehicles=vehicles, A={"skills": ["lift"], "demand": {"weight_g": 50}}))

    assert found == [("weight_g", "A"), ("skill", "A")]


def test_more_weight_than_the_fleet_takes_names_the_fewest_stops(problem):
    vehicles = [{"id": "V", "count": 2, "capacity": {"weight_g": 10}}]
    loads = {"A": 9, "B": 1, "C": 8, "D": 6}

    found, message = conflict(
        problem(
            dict.fromkeys(loads, 5), vehicles=vehicles, **{k: {"demand": {"weight_g": v}} for k, v in loads.items()}
        )
    )

    assert [subject for _, subject in found] == ["A", "C", "D", ""]
    assert "the 2 vehicles take 0.02 kg" in message


def test_stops_that_cannot_share_a_route_are_counted_against_the_vehicles(problem):
    same_time = {"windows": [["09:00", "09:01"]]}

    found, _ = conflict(problem({"A": 10, "B": 20, "C": 1}, A=same_time, B=same_time))

    assert found == [("stop", "A"), ("stop", "B"), ("fleet", "")]


def test_a_conflict_that_only_a_search_sees_is_told_as_such(problem):
    wishes = {name: {"windows": [["08:00", "08:35"]], "service_minutes": 14} for name in "ABC"}

    found, message = conflict(problem({"A": 10, "B": 11, "C": 12, "Z": 40}, **wishes))

    assert found == [("stop", "A"), ("stop", "B"), ("stop", "C"), ("fleet", "")]
    assert message.startswith("No plan that keeps all of these was found")


def test_what_was_read_is_written_and_read_again(day):
    value = day({"A": 5}, A={"windows": [["09:00", "10:30:30"]], "note": "易碎，放门卫", "skills": ["lift"]})

    once = problem_to(problem_from(value))

    assert problem_to(problem_from(json.loads(json.dumps(once)))) == once


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (
            {"stops": [{"id": "A", "windows": [["16:00", "09:00"]]}]},
            "stops[0].windows[0]: the window ends (09:00) before",
        ),
        ({"stops": [{"id": "A", "windows": [["25:99", "26:00"]]}]}, "is no time such as 14:30"),
        (
            {"stops": [{"id": "A", "windows": [["09:00", "10:00"]], "not_before": "11:00"}]},
            "nothing is left of the windows",
        ),
        ({"stops": [{"id": "A", "demand": {"weight_g": -5}}]}, "stops[0].demand.weight_g"),
        ({"stops": [{"id": "A", "colour": "red"}]}, "colour"),
        ({"stops": [{"id": "A"}, {"id": "A"}]}, "two of the stops have the id 'A'"),
        ({"stops": [{"id": "A"}], "matrix": None}, "has no lat and lon"),
        ({"vehicles": [{"id": "V", "depot": "X"}]}, "not among the depots"),
        ({"vehicles": []}, "vehicles"),
        ({"time_zone": "Mars/Olympus"}, "no time zone"),
        ({"matrix": {"distance_m": [[0]], "duration_s": [[0]]}}, "must have 2 rows of 2 numbers"),
    ],
)
def test_a_day_that_makes_no_sense_is_refused_in_one_line(day, change, words):
    with pytest.raises(RouteFileInvalid) as refused:
        problem_from({**day({"A": 5}), **change})

    assert words in refused.value.message
    assert "\n" not in refused.value.message


@pytest.mark.parametrize("text", ["", "{", "[]", "null", "[" * 100_000, '{"stops": 1}'])
def test_what_is_no_day_is_refused(text):
    with pytest.raises(RouteFileInvalid):
        read_problem(text)


def test_distance_is_that_of_the_great_circle_by_streets():
    shanghai, hangzhou = Place(31.2304, 121.4737), Place(30.2741, 120.1551)

    metres, seconds = TravelModel(detour=1).matrices([shanghai, hangzhou])

    assert metres[0, 1] == pytest.approx(164_600, rel=0.01)  # great circle by an online calculator: 164.6 km
    assert seconds[0, 1] == pytest.approx(164.6 / 50 * 3600 + 30, rel=0.01)
    assert metres[0, 0] == seconds[1, 1] == 0


def test_nine_of_ten_times_the_parcel_comes_when_it_was_said():
    """Days that vary as the module says they do, many times over."""
    leg, handing_over = 600, 180
    visits, at = [], 9 * 3600
    for k in range(20):
        visits.append(Visit(f"S{k}", at + leg, at + leg, at + leg + handing_over, leg))
        at += leg + handing_over
    route = VehicleRoute("V", 9 * 3600, at, tuple(visits), 0, (0, 0, 0), 0.0)
    rng = random.Random(7)
    kept = total = 0
    for _ in range(400):
        common, now = rng.gauss(1, COMMON_SPREAD), 9 * 3600.0
        for place, _visit in enumerate(visits):
            now += leg * (common + rng.gauss(0, LEG_SPREAD))
            window = expected_window(route, place)
            kept, total = kept + (window.start_s <= now <= window.end_s), total + 1
            now += handing_over * (common + rng.gauss(0, STOP_SPREAD))

    assert kept / total >= 0.88
    late, early = expected_window(route, 19), expected_window(route, 0)
    assert late.end_s - late.start_s > early.end_s - early.start_s
    assert math.isclose(late.start_s % 300, 0)


def test_nobody_is_told_a_time_before_the_window_that_was_asked_for(problem):
    day = problem({"A": 10}, A={"windows": [["09:00", "10:00"]]})
    (route,) = make_plan(day, QUICK).routes

    assert expected_window(route, 0, day.stops[0].windows[0]).start_s == 9 * 3600
    assert expected_window(route, 0).start_s < 9 * 3600
