"""What could be recommended to somebody, and what each model says of it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from app.recommendation.graph import ItemGraph
from app.recommendation.histories import Histories

FEATURES = (
    "follows",
    "follows_share",
    "follows_place",
    "follows_last",
    "beside",
    "beside_share",
    "sequence",
    "sequence_share",
    "sequence_place",
    "popular",
    "trending",
)
"""Columns of the features: log of the score against the best (`…_share`: against the sum; `…_place`: by rank)."""
_FLOOR = -8.0
"""Of logarithms: what a model does not say anything of."""
_TREND_DAYS = 30.0


@dataclass(frozen=True, slots=True)
class Candidates:
    """Items that somebody may be shown, in no order, and what speaks for them."""

    items: np.ndarray
    """int64, (n,)."""
    features: np.ndarray
    """float32, (n, len(FEATURES))."""

    @property
    def popularity(self) -> np.ndarray:
        """float32, (n,), in all and of late."""
        both: np.ndarray = self.features[:, -2] + self.features[:, -1]
        return both


class CandidateFinder:
    """Asks each model for its best items and all models for a word on each of them."""

    def __init__(
        self,
        follows: ItemGraph,
        beside: ItemGraph,
        table: np.ndarray,
        popularity: np.ndarray,
        trending: np.ndarray,
        has_place: np.ndarray,
        *,
        temperature: float,
        depth: int = 200,
    ) -> None:
        """Nothing is computed but what does not change.

        Args:
            follows: what comes after an item.
            beside: what is chosen by the same people.
            table: float32, (items, d), unit length: the items of the sequence model.
            popularity: float32, (items,), people who chose each.
            trending: float32, (items,), the same of late.
            has_place: bool, (items,); the others are nobody's candidates.
            temperature: by which the cosines of the sequence model are divided.
            depth: candidates of each model.
        """
        self._follows, self._beside, self._table = follows, beside, table
        self._temperature, self._depth = temperature, depth
        self._no_place = np.flatnonzero(~has_place)
        self._popular = np.log1p(popularity) / max(float(np.log1p(popularity.max(initial=1))), 1.0)
        self._trending = np.log1p(trending) / max(float(np.log1p(trending.max(initial=1))), 1.0)
        self._most_popular = np.argsort(-(self._popular + self._trending), kind="stable")[: depth // 2]

    def find(
        self,
        row: np.ndarray,
        query: np.ndarray,
        *,
        hidden: np.ndarray | None = None,
        allowed: np.ndarray | None = None,
    ) -> Candidates:
        """Candidates behind a history (oldest first, perhaps empty).

        Args:
            row: items of the person.
            query: float32, (d,), of the sequence model; of no account for an empty history, behind which the
                popular ones come.
            hidden: items that are not wanted; those of the history by default.
            allowed: bool, (items,); None allows all.
        """
        left_out = row if hidden is None else hidden
        follows, follows_last = self._follows.scores(row), self._follows.scores(row[-1:])
        beside = self._beside.scores(row)
        logits = (self._table @ query) / self._temperature if len(row) else self._popular + self._trending
        logits[left_out] = -np.inf
        logits[self._no_place] = -np.inf
        if allowed is not None:
            logits[~allowed] = -np.inf
        best = _top(logits, self._depth)
        parts = [best, self._most_popular]
        parts += [items[_top(values, self._depth + len(left_out))] for items, values in (follows, beside)]
        items = np.unique(np.concatenate(parts)).astype(np.int64)
        items = items[logits[items] > -np.inf]
        if not len(items):
            return Candidates(items, np.zeros((0, len(FEATURES)), np.float32))
        said = [_looked_up(items, found, values) for found, values in (follows, follows_last, beside)]
        logits = logits[items]
        likely = np.exp(logits - logits.max()) if len(row) else np.zeros(len(items), np.float32)
        features = np.stack(
            [
                _against_best(said[0]),
                _share(said[0]),
                _by_place(said[0]),
                _against_best(said[1]),
                _against_best(said[2]),
                _share(said[2]),
                np.maximum(logits - logits.max(), 2 * _FLOOR) if len(row) else np.full(len(items), 2 * _FLOOR),
                _share(likely),
                _by_place(likely),
                self._popular[items],
                self._trending[items],
            ],
            axis=1,
        )
        return Candidates(items, features.astype(np.float32))


def trending_of(histories: Histories, *, days: float = _TREND_DAYS) -> np.ndarray:
    """float32, (items,): choices of each, one `days` before the newest weighing a half; all alike without times."""
    if histories.last_time is None:
        return histories.popularity
    return np.bincount(histories.sequence, histories.freshness(days), len(histories.items)).astype(np.float32)


def _top(values: np.ndarray, count: int) -> np.ndarray:
    """Places of the largest, in no order."""
    if len(values) <= count:
        return np.arange(len(values))
    return np.argpartition(-values, count - 1)[:count]


def _looked_up(items: np.ndarray, found: np.ndarray, values: np.ndarray) -> np.ndarray:
    """The values at `items`, 0 where there are none; `found` is sorted."""
    out = np.zeros(len(items), np.float32)
    if len(found):
        at = np.minimum(np.searchsorted(found, items), len(found) - 1)
        is_there = found[at] == items
        out[is_there] = values[at[is_there]]
    return out


def _against_best(values: np.ndarray) -> np.ndarray:
    best = values.max(initial=0.0)
    if best <= 0:
        return np.full(len(values), _FLOOR, np.float32)
    against: np.ndarray = np.maximum(np.log(np.maximum(values, 1e-12) / best), _FLOOR)
    return against


def _share(values: np.ndarray) -> np.ndarray:
    total = values.sum()
    share: np.ndarray = values / total if total > 0 else values
    return share


def _by_place(values: np.ndarray) -> np.ndarray:
    """10 / (10 + place), 0 for what is not scored at all."""
    places = np.empty(len(values), np.float32)
    places[np.argsort(-values, kind="stable")] = np.arange(1, len(values) + 1)
    return np.where(values > 0, 10 / (10 + places), 0.0)
