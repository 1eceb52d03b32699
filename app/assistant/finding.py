"""From a question to the sentences that answer it, and how likely it is that they do.

The question's own language is searched first. Where that holds no answer, the documents of the other language get a
look of their own: a search over both at once always prefers the question's own.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from app.assistant.answerability import Answerability
from app.domain import Evidence
from app.retrieval.reading import Reading, Window
from app.retrieval.retriever import Retrieved, Retriever, Searchable
from app.retrieval.selection import (
    SelectionParams,
    candidate_windows,
    evidence_by_reading,
    select_evidence,
    window_of,
)
from index.types import Query


class Reader(Protocol):
    """Reads a question beside windows of sentences."""

    def read(self, question: str, windows: Sequence[Window]) -> Reading:
        """Logits of each sentence and of the whole."""


@dataclass(frozen=True, slots=True)
class Finding:
    """Evidence with the probability that it answers."""

    evidence: tuple[Evidence, ...]
    confidence: float
    """In [0, 1]; 0.0 without evidence."""
    is_read: bool = False
    """Whether a reader chose the evidence; its scores are then logits of being part of the answer."""


class EvidenceFinder:
    """Searches, reads and judges. Without a reader sentences are chosen and judged by similarity and words alone."""

    def __init__(
        self,
        retriever: Retriever,
        answerability: Answerability,
        *,
        reader: Reader | None = None,
        selection: SelectionParams | None = None,
        enough: float = 0.6,
    ) -> None:
        if not 0 <= enough <= 1:
            raise ValueError(f"Expected enough in [0, 1], got {enough}.")
        self._retriever, self._answerability, self._reader = retriever, answerability, reader
        self._selection, self._enough = selection or SelectionParams(), enough

    def find(self, question: str, query: Query, source: Searchable) -> Finding:
        """Evidence of the question's own language, or of the other where that answers better."""
        own = self._retriever.retrieve(query, source)
        first = self._judged(question, own)
        if first.confidence >= self._enough:
            return first
        second = self._judged(question, self._retriever.retrieve_across(query, source, seen=own))
        return second if second.confidence > first.confidence else first

    def look(
        self, question: str, retrieved: Sequence[Retrieved], *, is_read: bool = True
    ) -> tuple[list[Evidence], Reading | None]:
        """The evidence among what was retrieved, and what the reader says of it; no reading without a reader."""
        if self._reader is None or not is_read:
            return select_evidence(question, retrieved, params=self._selection), None
        windows = candidate_windows(question, retrieved)
        reading = self._reader.read(question, [window_of(item) for item in windows])
        return evidence_by_reading(windows, reading, params=self._selection), reading

    def _judged(self, question: str, retrieved: Sequence[Retrieved]) -> Finding:
        evidence, reading = self.look(question, retrieved)
        confidence = self._answerability.probability(question, retrieved, evidence, reading)
        return Finding(tuple(evidence), confidence, is_read=reading is not None)
