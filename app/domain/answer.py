"""An answer and the proof that it carries."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any, Literal

from app.domain.moment import InForce
from index.types import Language, Location

Status = Literal["answered", "partial", "declined", "handoff"]
Mode = Literal["llm", "extractive", "dialogue"]
"""dialogue: nothing was looked up; the words are those of a flow or of the hand-off."""
_MARKERS = re.compile(r"\s*\[\d+\]")


@dataclass(frozen=True, slots=True)
class Citation:
    """The span of a stored passage on which a sentence rests.

    `start` and `end` are code-point offsets of `quote` in the passage text; `quote_sha256` is the hex digest of its
    UTF-8 bytes, so that a client can prove that it saw the words that are stored.
    """

    marker: int
    passage_id: str
    document_id: str
    title: str
    location: Location
    quote: str
    start: int
    end: int
    valid_from: date | None = None
    """First and last day on which its passage applies; None where it is open."""
    valid_to: date | None = None
    in_force: InForce = "current"
    """Whether it applies on the day of the answer."""

    @property
    def quote_sha256(self) -> str:
        """Hex digest of the quote's UTF-8 bytes."""
        return hashlib.sha256(self.quote.encode()).hexdigest()

    def to_dict(self) -> dict[str, Any]:
        """The JSON object of the public contract."""
        location: dict[str, Any] = {
            "page": self.location.page,
            "heading": self.location.heading,
            "row": self.location.row,
        }
        if self.location.sheet is not None:
            location["sheet"] = self.location.sheet
        if self.location.box is not None:
            location["box"] = list(self.location.box)
        return {
            "marker": self.marker,
            "passage_id": self.passage_id,
            "document_id": self.document_id,
            "title": self.title,
            "location": location,
            "quote": self.quote,
            "start": self.start,
            "end": self.end,
            "quote_sha256": self.quote_sha256,
            "valid_from": _iso(self.valid_from),
            "valid_to": _iso(self.valid_to),
            "in_force": self.in_force,
        }


@dataclass(frozen=True, slots=True)
class AnswerSentence:
    """One sentence of an answer; `reason` says why an unsupported one was dropped or repaired."""

    text: str
    """Without markers."""
    supported: bool
    citations: tuple[int, ...]
    """Markers, in the order of mention."""
    reason: str | None = None
    lead: str | None = None
    """Words of the assistant's own before it: of which day the rule is, or that another document differs."""

    @property
    def marked(self) -> str:
        """The text with its markers before the closing punctuation: 运费由商家承担 [1]。"""
        if not self.citations:
            return self.text
        markers = "".join(f"[{marker}]" for marker in self.citations)
        body = self.text.rstrip("。．.！!？?；; ")
        return f"{body} {markers}{self.text[len(body) :].strip()}"


@dataclass(frozen=True, slots=True)
class Timings:
    """Milliseconds by stage."""

    retrieve: float = 0.0
    generate: float = 0.0
    verify: float = 0.0
    total: float = 0.0


@dataclass(frozen=True, slots=True)
class Answer:
    """What the customer reads, sentence by sentence, with a citation for each."""

    text: str
    """The supported sentences with their markers; for `declined`, a polite refusal in the customer's language."""
    status: Status
    language: Language
    sentences: tuple[AnswerSentence, ...]
    citations: tuple[Citation, ...]
    confidence: float
    """In [0, 1]."""
    mode: Mode
    model: str | None
    """Name of the chat model that wrote the sentences; None in extractive mode."""
    generation: str
    receipt_id: str
    timings_ms: Timings
    conversation_id: str | None = None
    as_of: date | None = None
    """The day whose rules it goes by."""
    cached: bool = False
    """Whether it was given before, to the same question, and proved to be right still."""
    missing: tuple[str, ...] = ()
    """Parts of the question that it leaves open, in the customer's words; such an answer is `partial`."""
    closing: str | None = None
    """Words of the assistant's own behind the last sentence: which part of the question is left open."""
    conversation: Mapping[str, Any] | None = None
    """Of a turn of a conversation, as JSON: `status`, `messages`, `choices` to offer, `confirms`, `handoff`."""

    tokens: int = 0
    """That the language model read and wrote for it; 0 without one. For our own books, not part of the contract."""

    def to_dict(self) -> dict[str, Any]:
        """The JSON object of the public contract."""
        body: dict[str, Any] = {
            "text": self.text,
            "status": self.status,
            "language": self.language,
            "sentences": [_sentence_dict(sentence) for sentence in self.sentences],
            "citations": [citation.to_dict() for citation in self.citations],
            "confidence": round(self.confidence, 4),
            "mode": self.mode,
            "model": self.model,
            "generation": self.generation,
            "receipt_id": self.receipt_id,
            "timings_ms": {name: round(value, 1) for name, value in asdict(self.timings_ms).items()},
        }
        if self.as_of is not None:
            body["as_of"] = self.as_of.isoformat()
        if self.missing:
            body["missing"] = list(self.missing)
        if self.closing is not None:
            body["closing"] = self.closing
        if self.conversation_id is not None:
            body["conversation_id"] = self.conversation_id
        if self.cached:
            body["cached"] = True
        if self.conversation is not None:
            body["conversation"] = dict(self.conversation)
        return body


def unmarked(text: str) -> str:
    """The text of an answer without its markers; see `AnswerSentence.marked`."""
    return _MARKERS.sub("", text)


def _sentence_dict(sentence: AnswerSentence) -> Mapping[str, Any]:
    body = {
        "text": sentence.text,
        "supported": sentence.supported,
        "citations": list(sentence.citations),
        "reason": sentence.reason,
    }
    return body if sentence.lead is None else {**body, "lead": sentence.lead}


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day is not None else None
