"""A thousand random orders of everything that can happen between customers, the assistant and agents."""

from __future__ import annotations

from datetime import date

import pytest

from app.database import Database
from app.evaluation.scorecard import Figure, Scorecard
from tests.handoff_simulation import Simulation

pytestmark = [pytest.mark.evaluation, pytest.mark.timeout(3600)]

ORDERS, EVENTS = 1000, 40


def test_no_conversation_goes_round_is_lost_or_is_left_in_silence(scorecard: Scorecard) -> None:
    database = Database("sqlite://")
    outcomes = [Simulation(seed, database).run(EVENTS) for seed in range(10_000, 10_000 + ORDERS)]
    database.close()

    counts = {kind: sum(outcome.count(kind) for outcome in outcomes) for kind in ("loop", "lost", "silent")}
    events, hand_offs = sum(o.events for o in outcomes), sum(o.hand_offs for o in outcomes)
    refused = sum(outcome.refused for outcome in outcomes)
    scorecard.note(
        Figure(
            f"hand-off simulations ({ORDERS:,} random event orders): loops, lost, silent",
            "0, 0, 0",
            f"{counts['loop']}, {counts['lost']}, {counts['silent']} in {events:,} events "
            f"({hand_offs:,} hand-offs, {refused:,} refused)",
            not any(counts.values()),
            "make eval",
            date.today(),
        )
    )

    assert counts == {"loop": 0, "lost": 0, "silent": 0}, [o.faults[0] for o in outcomes if o.faults][:5]
