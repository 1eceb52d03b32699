"""Fitting on a made-up space: customers ask along one axis for what lies along another."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from app.training.adapter import AdapterParams, Pair, PassageSpace, fit_adapter
from index.embedding.query_map import QueryMap

PARAMS = AdapterParams(rank=8, epochs=20, batch=8, rate=0.02, stay=0.05, negatives=6, patience=20, seed=3)
TOPICS, SIZE = 8, 32


def world(seed: int = 0):
    """Eight documents of two passages; questions lie by another document's side, always the same other one."""
    chance = np.random.default_rng(seed)
    axes = np.linalg.qr(chance.normal(size=(SIZE, SIZE)))[0].astype(np.float32)
    passages = unit(np.repeat(axes[:TOPICS], 2, axis=0) + 0.05 * chance.normal(size=(2 * TOPICS, SIZE)))
    names = tuple(f"d{row // 2}" for row in range(2 * TOPICS))
    space = PassageSpace(names, passages, passages.copy(), np.arange(2 * TOPICS, dtype=np.int32))
    pairs, vectors = [], []
    for number in range(120):
        topic = number % TOPICS
        at = datetime(2026, 9, 1, tzinfo=UTC) + timedelta(hours=number)
        pairs.append(Pair(f"question {number}", (f"d{topic}",), at))
        asked = axes[TOPICS + topic] + 0.3 * axes[(topic + 1) % TOPICS]
        vectors.append(asked + 0.05 * chance.normal(size=SIZE))
    return pairs, unit(np.array(vectors)), space


def unit(rows):
    return (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)


def test_customers_words_come_to_lie_by_what_answers_them():
    pairs, vectors, space = world()

    fitted = fit_adapter(pairs, vectors, space, PARAMS, embedder_id="toy@1")

    first = space.scores(fitted.query_map.moved(vectors)).argmax(axis=1)
    right = [space.documents[row] == pair.documents[0] for row, pair in zip(first, pairs, strict=True)]
    assert np.mean(right) > 0.95
    assert fitted.has_learnt
    assert fitted.curve[-1].loss < fitted.curve[1].loss
    assert fitted.pairs + fitted.held_out == len(pairs)


def test_the_same_seed_gives_the_same_map():
    digests = [fit_adapter(*world(), PARAMS, embedder_id="toy@1").query_map.digest for _ in range(2)]

    assert digests[0] == digests[1]


def test_what_cannot_be_learnt_leaves_the_identity():
    pairs, vectors, space = world()
    chance = np.random.default_rng(1)
    shuffled = [Pair(pair.text, (f"d{chance.integers(TOPICS)}",), pair.at) for pair in pairs]
    settled = unit(space.passages[[2 * (number % TOPICS) for number in range(len(pairs))]])

    fitted = fit_adapter(shuffled[:90] + pairs[90:], settled, space, PARAMS, embedder_id="toy@1")

    assert not fitted.has_learnt
    assert fitted.query_map.moved(vectors) == pytest.approx(vectors, abs=1e-6)


def test_documents_that_are_gone_teach_nothing():
    pairs, vectors, space = world()
    gone = [Pair(pair.text, ("removed",), pair.at) for pair in pairs]

    with pytest.raises(ValueError, match="at least 20"):
        fit_adapter(gone, vectors, space, PARAMS, embedder_id="toy@1")


def test_it_builds_on_a_map_that_is_there():
    pairs, vectors, space = world()
    start = QueryMap(np.eye(SIZE, 2), 0.1 * np.eye(2, SIZE), embedder_id="toy@1")

    fitted = fit_adapter(pairs, vectors, space, PARAMS, embedder_id="toy@1", base=start)

    assert fitted.query_map.dimension == SIZE
    assert fitted.has_learnt


def test_a_passage_without_sentences_counts_by_itself():
    space = PassageSpace(("a", "b"), np.eye(2, dtype=np.float32), np.zeros((0, 2), np.float32), np.zeros(0, np.int32))

    assert space.scores(np.array([[1.0, 0.0]], np.float32)).tolist() == [[1.0, 0.0]]


@pytest.mark.parametrize("wrong", [{"rank": 0}, {"batch": 1}, {"held_out": 1.0}, {"temperature": 0.0}])
def test_parameters_are_checked(wrong):
    with pytest.raises(ValueError, match="Expected"):
        AdapterParams(**wrong)
