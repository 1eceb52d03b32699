"""Merging ranked lists."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from types import MappingProxyType

from index.types import Hit


class ReciprocalRankFusion:
    """Merge ranked lists by the weighted sum of 1 / (k + rank), rank counted from 1.

    Only ranks count, so cosine and BM25 lists can be mixed. Ties go by passage id: the same lists, the same result.
    A merged hit keeps score and rank of each stage that found it.
    Source: Cormack, Clarke and Büttcher, SIGIR 2009 (k = 60 there).
    """

    def __init__(self, *, k: int = 60, limit: int = 50, weights: Mapping[str, float] | None = None) -> None:
        if k < 1 or limit < 1:
            raise ValueError(f"Expected k >= 1 and limit >= 1, got k={k}, limit={limit}.")
        if weights is not None and any(weight < 0 for weight in weights.values()):
            raise ValueError(f"Expected weights >= 0, got {dict(weights)}.")
        self._k, self._limit, self._weights = k, limit, dict(weights or {})

    def __call__(self, rankings: Mapping[str, Sequence[Hit]]) -> list[Hit]:
        """Return at most `limit` hits, best first; [] for no rankings. Stages without a weight count 1."""
        scores: defaultdict[str, float] = defaultdict(float)
        stages: defaultdict[str, dict[str, float]] = defaultdict(dict)
        ranks: defaultdict[str, dict[str, int]] = defaultdict(dict)
        sentence: dict[str, int] = {}
        for stage, ranking in rankings.items():
            weight = self._weights.get(stage, 1.0)
            for rank, hit in enumerate(ranking, start=1):
                scores[hit.passage_id] += weight / (self._k + rank)
                stages[hit.passage_id][stage] = hit.score
                ranks[hit.passage_id][stage] = rank
                if hit.best_sentence is not None:
                    sentence.setdefault(hit.passage_id, hit.best_sentence)
        best = sorted(scores, key=lambda passage_id: (-scores[passage_id], passage_id))
        return [
            Hit(
                passage_id,
                scores[passage_id],
                MappingProxyType(stages[passage_id]),
                sentence.get(passage_id),
                MappingProxyType(ranks[passage_id]),
            )
            for passage_id in best[: self._limit]
        ]
