"""Small behaviour whose order is known: people go round in circles of items."""

from __future__ import annotations

from datetime import UTC, datetime

from app.recommendation.fitting import FitParams
from app.recommendation.histories import Histories, Interaction
from app.recommendation.sasrec import SequenceParams

START = datetime(2026, 1, 1, tzinfo=UTC).timestamp()
SMALL = FitParams(
    sequence=SequenceParams(dimension=8, layers=1, heads=1, length=10, steps=60, negatives=16, tokens=256)
)


def circles(people: int = 60, size: int = 8, length: int = 5) -> list[Interaction]:
    """Half of the people go round a0, a1, …, the others round b0, b1, …, each from a place of their own."""
    return [
        Interaction(f"u{person}", f"{'ab'[person % 2]}{(person + step) % size}", START + person * 1000 + step)
        for person in range(people)
        for step in range(length)
    ]


def history_of(**rows: str) -> Histories:
    """From words: u1="a b c"."""
    return Histories.of(Interaction(user, item) for user, row in rows.items() for item in row.split())
