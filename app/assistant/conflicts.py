"""Passages that are in force together and say different things: found among an answer's evidence, told to the admin."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date
from itertools import combinations
from typing import Any

from app.domain import Evidence
from app.generation.disagreement import Kind, Said, disagreement
from index.text.questions import asks
from index.types import Passage

Pair = tuple[Evidence, Evidence]
"""Two single sentences of different documents that disagree."""


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two sentences, with where it stands and when it applies."""

    passage_id: str
    document_id: str
    title: str
    heading: str | None
    quote: str
    start: int
    end: int
    value: str
    valid_from: date | None
    valid_to: date | None

    @classmethod
    def of(cls, passage: Passage, number: int, value: str) -> Side:
        """Sentence `number` of a passage."""
        start, end = passage.sentences[number]
        return cls(
            passage.passage_id,
            passage.document_id,
            passage.title,
            passage.location.heading,
            passage.text[start:end],
            start,
            end,
            value,
            passage.valid_from,
            passage.valid_to,
        )

    def to_dict(self) -> dict[str, Any]:
        """As JSON."""
        days = {name: day.isoformat() if day else None for name, day in self._days().items()}
        return {**asdict(self), **days}

    def _days(self) -> dict[str, date | None]:
        return {"valid_from": self.valid_from, "valid_to": self.valid_to}


@dataclass(frozen=True, slots=True)
class Conflict:
    """Two sentences that disagree while both are in force."""

    kind: Kind
    sides: tuple[Side, Side]
    """By passage id and place."""

    @property
    def key(self) -> str:
        """The same for the same two sentences."""
        places = [f"{side.passage_id}:{side.start}-{side.end}" for side in self.sides]
        return hashlib.sha256("\x00".join(places).encode()).hexdigest()[:16]

    def to_dict(self) -> dict[str, Any]:
        """As JSON."""
        return {"conflict_id": self.key, "kind": self.kind, "sides": [side.to_dict() for side in self.sides]}


def conflict_between(one: Passage, first: int, other: Passage, second: int) -> Conflict | None:
    """The conflict of two sentences, given by their numbers; None when they go together.

    Sentences of one document are not compared: what differs there are its rows and cases. Nor are those whose days
    never meet.
    """
    if one.document_id == other.document_id or not _meet(one, other):
        return None
    if asks(one, first) or asks(other, second):
        return None
    found = disagreement(_said(one, first), _said(other, second))
    if found is None:
        return None
    sides = (Side.of(one, first, found.values[0]), Side.of(other, second, found.values[1]))
    ordered = sorted(sides, key=lambda side: (side.passage_id, side.start))
    return Conflict(found.kind, (ordered[0], ordered[1]))


def conflicts_within(evidence: Sequence[Evidence]) -> list[tuple[Pair, Conflict]]:
    """The sentences of an answer's evidence that disagree with each other."""
    singles = [single for item in evidence for single in item.single_sentences()]
    found = []
    for one, other in combinations(singles, 2):
        conflict = conflict_between(one.passage, one.first, other.passage, other.first)
        if conflict is not None:
            found.append(((one, other), conflict))
    return found


def _said(passage: Passage, number: int) -> Said:
    return Said(passage.sentence_text(number), passage.context, passage.text)


def _meet(one: Passage, other: Passage) -> bool:
    first = max(one.valid_from or date.min, other.valid_from or date.min)
    return first <= min(one.valid_to or date.max, other.valid_to or date.max)
