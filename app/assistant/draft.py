"""An answer in the making: sentences that stand, sentences that fell, citations numbered by first mention."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from app.assistant.phrases import declined, foreign_source
from app.domain import (
    Answer,
    AnswerEvent,
    AnswerSentence,
    Citation,
    CitationEvent,
    Evidence,
    Message,
    Mode,
    SentenceEvent,
    Status,
    Timings,
)
from app.generation.sentence_stream import DraftSentence
from app.receipts.receipt import Fate
from index.text.language import detect
from index.text.normalize import fold
from index.types import Language


@dataclass(frozen=True, slots=True)
class DraftNote:
    """A sentence that was to be part of the answer, and what became of it."""

    text: str
    cited: tuple[int, ...]
    fate: Fate
    reason: str | None
    score: float
    evidence: tuple[Evidence, ...]


@dataclass(slots=True)
class Trail:
    """How a draft came about."""

    notes: list[DraftNote] = field(default_factory=list)
    prompt: Sequence[Message] | None = None
    """None when no model was asked."""
    model: str | None = None
    """The model that was asked, whether or not any of its sentences stands."""
    failure: str | None = None
    """Code of the error with which it failed."""


class AnswerDraft:
    """Collects what the checks let pass."""

    def __init__(self, *, language: Language, generation: str, confidence: float, receipt_id: str) -> None:
        self._language, self._generation = language, generation
        self._confidence, self._receipt_id = confidence, receipt_id
        self._sentences: list[AnswerSentence] = []
        self._citations: list[Citation] = []
        self._mode: Mode = "extractive"
        self.model: str | None = None
        self.trail = Trail()
        self.retrieve_ms = self.generate_ms = self.verify_ms = self.total_ms = 0.0

    @property
    def has_answer(self) -> bool:
        """Whether any sentence stands."""
        return any(sentence.supported for sentence in self._sentences)

    def add(self, text: str, evidence: Sequence[Evidence], *, mode: Mode) -> Iterator[AnswerEvent]:
        """Take a sentence that stands; yields its new citations, then the sentence. A repetition is skipped."""
        if self._says(text):
            return
        markers = []
        for item in evidence:
            citation = self._cite(item)
            if citation.marker > len(self._citations):
                self._citations.append(citation)
                yield CitationEvent(citation)
            markers.append(citation.marker)
        self._mode = mode
        sentence = AnswerSentence(text, True, tuple(dict.fromkeys(markers)))
        self._sentences.append(sentence)
        yield SentenceEvent(sentence)

    def note(
        self,
        sentence: DraftSentence,
        fate: Fate,
        *,
        reason: str | None = None,
        score: float = 0.0,
        evidence: Sequence[Evidence] = (),
    ) -> None:
        """Remember what becomes of a sentence; call it before `add`, which skips what was said already."""
        if fate == "kept" and self._says(sentence.text):
            fate = "repeated"
        self.trail.notes.append(DraftNote(sentence.text, sentence.cited, fate, reason, score, tuple(evidence)))

    def drop(self, text: str, reason: str) -> None:
        """Note a sentence that does not stand; it is never shown as part of the answer."""
        self._sentences.append(AnswerSentence(text, False, (), reason))

    def finish(self, *, conversation_id: str | None) -> Answer:
        """The whole answer."""
        return Answer(
            text=self._text(),
            status=self._status(),
            language=self._language,
            sentences=tuple(self._sentences),
            citations=tuple(self._citations),
            confidence=self._confidence,
            mode=self._mode,
            model=self.model,
            generation=self._generation,
            receipt_id=self._receipt_id,
            timings_ms=Timings(self.retrieve_ms, self.generate_ms, self.verify_ms, self.total_ms),
            conversation_id=conversation_id,
        )

    def _status(self) -> Status:
        return "answered" if self.has_answer else "declined"

    def _says(self, text: str) -> bool:
        return any(sentence.supported and _same(sentence.text, text) for sentence in self._sentences)

    def _text(self) -> str:
        if not self.has_answer:
            return declined(self._language)
        pieces: list[str] = []
        is_introduced = self._mode != "extractive"
        for sentence in (sentence for sentence in self._sentences if sentence.supported):
            foreign = is_foreign(sentence.text, self._language)
            if foreign and not is_introduced:
                pieces += [" " if pieces else "", foreign_source(self._language)]
                is_introduced = True
            pieces += [" " if pieces and (foreign or self._language != "zh") else "", sentence.marked]
        return "".join(pieces)

    def _cite(self, item: Evidence) -> Citation:
        for citation in self._citations:
            if (citation.passage_id, citation.start, citation.end) == (item.passage.passage_id, item.start, item.end):
                return citation
        return Citation(
            marker=len(self._citations) + 1,
            passage_id=item.passage.passage_id,
            document_id=item.passage.document_id,
            title=item.passage.title,
            location=item.passage.location,
            quote=item.quote,
            start=item.start,
            end=item.end,
        )


def _same(one: str, other: str) -> bool:
    return re.sub(r"\W+", "", fold(one)) == re.sub(r"\W+", "", fold(other))


def is_foreign(text: str, language: Language) -> bool:
    """Whether `text` is in the other of the two languages; a mixture, a code or a name is in neither."""
    return {detect(text), language} == {"zh", "en"} and (language == "en" or text.count(" ") >= 3)
