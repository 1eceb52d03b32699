"""Does the gate refuse what must not serve, for the true reason, and let pass what is better?"""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from app.building.container import Container
from app.evaluation.scorecard import Figure
from app.settings import Settings
from tests.sabotage import SABOTAGES, Remembering, Workshop, labelled, read_rows, share, write_rows

pytestmark = [
    pytest.mark.evaluation,
    pytest.mark.weights,
    pytest.mark.timeout(0),
    pytest.mark.filterwarnings("ignore:Number of distinct clusters"),
]

POOL = Path("app/understanding/data/intents.jsonl")
FIXED = Path(__file__).parent / "understanding"


HONEST = (0.12, 0.2, 0.32, 0.5, 0.75)
"""Shares of the examples: each model is better than the one that serves by then."""


@pytest.fixture(scope="module")
def embedder() -> Remembering:
    return Remembering(Container(Settings()).embedder)


@pytest.fixture
def make_workshop(tmp_path, embedder):
    def make(**fields) -> Workshop:
        fixed = labelled([FIXED / "utterances.jsonl", FIXED / "held_out.jsonl"])
        return Workshop(tmp_path, embedder, read_rows(POOL), write_rows(tmp_path / "intents.jsonl", fixed), **fields)

    return make


def test_honest_candidates_are_promoted(make_workshop, scorecard):
    workshop = make_workshop(weak=0.06)
    told = [submitted(workshop, workshop.fit("honest", share(workshop.pool, part, seed=20))) for part in HONEST]

    passed = sum(state == "serving" for state, _ in told)
    note(scorecard, "honest candidates promoted", passed, len(HONEST))
    assert told == [("serving", [])] * len(HONEST)


def test_sabotaged_candidates_are_refused_for_the_true_reason(make_workshop, scorecard):
    workshop = make_workshop()
    assert submitted(workshop, workshop.fit("honest", share(workshop.pool, 0.32, seed=21)))[0] == "serving"
    good = workshop.fit("good", share(workshop.pool, 0.9, seed=30))

    wrong = []
    for sabotage in SABOTAGES:
        made, wanted = sabotage(workshop, good)
        reasons = submitted(workshop, made)[1]
        if [item["code"] for item in reasons[:1]] != [wanted]:
            wrong.append((sabotage.__name__, wanted, reasons))

    right = len(SABOTAGES) - len(wrong)
    note(scorecard, "sabotaged candidates refused, with the true reason", right, len(SABOTAGES))
    assert wrong == []


def submitted(workshop, made):
    """What became of it, and the reasons against it; one that passed is promoted."""
    registry = workshop.registry
    record = registry.get(registry.submit(made))
    if record.state == "passed":
        record = registry.promote(record.candidate_id, by="test")
    return record.state, record.verdict["reasons"]


def note(scorecard, name, right, count):
    figure = Figure(name, f"{count} of {count}", f"{right} of {count}", right == count, "make eval", date.today())
    scorecard.note(figure)
