"""How long a search takes, question embedding included, beside LangChain over FAISS in the same run.

See `derived_store` for where the vectors come from. Both sides embed with the same model, each with its own instance,
because ours remembers questions.
"""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from app.building.container import Container
from app.settings import Settings
from index.types import Query
from tests.benchmarks.measured import p50_p95
from tests.benchmarks.plain_langchain import FaissVectorStore, QuestionEmbeddings
from tests.benchmarks.questions import TODAY, golden_questions
from tests.benchmarks.scale import scaled

pytestmark = [pytest.mark.benchmark, pytest.mark.weights, pytest.mark.timeout(3600)]

TOP = 10
WARM_UP = 10


@pytest.mark.parametrize(("passages", "target_ms"), [(10_000, 40), (100_000, 60)])
def test_search_beside_langchain_and_faiss(tmp_path, store_of, measurements, passages, target_ms):
    derived = store_of(scaled(passages, least=500))
    container = Container(Settings(home=tmp_path, store=derived.root))
    generation = container.store.current()
    theirs = _langchain(tmp_path, derived)
    ours_ms, theirs_ms, shared = [], [], 0
    questions = golden_questions(WARM_UP + scaled(300, least=30))

    def ours(text):
        return container.retriever.retrieve(Query(text, top=TOP, as_of=TODAY), generation)

    for number, question in enumerate(questions):
        by_turns = [(ours, ours_ms), (lambda text: theirs.similarity_search(text, k=TOP), theirs_ms)]
        found = {}
        for search, times in by_turns if number % 2 else reversed(by_turns):
            started = time.perf_counter()
            found[id(times)] = search(question.text)
            times.append((time.perf_counter() - started) * 1000)
        mine, other = found[id(ours_ms)], found[id(theirs_ms)]
        assert len({item.passage.passage_id for item in mine}) == len(other) == TOP
        assert all("staff" not in item.passage.access for item in mine)
        nearest = {derived.base_of(document.id) for document in other}
        shared += bool(nearest & {derived.base_of(item.passage.passage_id) for item in mine})
    generation.close()
    container.close()

    assert shared >= 0.6 * len(questions)  # both search the same passages for the same questions
    half, most = p50_p95(ours_ms[WARM_UP:])
    their_half, their_most = p50_p95(theirs_ms[WARM_UP:])
    print(f"\nfound the same subject for {shared / len(questions):.0%} of the questions")
    measurements.note(
        f"search p95 at {derived.passages:,} passages, question embedding included",
        target=f"<= {target_ms} ms",
        measured=f"{most:.1f} ms, p50 {half:.1f} (LangChain + FAISS {their_most:.1f} ms, p50 {their_half:.1f})",
        is_met=most <= target_ms,
    )


def _langchain(folder: Path, derived) -> FaissVectorStore:
    embedder = Container(Settings(home=folder)).embedder
    ids = list(derived.by_id)
    return FaissVectorStore(
        QuestionEmbeddings(embedder), [derived.by_id[one] for one in ids], [derived.vectors[one] for one in ids]
    )
