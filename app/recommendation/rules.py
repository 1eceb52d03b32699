"""What a shop wants of a list beside that it fits: in stock, within a price, not always the same, not all of a kind."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True, slots=True)
class Offer:
    """A product as it can be sold now."""

    item_id: str
    sku: str
    category: str
    price_cents: int
    """Of its cheapest variant in stock."""
    stock: int
    """Of all variants."""
    margin: float | None = None
    """Share of the price that is earned, in [0, 1]; None where it is not known."""


@dataclass(frozen=True, slots=True)
class RuleParams:
    """How much the rules weigh against what fits best."""

    lowest_stock: int = 1
    margin_weight: float = 0.1
    """Added to the score (of unit spread within a list) for a margin of 1."""
    diversity: float = 0.3
    """From 0, by score alone, towards 1, by being unlike what is listed already."""
    most_of_category: int = 4
    """In a list of ten; other lengths in proportion."""
    most_shown: int = 5
    """Times that somebody is shown an item they do not open, within the days that are looked back."""
    fatigue: float = 0.35
    """Taken off the score for each time it was shown and not opened."""

    def __post_init__(self) -> None:
        if self.lowest_stock < 0 or self.most_of_category < 1 or self.most_shown < 1:
            raise ValueError(f"Expected lowest_stock >= 0, most_of_category and most_shown >= 1, got {self}.")
        if not 0 <= self.diversity < 1 or self.fatigue < 0 or self.margin_weight < 0:
            raise ValueError(f"Expected diversity in [0, 1), fatigue and margin_weight >= 0, got {self}.")


def arranged(
    scored: Sequence[tuple[Offer, float]],
    params: RuleParams,
    *,
    vectors: Mapping[str, np.ndarray],
    ignored: Mapping[str, int] | None = None,
    top: int = 10,
    is_one_category: bool = False,
) -> list[tuple[Offer, float]]:
    """The list to show: by fit, margin and weariness, each next one unlike those before it.

    Maximal marginal relevance: Carbonell and Goldstein, SIGIR 1998. Likeness is the cosine of the items' vectors.

    Args:
        scored: what may be offered, with what the model says, larger for better.
        params: the rules' weights.
        vectors: item to a vector of unit length; one that is missing is like nothing.
        ignored: item to how often it was shown and not opened of late.
        top: length of the list.
        is_one_category: whether only one category was asked for, which then may fill the list.
    """
    ignored = ignored or {}
    pool = [(offer, score) for offer, score in scored if ignored.get(offer.item_id, 0) < params.most_shown]
    if not pool:
        return []
    numbers = np.array([score for _, score in pool], np.float64)
    spread = float(numbers.std()) or 1.0
    worth = (numbers - numbers.max()) / spread
    worth += [params.margin_weight * (offer.margin or 0.0) for offer, _ in pool]
    worth -= [params.fatigue * ignored.get(offer.item_id, 0) for offer, _ in pool]
    most = len(pool) if is_one_category else max(1, round(params.most_of_category * top / 10))
    table = _table(pool, vectors)
    category = np.unique([offer.category for offer, _ in pool], return_inverse=True)[1]
    counts, likest = np.zeros(len(pool), np.int64), np.zeros(len(pool))
    is_left = np.ones(len(pool), bool)
    chosen: list[tuple[Offer, float]] = []
    while len(chosen) < top:
        allowed = is_left & (counts[category] < most)
        if not allowed.any():
            break
        worthy = (1 - params.diversity) * worth - params.diversity * likest
        best = int(np.where(allowed, worthy, -np.inf).argmax())
        is_left[best] = False
        counts[category[best]] += 1
        chosen.append(pool[best])
        likest = np.maximum(likest, table @ table[best])
    return chosen


def _table(pool: Sequence[tuple[Offer, float]], vectors: Mapping[str, np.ndarray]) -> np.ndarray:
    """(n, d); 0 for what has no vector."""
    size = next((len(vector) for vector in vectors.values()), 1)
    nothing = np.zeros(size)
    return np.stack([vectors.get(offer.item_id, nothing) for offer, _ in pool])
