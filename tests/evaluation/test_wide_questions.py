"""Questions about a subject as a whole: the main points of the right document, and of none where there is none."""

from __future__ import annotations

import json
from collections import Counter
from datetime import date
from pathlib import Path

import pytest

from app.evaluation.indexing import container_over
from app.evaluation.scorecard import Figure
from app.settings import Settings
from index.types import Query
from tests.evaluation.conftest import HOME, ROOT

pytestmark = [pytest.mark.evaluation, pytest.mark.timeout(0)]

QUESTIONS = Path(__file__).parent / "wide" / "questions.jsonl"
DAY = date(2026, 11, 24)
LEAST_RIGHT, MOST_ABSENT, MOST_PARTICULAR = 0.75, 0.10, 0.02
# Falls beyond these are steps back; the targets themselves are in the scorecard.
FLOOR_RIGHT, CEILING_WRONG = 0.60, 0.15


def test_a_subject_is_told_by_the_document_about_it(scorecard):
    container = container_over(Settings(home=HOME), [ROOT / "knowledge"])[0]
    rows = [json.loads(line) for line in QUESTIONS.read_text(encoding="utf-8").splitlines()]
    counts, told = Counter(row["kind"] for row in rows), Counter[str]()
    with container.serving.borrow() as generation:
        for row in rows:
            query = Query(text=row["text"], top=container.settings.retrieval.top, as_of=DAY)
            finding = container.finder.find(row["text"], query, generation)
            if finding.overview is not None:
                documents = {item.passage.document_id for item in finding.evidence}
                told[row["kind"] if documents & {*row["gold"]} or row["kind"] != "topic" else "wrong"] += 1

    right, wrong = told["topic"] / counts["topic"], told["wrong"] / counts["topic"]
    absent, particular = told["absent"] / counts["absent"], told["particular"] / counts["particular"]
    for name, kind, target, share, is_met in (
        ("of the right document", "topic", f">= {LEAST_RIGHT:.0%}", right, right >= LEAST_RIGHT),
        ("of subjects that no document is about", "absent", f"<= {MOST_ABSENT:.0%}", absent, absent <= MOST_ABSENT),
        (
            "where one thing is asked",
            "particular",
            f"<= {MOST_PARTICULAR:.0%}",
            particular,
            particular <= MOST_PARTICULAR,
        ),
    ):
        measured = f"{share:.0%} of {counts[kind]}"
        scorecard.note(
            Figure(f"wide questions: main points {name}", target, measured, is_met, "make eval", date.today())
        )
    assert right >= FLOOR_RIGHT, told
    assert max(wrong, absent, particular) <= CEILING_WRONG, told
