"""Whether the knowledge base says what somebody said: what agents tell customers, held against the documents."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from datetime import date

from app.assistant.finding import EvidenceFinder
from app.retrieval.retriever import Searchable, nearest_sentence
from index.types import Query

_UNRELATED = 0.9
"""Cosine of a statement with the nearest sentence, where it is as likely to be said there as not."""
_STEEPNESS = 40.0
"""What a cosine counts beside the reader's logit."""
_TOP = 8


class Holding:
    """Judges statements by the search and the reader that judge questions."""

    def __init__(
        self,
        borrow: Callable[[], AbstractContextManager[Searchable]],
        finder: EvidenceFinder,
        *,
        today: Callable[[], date] = date.today,
    ) -> None:
        self._borrow, self._finder, self._today = borrow, finder, today

    def __call__(self, statements: Sequence[str]) -> list[float]:
        """Of each, how far the base says it: higher is likelier, around 0.5 it is undecided.

        The reader's logit that anything found bears on it, and the nearest sentence's cosine; the scale was set on
        what agents say of topics that a base covers and of others. Raises `StoreMissing` when there is no index.
        """
        scores = []
        with self._borrow() as source:
            for text in statements:
                look = self._finder.look(text, Query(text=text, top=_TOP, as_of=self._today()), source)
                likeness = _STEEPNESS * (nearest_sentence(look.retrieved) - _UNRELATED)
                scores.append(likeness + (look.reading.answerable if look.reading is not None else 0.0))
        return scores
