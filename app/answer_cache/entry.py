"""One kept answer, and the bytes that it is kept as."""

from __future__ import annotations

import hashlib
import json
import zlib
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import TYPE_CHECKING

from app.domain import Answer
from index.types import Passage

if TYPE_CHECKING:
    from pydantic import TypeAdapter


@dataclass(frozen=True, slots=True)
class Mark:
    """A passage as it was: any change of what an answer could show of it makes another digest."""

    passage_id: str
    digest: str

    @classmethod
    def of(cls, passage: Passage) -> Mark:
        """Over its words, sentence spans, context, title, place, days of validity and labels."""
        place = passage.location
        parts = [
            passage.content_hash, passage.document_id, passage.title, place.heading, place.page, place.sheet, place.row,
            str(passage.valid_from), str(passage.valid_to), list(passage.access),
        ]  # fmt: skip
        spelled = json.dumps(parts, ensure_ascii=False).encode("utf-8", "surrogatepass")
        return cls(passage.passage_id, hashlib.sha256(spelled).hexdigest()[:32])


@dataclass(frozen=True, slots=True)
class Entry:
    """An answer with what it was asked by and what it rests on."""

    key: str
    scope: str
    question: str
    """Understandable alone, as it was asked."""
    answer: Answer
    evidence: tuple[Mark, ...]
    """Passages that the answer was written from or cites; it goes when any of them does."""
    pieces: tuple[tuple[str, int, int], ...]
    """The sentences of the evidence in order: passage, first and last. The same pieces make the same prompt."""
    found: tuple[Mark, ...]
    """All that was retrieved, in order."""
    generation: str
    """In which it is known to be right, on `today`."""
    today: date
    created_at: str
    """UTC, ISO 8601."""

    @property
    def is_lasting(self) -> bool:
        """Whether it may be right in another generation or on another day.

        Not so what was declined, what speaks of rules that are not those of today, and what shows that two disagree.
        """
        answer = self.answer
        return (
            answer.status in ("answered", "partial")
            and bool(answer.citations)
            and all(citation.in_force == "current" for citation in answer.citations)
            and all(sentence.lead is None for sentence in answer.sentences)
        )

    def to_bytes(self) -> bytes:
        """Compressed JSON with a checksum."""
        body = _adapter().dump_json(self)
        return zlib.compress(hashlib.sha256(body).digest() + body, 3)

    @classmethod
    def of_bytes(cls, raw: bytes) -> Entry:
        """What `to_bytes` wrote. Raises `ValueError` for anything else."""
        try:
            plain = zlib.decompress(raw)
        except (zlib.error, TypeError) as error:
            raise ValueError(f"not an entry: {error}") from error
        if hashlib.sha256(plain[32:]).digest() != plain[:32]:
            raise ValueError("not an entry: its checksum differs")
        return _adapter().validate_json(plain[32:])


@cache
def _adapter() -> TypeAdapter[Entry]:
    from pydantic import TypeAdapter

    return TypeAdapter(Entry)
