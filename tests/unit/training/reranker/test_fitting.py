"""Fitting on made-up pools, where what answers lies along an axis that the base does not look at."""

from __future__ import annotations

import numpy as np
import pytest

from app.retrieval.scoring import FEATURES, SentenceScorer
from app.training.pools import Pool
from app.training.reranker import RerankerParams, fit_reranker
from app.training.reranker.fitting import mean_reciprocal_rank, ranks_of

SIZE, PASSAGES = 16, 6
PARAMS = RerankerParams(rank=4, epochs=30, weight_rate=0.02, matrix_rate=0.01, stay=0.001, seed=3)


def base(near=1.0):
    own = np.zeros(len(FEATURES), np.float32)
    own[FEATURES.index("near")] = near
    nothing = np.zeros((SIZE, 2), np.float32)
    return SentenceScorer(own=own, across=own.copy(), into=nothing, out_of=nothing.T)


def pools(count, *, is_learnable=True, seed=0):
    """Questions of a topic; the passage of the topic's answer is not the nearest one."""
    chance = np.random.default_rng(seed)
    axes = np.linalg.qr(np.random.default_rng(9).normal(size=(SIZE, SIZE)))[0].astype(np.float32)
    found = []
    for _ in range(count):
        topic, right = chance.integers(SIZE // 2), chance.integers(PASSAGES)
        others = [axes[(SIZE // 2) + (topic + 1 + at) % (SIZE // 2)] for at in range(PASSAGES)]
        rows = np.repeat(np.stack(others), 2, axis=0)
        if is_learnable:
            rows[2 * right : 2 * right + 2] = axes[SIZE // 2 + topic]
        features = chance.normal(size=(2 * PASSAGES, len(FEATURES))).astype(np.float32)
        passages = np.repeat(np.arange(PASSAGES), 2)
        lengths = np.full(2 * PASSAGES, 10)
        found.append(Pool(axes[topic], rows.astype(np.float32), features, passages == right, lengths, passages, False))
    return found


def test_what_answers_comes_first_after_it_was_learnt():
    fitted = fit_reranker(pools(120), pools(40, seed=1), base(), PARAMS)

    later = pools(60, seed=2)
    assert mean_reciprocal_rank(base(), later) < 0.6
    assert mean_reciprocal_rank(fitted.scorer, later) > 0.9
    assert fitted.has_learnt
    assert fitted.curve[-1].loss < fitted.curve[1].loss


def test_the_same_seed_gives_the_same_scorer_and_another_does_not():
    one, two, other = (
        fit_reranker(pools(40), pools(20, seed=1), base(), RerankerParams(**{**FAST, "seed": seed})).scorer.digest
        for seed in (1, 1, 2)
    )

    assert one == two != other


FAST = {"rank": 4, "epochs": 4, "weight_rate": 0.02, "matrix_rate": 0.01, "gain": 0.0, "stay": 0.0}


def test_what_cannot_be_learnt_leaves_the_scorer_as_it_was():
    given = base()

    fitted = fit_reranker(
        pools(60, is_learnable=False), pools(40, is_learnable=False, seed=1), given, RerankerParams(rank=4, seed=3)
    )

    assert not fitted.has_learnt
    later = pools(40, seed=2)
    assert ranks_of(fitted.scorer, later) == ranks_of(given, later)


def test_what_is_learnt_night_after_night_makes_a_scorer_no_larger_than_its_vectors_are_long(tmp_path):
    chance, scorer = np.random.default_rng(5), base()
    nothing, vector = np.zeros(len(FEATURES), np.float32), np.eye(SIZE, dtype=np.float32)[:1]
    wanted = scorer.wanted(vector)
    for night in range(12):
        into, out_of = (chance.normal(size=shape).astype(np.float32) for shape in ((SIZE, 4), (4, SIZE)))
        scorer = scorer.plus(own=nothing, across=nothing, into=into, out_of=out_of)
        wanted = wanted + vector @ into @ out_of
        scorer.save(tmp_path / f"{night}.safetensors")

    assert np.allclose(scorer.wanted(vector), wanted, atol=1e-3)
    assert (tmp_path / "11.safetensors").stat().st_size == (tmp_path / "10.safetensors").stat().st_size


def test_a_learnt_scorer_is_kept_in_a_file_with_its_embedder(tmp_path):
    fitted = fit_reranker(pools(40), pools(20, seed=1), base(), PARAMS)

    fitted.scorer.save(tmp_path / "sentence_scorer.safetensors", embedder_id="toy@1")

    read = SentenceScorer.of_folder(tmp_path, embedder_id="toy@1")
    assert read.digest == fitted.scorer.digest
    later = pools(40, seed=2)
    assert mean_reciprocal_rank(read, later) == pytest.approx(mean_reciprocal_rank(fitted.scorer, later), abs=0.02)


@pytest.mark.parametrize("wrong", [{"rank": 0}, {"held_out": 1.0}, {"weight_rate": 0.0}, {"stay": -1.0}])
def test_parameters_are_checked(wrong):
    with pytest.raises(ValueError, match="Expected"):
        RerankerParams(**wrong)


def test_without_pools_there_is_nothing_to_fit():
    with pytest.raises(ValueError, match="got 0 and 1"):
        fit_reranker([], pools(1), base(), PARAMS)
