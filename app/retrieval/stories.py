"""Messages that tell a story: several needs, each in a sentence of its own, among much that is beside the point.

One vector of a whole story is near to nothing in particular, so its sentences are searched one by one and what they
find is merged by rank; a passage that one sentence finds first beats one that many find somewhere. Sentences that are
near to something in the documents count more than those that are near to nothing there.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from index.text.sentences import split_sentences
from index.types import Hit

_LEAST_SENTENCES, _MOST_SENTENCES = 6, 60
_LEAST_BYTES = 12
"""Of a sentence in UTF-8: "Hello." and 在吗 look for nothing."""
_K = 3
_E_FOLD = 0.02
"""Cosine by which a sentence has to be nearer to count e times as much."""


def sentences_told(text: str) -> list[str]:
    """The sentences to search by; [] for a message that is no story."""
    told = [text[start:end].strip() for start, end in split_sentences(text)]
    told = [sentence for sentence in told if len(sentence.encode()) > _LEAST_BYTES]
    return told[:_MOST_SENTENCES] if len(told) >= _LEAST_SENTENCES else []


def weights_of(rankings: Sequence[Sequence[Hit]]) -> list[float]:
    """How much the hits of each sentence count: by the cosine of its nearest passage, 1 for one of the mean cosine.

    1 for all where no hit has stage "dense".
    """
    nearest = [max((hit.stages["dense"] for hit in hits if "dense" in hit.stages), default=None) for hits in rankings]
    known = [cosine for cosine in nearest if cosine is not None]
    if not known:
        return [1.0] * len(rankings)
    mean = float(np.mean(known))
    return [0.0 if cosine is None else float(np.exp((cosine - mean) / _E_FOLD)) for cosine in nearest]


def merged(rankings: Sequence[Sequence[Hit]], weights: Sequence[float], *, limit: int) -> list[Hit]:
    """At most `limit` hits by the sum of weight / (3 + rank) over the rankings, rank counted from 0; best first.

    A hit keeps the stages of the ranking in which it stands highest; its score is the sum.
    """
    scores: defaultdict[str, float] = defaultdict(float)
    best: dict[str, tuple[int, Hit]] = {}
    for ranking, weight in zip(rankings, weights, strict=True):
        for rank, hit in enumerate(ranking):
            scores[hit.passage_id] += weight / (_K + rank)
            if hit.passage_id not in best or rank < best[hit.passage_id][0]:
                best[hit.passage_id] = rank, hit
    order = sorted(scores, key=lambda passage_id: (-scores[passage_id], passage_id))
    return [replace(best[passage_id][1], score=scores[passage_id]) for passage_id in order[:limit]]
