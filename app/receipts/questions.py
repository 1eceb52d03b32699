"""Questions as a log shows them, read out of receipts."""

from __future__ import annotations

import json
import zlib
from dataclasses import asdict, dataclass
from typing import Any

from index.text.normalize import fold


@dataclass(frozen=True, slots=True)
class QuestionLine:
    """One question and what became of it."""

    receipt_id: str
    created_at: str
    question: str | None
    """None where the customer's words are not kept."""
    language: str
    status: str
    mode: str
    confidence: float
    conversation_id: str | None
    generation: str

    def to_dict(self) -> dict[str, Any]:
        """As JSON."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class QuestionFilter:
    """Which questions are wanted; None takes all."""

    status: str | None = None
    language: str | None = None
    contains: str | None = None
    """Words of the question, however written."""
    least_confidence: float | None = None
    most_confidence: float | None = None
    only: frozenset[str] | None = None
    """Ids of receipts."""

    def keeps(self, line: QuestionLine) -> bool:
        """Whether it is wanted."""
        if self.contains is not None and fold(self.contains) not in fold(line.question or ""):
            return False
        if self.least_confidence is not None and line.confidence < self.least_confidence:
            return False
        if self.most_confidence is not None and line.confidence > self.most_confidence:
            return False
        is_language = self.language is None or line.language == self.language
        return is_language and (self.only is None or line.receipt_id in self.only)


@dataclass(frozen=True, slots=True)
class QuestionPage:
    """Some lines, newest first."""

    lines: tuple[QuestionLine, ...]
    next_before: int | None
    """Where the next page begins; None where there is none."""


def line_of(receipt_id: str, created_at: str, body: bytes) -> QuestionLine | None:
    """The line of a stored receipt; None for one that is damaged."""
    try:
        receipt = json.loads(zlib.decompress(body))
        asked, answer = receipt["asked"], receipt["answer"]
        return QuestionLine(
            receipt_id=receipt_id,
            created_at=created_at,
            question=asked["message"],
            language=str(answer["language"]),
            status=str(answer["status"]),
            mode=str(answer["mode"]),
            confidence=float(receipt["judged"]["confidence"]),
            conversation_id=asked["conversation_id"],
            generation=str(receipt["generation"]),
        )
    except (zlib.error, ValueError, TypeError, KeyError):
        return None
