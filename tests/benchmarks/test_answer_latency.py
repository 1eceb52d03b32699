"""How long an answer takes that is composed from the documents' own words: embedding, search, selection, check.

Nothing is declined for want of confidence, because a refusal would be quicker than an answer.
"""

from __future__ import annotations

import time

import pytest

from app.building.container import Container
from app.domain import Turn
from app.evaluation.proof import broken_citations
from app.settings import AnswerSettings, Settings
from tests.benchmarks.measured import p50_p95
from tests.benchmarks.questions import TODAY, golden_questions
from tests.benchmarks.scale import scaled

pytestmark = [pytest.mark.benchmark, pytest.mark.weights, pytest.mark.timeout(3600)]

WARM_UP = 10


def test_extractive_answers(tmp_path, store_of, measurements):
    derived = store_of(scaled(10_000, least=500))
    settings = Settings(home=tmp_path, store=derived.root, answer=AnswerSettings(min_confidence=0))
    container = Container(settings)
    container.warm_up()
    assistant = container.assistant
    times_ms, answered = [], 0
    questions = golden_questions(WARM_UP + scaled(300, least=30))
    for question in questions:
        turn = Turn(question.text, as_of=question.as_of or TODAY, mode="extractive")
        started = time.perf_counter()
        answer = assistant.reply(turn)
        times_ms.append((time.perf_counter() - started) * 1000)
        answered += answer.status != "declined"
        assert answer.mode == "extractive"
        assert bool(answer.citations) == (answer.status != "declined")
        assert broken_citations(answer, derived.by_id.__getitem__) == []
    container.close()

    assert answered >= 0.8 * len(questions)
    half, most = p50_p95(times_ms[WARM_UP:])
    measurements.note(
        f"extractive answer p95 at {derived.passages:,} passages, question embedding included",
        target="<= 150 ms",
        measured=f"{most:.1f} ms, p50 {half:.1f} ({answered / len(questions):.0%} answered)",
        is_met=most <= 150,
    )
