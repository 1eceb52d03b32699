from __future__ import annotations

import pytest

from app.warehouse.delivery import News, SolveParams, make_plan, replan
from app.warehouse.delivery.errors import DeliveryInfeasible, StopMissing, StopVisited
from app.warehouse.delivery.plan import moved_stops

LINE = {"A": 10, "B": 20, "C": 30}
QUICK = SolveParams(seconds=0.3)
EIGHT = 8 * 3600


def test_a_new_stop_goes_between_those_it_lies_between_and_moves_nothing(problem):
    plan = make_plan(problem(LINE), QUICK)

    found = replan(problem({**LINE, "N": 25}), plan, News(to_place=("N",)))

    assert found.how == "inserted"
    assert found.moved == ()
    ids = found.plan.routes[0].stop_ids
    assert ids in (("A", "B", "N", "C"), ("C", "N", "B", "A"))
    assert found.plan.cost_cents == pytest.approx(plan.cost_cents)


def test_room_is_made_by_moving_one_other_stop(problem):
    vehicles = [
        {"id": "V1", "skills": ["lift"], "capacity": {"pieces": 2}, "cost": {"per_km_cents": 1}},
        {"id": "V2", "capacity": {"pieces": 2}, "cost": {"per_km_cents": 100}},
    ]
    plan = make_plan(problem({"A": 10, "B": 20}, vehicles=vehicles), QUICK)
    assert plan.find("A")[0].vehicle_id == plan.find("B")[0].vehicle_id == "V1"

    after = problem({"A": 10, "B": 20, "N": 15}, vehicles=vehicles, N={"skills": ["lift"]})
    found = replan(after, plan, News(to_place=("N",)))

    assert found.how == "repaired"
    assert found.plan.find("N")[0].vehicle_id == "V1"
    assert found.moved == ("A",)


def test_what_was_visited_stays_as_it_was_and_cannot_be_changed(problem):
    day = problem(LINE)
    plan = make_plan(day, QUICK)
    first = plan.routes[0].visits[0].stop_id

    now = plan.routes[0].visits[0].leaves_s + 60
    with pytest.raises(StopVisited):
        replan(day, plan, News(now_s=now, removed=(first,)))


def test_a_vehicle_that_left_takes_no_further_parcel(problem):
    plan = make_plan(problem(LINE), QUICK)

    with pytest.raises(DeliveryInfeasible, match="All vehicles have left"):
        replan(problem({**LINE, "N": 25}), plan, News(now_s=EIGHT + 300, to_place=("N",)))


def test_a_delay_is_made_up_by_another_order_where_that_helps(problem):
    wishes = {"A": {"windows": [["08:00", "12:00"]]}, "C": {"not_after": "08:45"}}
    day = problem({"A": 10, "C": 30}, **wishes)
    plan = make_plan(day, QUICK)

    found = replan(day, plan, News(delays_s={"V1": 10 * 60}))

    assert found.late == ()
    assert found.plan.routes[0].delay_s == 600


def test_a_delay_that_nothing_makes_up_is_told_as_late(problem):
    day = problem({"A": 10, "C": 30}, C={"not_after": "08:35"})
    plan = make_plan(day, QUICK)

    found = replan(day, plan, News(now_s=EIGHT + 60, delays_s={"V1": 1800}))

    assert found.late == ("C",)
    assert found.plan.find("C") is not None


def test_a_stop_that_is_taken_out_moves_no_other(problem):
    day = problem(LINE)
    plan = make_plan(day, QUICK)

    found = replan(day, plan, News(removed=("B",)))

    assert found.plan.find("B") is None
    assert found.moved == ()
    assert found.plan.left_out == ()


def test_an_unknown_stop_is_told(problem):
    day = problem(LINE)

    with pytest.raises(StopMissing, match="'X'"):
        replan(day, make_plan(day, QUICK), News(to_place=("X",)))


def test_moved_are_those_with_another_vehicle_or_order(problem):
    vehicles = [{"id": "V1", "skills": ["s"]}, {"id": "V2"}]
    one = make_plan(
        problem(LINE, vehicles=vehicles, A={"skills": ["s"]}, B={"skills": ["s"]}, C={"skills": ["s"]}), QUICK
    )
    other = make_plan(problem({"A": 10, "B": 20}, vehicles=vehicles, A={"skills": ["s"]}, B={"skills": ["s"]}), QUICK)

    assert moved_stops(one, one) == ()
    assert moved_stops(one, other) == ()
