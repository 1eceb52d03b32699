"""Does the gate refuse what must not serve, for the true reason, and let pass what is better?"""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from app.container import Container
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


@pytest.fixture(scope="module")
def workshop(tmp_path_factory) -> Workshop:
    folder = tmp_path_factory.mktemp("workshop")
    fixed = write_rows(folder / "intents.jsonl", labelled([FIXED / "utterances.jsonl", FIXED / "held_out.jsonl"]))
    return Workshop(folder, Remembering(Container(Settings()).embedder), read_rows(POOL), fixed)


def test_sabotaged_candidates_are_refused_for_the_true_reason_and_honest_ones_pass(workshop, scorecard):
    registry = workshop.registry
    passed, tried = 0, []
    for number, part in enumerate((0.2, 0.32, 0.5, 0.75)):  # each better than the one that serves by then
        made = registry.get(registry.submit(workshop.fit("honest", share(workshop.pool, part, seed=20 + number))))
        tried.append((part, made.state, [item["words"]["en"] for item in made.verdict["reasons"]]))
        if made.state == "passed":
            registry.promote(made.candidate_id, by="test")
            passed += 1
        if number == 1:
            verdicts = sabotaged(workshop)
    whole = registry.get(registry.submit(workshop.fit("whole", workshop.pool)))
    tried.append((1.0, whole.state, [item["words"]["en"] for item in whole.verdict["reasons"]]))
    print("\n".join(map(str, tried)))
    right = sum(found == wanted for _, wanted, found, _ in verdicts)
    refused = sum(found is not None for _, _, found, _ in verdicts)
    scorecard.note(
        Figure(
            "sabotaged candidates refused, with the true reason",
            "all",
            f"{right} of {len(verdicts)} ({refused} refused)",
            right == len(verdicts),
            "make eval",
            date.today(),
        )
    )
    assert [item for item in verdicts if item[1] != item[2]] == []
    assert passed == 4


def sabotaged(workshop):
    good = workshop.fit("good", share(workshop.pool, 0.9, seed=30))
    verdicts = []
    for sabotage in SABOTAGES:
        made, wanted = sabotage(workshop, good)
        record = workshop.registry.get(workshop.registry.submit(made))
        reasons = record.verdict["reasons"]
        found = reasons[0]["code"] if reasons else None
        verdicts.append((sabotage.__name__, wanted, found, reasons[0]["words"]["en"] if reasons else "passed"))
        print(verdicts[-1])
    return verdicts
