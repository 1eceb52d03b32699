"""How good lists of recommendations are, measured on the next item that was really chosen."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class NextItem:
    """Figures over people, each with one next item."""

    people: int
    hit_rate: float
    """Share of people whose next item is in the list."""
    ndcg: float
    """Mean of 1 / log2(1 + place), 0 where it is not in the list."""

    def to_dict(self) -> dict[str, float]:
        """As JSON."""
        return {"people": self.people, "hit_rate": round(self.hit_rate, 5), "ndcg": round(self.ndcg, 5)}


def next_item(lists: Iterable[tuple[Sequence[int], int]], *, top: int = 10) -> NextItem:
    """From pairs of a list, best first, and the item that was chosen next."""
    people, hits, gain = 0, 0, 0.0
    for listed, wanted in lists:
        people += 1
        place = next((at for at, item in enumerate(listed[:top], start=1) if item == wanted), None)
        if place is not None:
            hits += 1
            gain += 1 / math.log2(1 + place)
    return NextItem(people, hits / people if people else 0.0, gain / people if people else 0.0)
