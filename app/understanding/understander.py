"""Intent, slots, language and mood of a message, without a language model."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date

from app.domain.understanding import Sentiment, Understanding
from app.understanding.classifier import OUT_OF_SCOPE, Classified, Classifier
from app.understanding.masking import is_only_slots, masked
from app.understanding.slots import SlotFinder
from index.errors import EmbeddingError
from index.ports import Embedder
from index.text.language import detect
from index.types import FloatMatrix

_WORD = re.compile(r"[^\W_]")
_READ = 2000
"""Code points of a message that are looked at."""
INFORMING = "provide_information"
"""The intent of a message that only names something, where the classifier knows it."""
_NAMED = 0.95
"""Confidence in that: it is seen, not guessed."""
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
        read = message[:_READ]
        slots = self._slots.find(read, today=self._today())
        if not _WORD.search(read):
            return Understanding(OUT_OF_SCOPE[0], 1.0, True, slots, detect(read), "neutral")
        text = masked(read, slots).strip()
        vector = self._vector(text)
        found = self._judge(self._intents, text, vector)
        is_named = INFORMING in self._intents.labels and is_only_slots(read, slots)
        intent = INFORMING if is_named else found.label
        return Understanding(
            intent=intent,
            confidence=max(_NAMED, dict(found.ranked)[INFORMING]) if is_named else found.confidence,
            out_of_scope=found.is_out_of_scope and not is_named,
            slots=slots,
            language=detect(read),
            sentiment=self._mood(text, vector),
            runners_up=tuple(item for item in found.ranked if item[0] != intent)[:_RUNNERS_UP],
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
