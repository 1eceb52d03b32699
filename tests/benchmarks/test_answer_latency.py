"""How long an answer takes that is composed from the documents' own words: embedding, search, selection, check.

Nothing is declined for want of confidence, because a refusal would be quicker than an answer. Afterwards the same
questions are searched plainly, by four stages and no order by words: what an answer takes longer is what ranking,
reading and checking add.
"""

from __future__ import annotations

import time

import pytest

from app.building.container import Container
from app.domain import Turn
from app.evaluation.proof import broken_citations
from app.settings import AnswerSettings, RetrievalSettings, Settings
from index.types import Query
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
    # Behind the answers, so that the two models do not take each other's place in the processor's caches, and with an
    # embedder of its own, because ours remembers questions.
    plain = Container(Settings(home=tmp_path, store=derived.root, retrieval=RetrievalSettings(late=False)))
    search, plain_ms = plain.retriever_with(moving=lambda: None, scorer=None).search, []
    with plain.serving.borrow() as generation:
        for question in questions:
            started = time.perf_counter()
            search(Query(question.text, as_of=question.as_of or TODAY), generation)
            plain_ms.append((time.perf_counter() - started) * 1000)
    plain.close()

    assert answered >= 0.8 * len(questions)
    half, most = p50_p95(times_ms[WARM_UP:])
    measurements.note(
        f"extractive answer p95 at {derived.passages:,} passages, question embedding included",
        target="<= 150 ms",
        measured=f"{most:.1f} ms, p50 {half:.1f} ({answered / len(questions):.0%} answered)",
        is_met=most <= 150,
    )
    added_ms = [whole - alone for whole, alone in zip(times_ms, plain_ms, strict=True)]
    half_added, most_added = p50_p95(added_ms[WARM_UP:])
    _, most_alone = p50_p95(plain_ms[WARM_UP:])
    measurements.note(
        f"ranking, reading and checking added to a search at {derived.passages:,} passages, p95",
        target="<= 150 ms",
        measured=f"{most_added:.1f} ms, p50 {half_added:.1f} (the search alone p95 {most_alone:.1f})",
        is_met=most_added <= 150,
    )
