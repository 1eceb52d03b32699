"""What a published number is made of."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Literal

from app.domain.action import Wording
from app.domain.service_events import EventKind
from app.insight.journal import Journal
from app.insight.rows import MetricRow

Aggregate = Literal["count", "share", "mean", "median"]
"""count: how many rows; share: the mean of rows that are 1 or 0; mean, median: of the rows' values."""
Unit = Literal["conversations", "questions", "share", "points", "seconds", "tokens", "money"]
"""money: in the currency of the shop."""


@dataclass(frozen=True, slots=True)
class Metric:
    """A published number."""

    name: str
    title: Wording
    numerator: Wording
    """For a mean or median: what is measured of each row."""
    denominator: Wording
    """The rows."""
    note: Wording
    """What it does not say."""
    unit: Unit
    aggregate: Aggregate
    source: tuple[EventKind, ...]
    """Kinds of events that it is counted from."""
    rows: Callable[[Journal], Iterable[MetricRow]]

    def to_dict(self) -> dict[str, Any]:
        """As JSON, without the code."""
        texts = {"title": self.title, "numerator": self.numerator, "denominator": self.denominator, "note": self.note}
        return {
            "name": self.name,
            "unit": self.unit,
            "aggregate": self.aggregate,
            "source": list(self.source),
            **{name: {"zh": text.zh, "en": text.en} for name, text in texts.items()},
        }
