"""Looking through a whole knowledge base for rules that disagree.

Each sentence that could be contradicted is held against its nearest neighbours by stored vector, so that nothing is
embedded. A pass costs one search a sentence (in batches) and is therefore run by command or job, not with each ingest.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Protocol

import numpy as np

from app.assistant.conflicts import Conflict, conflict_between
from app.domain import in_force
from app.generation.disagreement import may_disagree
from index.types import Document, FloatMatrix, Passage

OnProgress = Callable[[int, int], None]
"""Sentences held against others so far, and in all."""


class Base(Protocol):
    """A generation of the index; see `index.generation.Generation`."""

    @property
    def name(self) -> str:
        """Name of the generation."""

    def documents(self) -> Iterable[Document]:
        """All documents."""

    def passages(self, ids: Sequence[str]) -> Sequence[Passage]:
        """The passages of these ids, in this order."""

    def passages_of(self, document_id: str) -> Sequence[Passage]:
        """Passages of a document, in order."""

    def sentence_vectors(self, ids: Sequence[str]) -> Mapping[str, FloatMatrix]:
        """Vectors of the sentences of these passages, (number of sentences, d) each."""

    def near_sentences(self, vectors: FloatMatrix, *, top: int) -> Sequence[Sequence[tuple[str, int, float]]]:
        """For each row the nearest sentences: passage id, number, cosine; best first."""


@dataclass(frozen=True, slots=True)
class ConflictParams:
    """How far the pass looks."""

    floor: float = 0.9
    """Cosine below which two sentences are not compared."""
    neighbours: int = 12
    limit: int = 100_000
    """Sentences held against others; a larger base is looked through up to here, and the report says so."""
    batch: int = 256

    def __post_init__(self) -> None:
        if not 0 < self.floor <= 1 or self.neighbours < 2 or self.limit < 1 or self.batch < 1:
            raise ValueError(f"Expected floor in (0, 1], neighbours >= 2, limit >= 1 and batch >= 1, got {self}.")


@dataclass(frozen=True, slots=True)
class ConflictReport:
    """What a pass found."""

    generation: str
    day: date
    """On which both sides are in force."""
    conflicts: tuple[Conflict, ...]
    sentences: int
    """Held against their neighbours."""
    is_complete: bool
    seconds: float

    def to_dict(self) -> dict[str, Any]:
        """As JSON."""
        return {
            "generation": self.generation,
            "day": self.day.isoformat(),
            "sentences": self.sentences,
            "is_complete": self.is_complete,
            "seconds": round(self.seconds, 2),
            "conflicts": [conflict.to_dict() for conflict in self.conflicts],
        }


def find_conflicts(
    base: Base, *, day: date, params: ConflictParams | None = None, on_progress: OnProgress | None = None
) -> ConflictReport:
    """Hold every sentence that is in force on `day` against its nearest; conflicts in the order of their passages."""
    params = params or ConflictParams()
    begun = time.monotonic()
    waiting = [(passage.passage_id, number) for passage, number in _statements(base, day)]
    is_complete = len(waiting) <= params.limit
    del waiting[params.limit :]
    found: dict[str, Conflict] = {}
    for start in range(0, len(waiting), params.batch):
        if on_progress is not None:
            on_progress(start, len(waiting))
        for conflict in _held_against_neighbours(base, waiting[start : start + params.batch], day, params):
            found.setdefault(conflict.key, conflict)
    if on_progress is not None:
        on_progress(len(waiting), len(waiting))
    ordered = sorted(found.values(), key=lambda conflict: [(side.passage_id, side.start) for side in conflict.sides])
    return ConflictReport(base.name, day, tuple(ordered), len(waiting), is_complete, time.monotonic() - begun)


def _statements(base: Base, day: date) -> Iterator[tuple[Passage, int]]:
    for document in base.documents():
        for passage in base.passages_of(document.document_id):
            if in_force(day, passage.valid_from, passage.valid_to) == "current":
                for number in range(len(passage.sentences)):
                    if may_disagree(passage.sentence_text(number)):
                        yield passage, number


def _held_against_neighbours(
    base: Base, places: Sequence[tuple[str, int]], day: date, params: ConflictParams
) -> Iterator[Conflict]:
    ids = list(dict.fromkeys(passage_id for passage_id, _ in places))
    vectors = base.sentence_vectors(ids)
    # An embedder may give no sentence vectors; such a base is not looked through.
    known = [(passage_id, number) for passage_id, number in places if number < len(vectors[passage_id])]
    if not known:
        return
    near = base.near_sentences(
        np.stack([vectors[passage_id][number] for passage_id, number in known]), top=params.neighbours
    )
    wanted = {name for row in near for name, _, score in row if score >= params.floor} | set(ids)
    passages = {item.passage_id: item for item in base.passages(sorted(wanted))}
    for (passage_id, number), row in zip(known, near, strict=True):
        one = passages[passage_id]
        for name, second, score in row:
            if score < params.floor:
                break
            other = passages[name]
            if in_force(day, other.valid_from, other.valid_to) != "current":
                continue
            conflict = conflict_between(one, number, other, second)
            if conflict is not None:
                yield conflict
