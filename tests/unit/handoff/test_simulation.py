from __future__ import annotations

from dataclasses import replace

import pytest

from app.database import Database
from app.handoff.assignment import Assignment
from app.handoff.machine import ACTIVE, EVENTS, STATES, STATUS, TRANSITIONS
from tests.handoff_simulation import Simulation


def test_random_orders_of_events_lose_nothing_and_end() -> None:
    database = Database("sqlite://")
    outcomes = [Simulation(seed, database).run(40) for seed in range(24)]
    database.close()

    assert [fault for outcome in outcomes for fault in outcome.faults] == []
    assert sum(outcome.hand_offs for outcome in outcomes) > 40
    assert sum(outcome.refused for outcome in outcomes) > 40


def test_the_simulation_sees_a_desk_that_forgets_its_clocks(monkeypatch: pytest.MonkeyPatch) -> None:
    kept = Assignment.with_clock
    monkeypatch.setattr(
        Assignment, "with_clock", lambda self, ticket, **how: replace(kept(self, ticket, **how), due_at=None)
    )

    outcome = Simulation(1, Database("sqlite://")).run(20)

    assert outcome.count("silent") > 0


def test_the_simulation_sees_a_desk_without_a_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        Assignment, "handed_over", lambda self, ticket: replace(ticket, hand_overs=ticket.hand_overs + 1)
    )
    database = Database("sqlite://")

    assert sum(Simulation(seed, database).run(60).count("loop") for seed in range(4)) > 0


def test_the_table_of_states_is_whole() -> None:
    assert set(TRANSITIONS) == set(STATES) == set(STATUS)
    for state, ways in TRANSITIONS.items():
        assert set(ways) <= set(EVENTS)
        assert set(ways.values()) <= set(STATES)
        assert ways, f"{state} has no way out"
    reached = {"queued"}
    for _ in STATES:
        reached |= {to for state in reached for to in TRANSITIONS[state].values()}
    assert reached == set(STATES)
    assert all("customer_wrote" in TRANSITIONS[state] for state in ACTIVE), "or a customer would not be heard"
