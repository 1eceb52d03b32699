"""Intent, slots, language and mood of a message, without a language model."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date

from app.domain.understanding import Sentiment, Understanding
from app.understanding.classifier import OUT_OF_SCOPE, Classified, Classifier
from app.understanding.slots import SlotFinder
from index.errors import EmbeddingError
from index.ports import Embedder
from index.text.language import detect
from index.types import FloatMatrix

_WORD = re.compile(r"[^\W_]")
_READ = 2000
"""Code points of a message that are looked at."""
_RUNNERS_UP = 3
_SURE = 0.55
"""Least probability of a mood; below it a message is neutral."""


class MessageUnderstander:
    """Fulfils `app.domain.understanding.Understander`. Safe to share between threads."""

    def __init__(
        self,
        intents: Classifier,
        *,
        sentiment: Classifier,
        slots: SlotFinder,
        embedder: Embedder | None,
        today: Callable[[], date] = date.today,
    ) -> None:
        """Parts. A classifier that was not trained on the vectors of `embedder` goes by the words alone."""
        self._intents, self._sentiment, self._slots = intents, sentiment, slots
        self._embedder, self._today = embedder, today

    @property
    def intents(self) -> tuple[str, ...]:
        """All that it knows."""
        return self._intents.labels

    def understand(self, message: str) -> Understanding:
        """One message; an empty one, and one without a letter or digit, is out of scope."""
        read = message[:_READ].strip()
        slots = self._slots.find(message, today=self._today())
        if not _WORD.search(read):
            return Understanding(OUT_OF_SCOPE[0], 1.0, True, slots, detect(read), "neutral")
        vector = self._vector(read)
        found = self._judge(self._intents, read, vector)
        return Understanding(
            intent=found.label,
            confidence=found.confidence,
            out_of_scope=found.is_out_of_scope,
            slots=slots,
            language=detect(read),
            sentiment=self._mood(read, vector),
            runners_up=found.ranked[1 : 1 + _RUNNERS_UP],
        )

    def _vector(self, text: str) -> FloatMatrix | None:
        if self._embedder is None:
            return None
        try:
            row: FloatMatrix = self._embedder.embed_queries([text])[0]
        except EmbeddingError:  # a remote embedder that is away: the words still say something
            return None
        return row

    def _judge(self, classifier: Classifier, text: str, vector: FloatMatrix | None) -> Classified:
        is_known = self._embedder is not None and classifier.embedder_id == self._embedder.embedder_id
        return classifier.classify(text, vector if is_known else None)

    def _mood(self, text: str, vector: FloatMatrix | None) -> Sentiment:
        found = self._judge(self._sentiment, text, vector)
        if found.confidence < _SURE:
            return "neutral"
        return "negative" if found.label == "negative" else "positive" if found.label == "positive" else "neutral"
