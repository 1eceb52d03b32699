"""What it costs to put fifty passages in order by their words."""

from __future__ import annotations

import time

import pytest

from app.building.container import Container
from app.retrieval.late import DEPTH, LateInteraction
from app.settings import Settings
from index.types import Query
from tests.benchmarks.measured import p50_p95
from tests.benchmarks.questions import TODAY, golden_questions
from tests.benchmarks.scale import scaled

pytestmark = [pytest.mark.benchmark, pytest.mark.weights, pytest.mark.timeout(3600)]

WARM_UP = 10


def test_fifty_passages_are_put_in_order_in_no_time(tmp_path, store_of, measurements):
    derived = store_of(scaled(10_000, least=500))
    container = Container(Settings(home=tmp_path, store=derived.root))
    embedder = container.embedder
    late = LateInteraction(embedder, embedder.token_codec)
    plain = Container(Settings(home=tmp_path, store=derived.root, retrieval={"late": False})).retriever
    times_ms, tokens = [], []
    with container.store.current() as generation:
        for question in golden_questions(WARM_UP + scaled(300, least=30)):
            hits = plain.search(Query(question.text, top=DEPTH, as_of=TODAY), generation)
            embedder.query_tokens(question.text)
            started = time.perf_counter()
            found = late(question.text, hits, generation)
            times_ms.append((time.perf_counter() - started) * 1000)
            assert {hit.passage_id for hit in found} == {hit.passage_id for hit in hits}
            assert all("late" in hit.stages for hit in found)
            tokens.append(sum(map(len, generation.token_codes([hit.passage_id for hit in hits]))) / len(hits))
    container.close()

    half, most = p50_p95(times_ms[WARM_UP:])
    measurements.note(
        f"ordering {DEPTH} passages of {sum(tokens) / len(tokens):.0f} tokens by their words, p50",
        target="<= 5 ms",
        measured=f"{half:.1f} ms, p95 {most:.1f}",
        is_met=half <= 5,
    )
