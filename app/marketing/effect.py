"""Whether one text does better than another, and whether that can be told from chance."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from app.domain.intervals import wilson_interval

Outcome = Literal["click", "order"]
_LEVEL = 0.05


@dataclass(frozen=True, slots=True)
class Reach:
    """How a copy fared."""

    copy_id: str
    exposures: int
    clicks: int
    orders: int

    def count(self, outcome: Outcome) -> int:
        """Of exposures with that outcome."""
        return self.clicks if outcome == "click" else self.orders

    def to_dict(self) -> dict[str, Any]:
        """As JSON; rates are None without exposures."""
        return {
            "copy_id": self.copy_id,
            "exposures": self.exposures,
            "clicks": self.clicks,
            "orders": self.orders,
            "click_rate": self._rate(self.clicks),
            "order_rate": self._rate(self.orders),
        }

    def _rate(self, count: int) -> dict[str, float] | None:
        if not self.exposures:
            return None
        low, high = wilson_interval(count, self.exposures)
        return {"share": count / self.exposures, "low": low, "high": high}


def compared(variants: Sequence[Reach], outcome: Outcome) -> dict[str, Any]:
    """Whether the variants differ: Fisher's exact test of each against the one that did best, with Holm's correction.

    `p` of a variant is that of the hypothesis that it does as well as the best; `is_worse` whether it can be ruled out
    at 5 % in spite of there being several. Sources: Fisher, Statistical Methods for Research Workers (1934), § 21.02;
    Holm, Scand. J. Statist. 6 (1979), 65-70.
    """
    from scipy.stats import fisher_exact

    shown = [variant for variant in variants if variant.exposures]
    if len(shown) < 2:
        return {"outcome": outcome, "best": None, "others": []}
    best = max(shown, key=lambda variant: (variant.count(outcome) / variant.exposures, variant.exposures))
    others = []
    for variant in shown:
        if variant is best:
            continue
        table = [[reach.count(outcome), reach.exposures - reach.count(outcome)] for reach in (best, variant)]
        others.append((float(fisher_exact(table).pvalue), variant.copy_id))
    others.sort()
    corrected, highest = [], 0.0
    for rank, (p, copy_id) in enumerate(others):
        highest = max(highest, min(1.0, p * (len(others) - rank)))
        corrected.append({"copy_id": copy_id, "p": highest, "is_worse": highest < _LEVEL})
    return {"outcome": outcome, "best": best.copy_id, "others": corrected}
