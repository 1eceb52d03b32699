"""What publishing an article changed: how often questions on its topic went wrong before and after."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from app.domain.intervals import wilson_interval
from app.insight.gaps.question import LoggedQuestion

WINDOW = timedelta(days=28)
"""How far before and after the publication is looked."""


@dataclass(frozen=True, slots=True)
class Rate:
    """So many of so many questions."""

    count: int
    of: int

    @property
    def share(self) -> float | None:
        """None of none."""
        return self.count / self.of if self.of else None

    def to_dict(self) -> dict[str, Any]:
        """As JSON, with the 95 % interval."""
        low, high = wilson_interval(self.count, self.of) if self.of else (None, None)
        return {"count": self.count, "of": self.of, "share": self.share, "low": low, "high": high}


@dataclass(frozen=True, slots=True)
class Effect:
    """Before and after."""

    declined: tuple[Rate, Rate]
    went_wrong: tuple[Rate, Rate]

    def to_dict(self) -> dict[str, Any]:
        """As JSON; `change` is the share after less that before, with its interval."""
        return {name: _told(*pair) for name, pair in (("declined", self.declined), ("went_wrong", self.went_wrong))}


def effect_of(topic: Sequence[LoggedQuestion], published_at: datetime, *, window: timedelta = WINDOW) -> Effect:
    """Of all questions on a topic, well answered ones too."""
    before = [item for item in topic if published_at - window <= item.at < published_at]
    after = [item for item in topic if published_at <= item.at < published_at + window]
    return Effect(
        (_rate([item.is_declined for item in before]), _rate([item.is_declined for item in after])),
        (_rate([item.went_wrong for item in before]), _rate([item.went_wrong for item in after])),
    )


def change_interval(before: Rate, after: Rate) -> tuple[float, float] | None:
    """95 % interval of the difference of two shares, after less before; None where either is of none.

    Source: Newcombe, Statistics in Medicine 17 (1998), 873-890, method 10 (two Wilson intervals).
    """
    if before.share is None or after.share is None:
        return None
    low_b, high_b = wilson_interval(before.count, before.of)
    low_a, high_a = wilson_interval(after.count, after.of)
    change = after.share - before.share
    low = change - math.hypot(after.share - low_a, high_b - before.share)
    high = change + math.hypot(high_a - after.share, before.share - low_b)
    return low, high


def _rate(flags: Sequence[bool]) -> Rate:
    return Rate(sum(flags), len(flags))


def _told(before: Rate, after: Rate) -> dict[str, Any]:
    change = None if before.share is None or after.share is None else after.share - before.share
    low, high = change_interval(before, after) or (None, None)
    return {"before": before.to_dict(), "after": after.to_dict(), "change": {"value": change, "low": low, "high": high}}
