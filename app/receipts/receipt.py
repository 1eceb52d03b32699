"""The receipt of one answer: what was asked, found, read, drafted and judged, by which program, in plain values.

As JSON it carries a checksum of its content, so that a file that was edited or cut off is not taken for what happened.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any, Literal

from app.receipts.errors import ReceiptDamaged

if TYPE_CHECKING:
    from pydantic import TypeAdapter

FORMAT = 1

Fate = Literal["kept", "repaired", "dropped", "repeated"]
"""repaired: did not stand, and the documents' own sentence took its place; repeated: had been said already."""


@dataclass(frozen=True, slots=True)
class Said:
    """An earlier message of the conversation."""

    role: Literal["system", "user", "assistant"]
    content: str


@dataclass(frozen=True, slots=True)
class Asked:
    """The question. What the customer wrote is None where only its hash is kept."""

    message: str | None
    message_sha256: str
    """Hex digest of the message's UTF-8 bytes."""
    standalone: str | None
    """What was searched for: the message, with the question before it where it cannot be understood alone."""
    history: tuple[Said, ...] | None
    passages: tuple[str, ...] | None
    """Texts that came with the question instead of the index; None for a question to the index."""
    language: str | None
    """As the caller wished; None left it to the question."""
    as_of: str | None
    """Day (ISO 8601) that the caller named."""
    day: str | None
    """Day (ISO 8601) whose rules were used; None for the rules of all days."""
    access: tuple[str, ...]
    mode: Literal["auto", "llm", "extractive"]
    conversation_id: str | None
    today: str | None = None
    """Day (ISO 8601) of the answer; None in receipts from before it was kept."""
    translated: str | None = None
    """What was searched for in the documents' other language instead, because it found more."""


@dataclass(frozen=True, slots=True)
class StageScore:
    """What one of the searches said of a passage."""

    score: float
    rank: int
    """Counted from 1; 0 where it is not known."""


@dataclass(frozen=True, slots=True)
class FoundPassage:
    """A passage that was found."""

    passage_id: str
    document_id: str
    title: str
    heading: str | None
    page: int | None
    row: int | None
    content_hash: str
    """See `index.types.Passage.content_hash`."""
    language: str
    score: float
    """Of the fused list."""
    stages: Mapping[str, StageScore]
    """By name of the search: dense, sentence, words, bigrams."""
    best_sentence: int | None
    is_across: bool
    """Whether it was looked for among the documents of the other language."""
    words: tuple[str, ...]
    """Words of the question that it holds; empty where the question is not kept."""


@dataclass(frozen=True, slots=True)
class ReadWindow:
    """Sentences that the reader saw, with its logit for each that it had room for."""

    passage_id: str
    first: int
    last: int
    logits: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Read:
    """What the reader made of it all."""

    answerable: float
    """Logit that anything among the sentences answers."""
    windows: tuple[ReadWindow, ...]


@dataclass(frozen=True, slots=True)
class Judged:
    """How the decision to answer or to decline was taken."""

    confidence: float
    threshold: float
    intercept: float
    features: Mapping[str, tuple[float, float]]
    """Value and weight by name; empty when nothing was found."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of evidence: a run of sentences of one passage."""

    number: int
    passage_id: str
    first: int
    last: int
    score: float
    """A logit where a reader chose, comparable within one question otherwise."""
    quote: str


@dataclass(frozen=True, slots=True)
class Drafted:
    """A sentence that was to be part of the answer, and what became of it."""

    text: str | None
    """None where the question is not kept and a model wrote: it may have repeated the customer's words."""
    cited: tuple[int, ...]
    """Numbers of the evidence that it named."""
    fate: Fate
    reason: str | None
    score: float
    """Share of it that the evidence carries, in [0, 1]."""
    rests_on: tuple[tuple[str, int, int], ...]
    """Passage, first and last sentence of what it was held against."""


@dataclass(frozen=True, slots=True)
class Wrote:
    """The language model that was asked."""

    name: str
    sha256: str | None
    """Pin of its weights; None for a model on another machine."""
    parameters: Mapping[str, float]
    """Temperature, seed and the most tokens of a reply."""
    prompt_sha256: str
    prompt: tuple[Said, ...] | None
    """None where the question is not kept."""
    failure: str | None
    """Code of the error with which it failed."""


@dataclass(frozen=True, slots=True)
class Program:
    """What answered."""

    version: str
    embedder: str
    """Id of the embedder."""
    settings: Mapping[str, Any]
    """Those that bear on answers, by their dotted names."""
    weights: Mapping[str, str]
    """Sha256 of the weights that come with kefu, by file name."""


@dataclass(frozen=True, slots=True)
class GivenAgain:
    """The answer before, which was kept and given again."""

    receipt_id: str
    """Of the first time it was given: it says what it came from."""
    match: Literal["exact", "meaning"]
    """Whether the question was the same in its words, or in others."""
    similarity: float
    """Cosine of the two questions."""
    question: str | None
    """As it was asked first; None where the question is not kept."""
    created_at: str
    """When it was first given (UTC, ISO 8601)."""


@dataclass(frozen=True, slots=True)
class Receipt:
    """One answer with everything that it came from."""

    receipt_id: str
    created_at: str
    """UTC, ISO 8601."""
    program: Program
    asked: Asked
    generation: str
    found: tuple[FoundPassage, ...]
    """Best first; those of the other language behind those of the question's own."""
    read: Read | None
    judged: Judged
    evidence: tuple[Piece, ...]
    wrote: Wrote | None
    """None when no language model was asked."""
    drafted: tuple[Drafted, ...]
    answer: Mapping[str, Any]
    """The JSON object of the public contract; without a model's words where the question is not kept."""
    format: int = FORMAT
    given_again: GivenAgain | None = None
    """Where the answer was kept from before: then nothing was searched, read or written for it."""

    def to_dict(self) -> dict[str, Any]:
        """As JSON, with the checksum."""
        content: dict[str, Any] = _adapter().dump_python(self, mode="json")
        if self.given_again is None:
            del content["given_again"]
        return {**content, "checksum": _checksum(content)}

    def to_bytes(self) -> bytes:
        """UTF-8 JSON."""
        return json.dumps(self.to_dict(), ensure_ascii=False, separators=(",", ":")).encode()

    @classmethod
    def of_bytes(cls, raw: bytes) -> Receipt:
        """What `to_bytes` wrote, in whatever layout. Raises `ReceiptDamaged`."""
        try:
            content = json.loads(raw)
        except (ValueError, RecursionError) as error:
            raise ReceiptDamaged(f"The receipt is not JSON ({str(error)[:80]}); export it again.") from error
        if not isinstance(content, dict) or "receipt_id" not in content:
            raise ReceiptDamaged("The JSON is not a receipt; `kefu receipts show ID` writes one.")
        told = content.pop("checksum", None)
        version = content.get("format")
        if isinstance(version, int) and version > FORMAT:
            raise ReceiptDamaged(f"The receipt has format {version}; this version reads up to {FORMAT}. Upgrade kefu.")
        if told != _checksum(content):
            raise ReceiptDamaged("The receipt was changed after it was written: its checksum differs. Export it again.")
        from pydantic import ValidationError

        try:
            return _adapter().validate_python(content)
        except ValidationError as error:
            where = ".".join(str(part) for part in error.errors()[0]["loc"])
            raise ReceiptDamaged(f"The receipt cannot be read: {where} is not what it should be.") from error


def _checksum(content: Mapping[str, Any]) -> str:
    spelled = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(spelled.encode()).hexdigest()


@cache
def _adapter() -> TypeAdapter[Receipt]:
    from pydantic import TypeAdapter

    return TypeAdapter(Receipt)
