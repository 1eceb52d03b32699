"""Golden questions of the sample company: right article, right answer, declined where nothing answers."""

from __future__ import annotations

import os
from datetime import date
from pathlib import Path

import pytest

from app.evaluation.scorecard import Figure
from tests.evaluation.conftest import ROOT

pytestmark = [pytest.mark.evaluation, pytest.mark.timeout(0)]

GOLDEN = Path(__file__).parent / "golden"
TODAY = date(2026, 11, 24)
NAMES = {"cited": "right article cited", "right": "answer right", "unanswerable_declined": "unanswerable declined"}
TARGETS = {"cited": 0.90, "right": 0.85, "unanswerable_declined": 0.85}
# A fall below these is a step back; the targets themselves are in the scorecard.
FLOORS = {"cited": 0.55, "right": 0.35, "unanswerable_declined": 0.45}


@pytest.mark.parametrize("mode", ["extractive", pytest.param("llm", marks=pytest.mark.llm)])
def test_golden_questions(mode, evaluate, scorecard):
    """KEFU_EVAL_LIMIT=65 asks 65 of them: the language model takes seconds for each."""
    limit = int(os.environ.get("KEFU_EVAL_LIMIT", "0")) or None if mode == "llm" else None
    command = "make eval" if mode == "extractive" else f"KEFU_EVAL_LIMIT={limit or 0} make eval LLM=1"

    result = evaluate(f"golden-{mode}", GOLDEN, knowledge=[ROOT / "knowledge"], mode=mode, as_of=TODAY, limit=limit)

    (section,) = result.sections
    estimates = section.estimates(seed=result.seed)
    broken, count = estimates["broken_citations"], len(section.questions)
    faults = [fault for question in section.questions for fault in question.faults]
    scorecard.note(
        *(
            Figure(
                f"golden questions ({mode}): {name}",
                f">= {TARGETS[key]:.0%}",
                f"{estimates[key].value:.1%} of {count}",
                estimates[key].value >= TARGETS[key],
                command,
                date.today(),
            )
            for key, name in NAMES.items()
        ),
        Figure(
            f"citations that match the stored passage ({mode})",
            "100 %",
            f"{round(broken.value * broken.count)} faults in {broken.count}",
            broken.value == 0,
            command,
            date.today(),
        ),
    )

    assert broken.value == 0, faults
    for key, floor in FLOORS.items():
        assert estimates[key].value >= floor, (key, estimates)
