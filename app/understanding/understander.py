"""Intent, slots, language and mood of a message, without a language model."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date

from app.domain.understanding import Understanding
from app.understanding.classifier import OUT_OF_SCOPE, Classifier
from app.understanding.masking import is_only_slots, masked
from app.understanding.mood import MoodReader
from app.understanding.slots import SlotFinder
from app.understanding.spelling import Spelling
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


class MessageUnderstander:
    """Fulfils `app.domain.understanding.Understander`. Safe to share between threads."""

    def __init__(
        self,
        intents: Classifier | Callable[[], Classifier],
        *,
        moods: MoodReader,
        slots: SlotFinder,
        embedder: Embedder | None,
        today: Callable[[], date] = date.today,
    ) -> None:
        """Parts. A classifier that was not trained on the vectors of `embedder` goes by the words alone.

        `intents` is asked for with each message where it is a callable: another may serve by then.
        """
        self._intents_now: Callable[[], Classifier] = intents if callable(intents) else lambda: intents
        self._moods, self._slots = moods, slots
        self._embedder, self._today = embedder, today

    @property
    def intents(self) -> tuple[str, ...]:
        """All that it knows."""
        return self._intents_now().labels

    def understand(self, message: str) -> Understanding:
        """One message; an empty one, and one without a letter or digit, is out of scope.

        In one that is taken for none that is known slips of the finger are put right, and it is read once more.
        """
        read = message[:_READ]
        slots = self._slots.find(read, today=self._today())
        if not _WORD.search(read):
            return Understanding(OUT_OF_SCOPE[0], 1.0, True, slots, detect(read), "neutral")
        text = masked(read, slots).strip()
        vector = self._vector(text)
        intents = self._intents_now()
        found = intents.classify(text, self._known(intents, vector))
        if found.is_out_of_scope and (corrected := Spelling.shipped().corrected(text)) != text:
            found = intents.classify(corrected, self._known(intents, self._vector(corrected)))
        is_named = INFORMING in intents.labels and is_only_slots(read, slots)
        intent = INFORMING if is_named else found.label
        return Understanding(
            intent=intent,
            confidence=max(_NAMED, dict(found.ranked)[INFORMING]) if is_named else found.confidence,
            out_of_scope=found.is_out_of_scope and not is_named,
            slots=slots,
            language=detect(read),
            sentiment=self._moods.mood(text, self._known(self._moods.classifier, vector)),
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

    def _known(self, classifier: Classifier, vector: FloatMatrix | None) -> FloatMatrix | None:
        """The vector, where the classifier was trained on such."""
        is_known = self._embedder is not None and classifier.embedder_id == self._embedder.embedder_id
        return vector if is_known else None
