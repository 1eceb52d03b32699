"""A scorer that follows what serves."""

from __future__ import annotations

import numpy as np

from app.retrieval.following import FollowingScorer
from app.retrieval.scoring import FEATURES, SentenceScorer


def scorer(value: float) -> SentenceScorer:
    weights = np.full(len(FEATURES), value, np.float32)
    return SentenceScorer(
        own=weights, across=-weights, into=np.full((4, 2), value, np.float32), out_of=np.ones((2, 4), np.float32)
    )


def test_it_does_as_the_one_that_serves_does_and_changes_with_it():
    serving = [scorer(1.0)]
    following = FollowingScorer(lambda: serving[0])
    vector, values, answering = np.ones((1, 4), np.float32), np.ones((2, len(FEATURES)), np.float32), np.zeros(2)

    before = following.wanted(vector), following.weighted(values, answering, is_across=False)
    serving[0] = scorer(3.0)
    after = following.wanted(vector), following.weighted(values, answering, is_across=False)

    assert following.dimension == 4
    assert following.current is serving[0]
    assert serving[0].current is serving[0]
    for one, other in zip(before, after, strict=True):
        assert np.allclose(3 * one, other)
