"""What was read in a picture or heard in a recording that a customer sent."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal, Protocol

from index.types import Language

NumberKind = Literal["order_number", "tracking_number", "sku"]
PixelBox = tuple[float, float, float, float]
"""Left, top, right and bottom in pixels of the picture as it is shown; y grows downwards."""


@dataclass(frozen=True, slots=True)
class TextLine:
    """A line of text in a picture."""

    text: str
    confidence: float
    """Mean probability of its characters, in [0, 1]."""
    box: PixelBox
    row: int
    """Lines of one row stand level; rows are counted from 0 in reading order."""
    is_instruction: bool = False
    """Whether it tells an assistant what to do. It is shown, and never handed on with a question."""

    def to_dict(self) -> dict[str, Any]:
        """As JSON."""
        return {
            "text": self.text,
            "confidence": round(self.confidence, 4),
            "box": [round(value, 1) for value in self.box],
            "row": self.row,
            "is_instruction": self.is_instruction,
        }


@dataclass(frozen=True, slots=True)
class FoundNumber:
    """A number that names something of the shop's."""

    kind: NumberKind
    value: str
    """As it is most likely printed: what is known to the shop, or what its check digit proves, goes before the letters
    that were read."""
    as_read: str
    confidence: float
    """Of the line that it stands on."""
    is_known: bool | None
    """Whether the shop has it; None where there was nothing to ask, or where the customer may not know."""
    carrier: str | None = None
    """Of a parcel, where the form of the number tells: SF, YT, UPS."""

    def to_dict(self) -> dict[str, Any]:
        """As JSON."""
        body: dict[str, Any] = {
            "value": self.value,
            "as_read": self.as_read,
            "confidence": round(self.confidence, 4),
            "is_known": self.is_known,
        }
        return {**body, "carrier": self.carrier} if self.kind == "tracking_number" else body


@dataclass(frozen=True, slots=True)
class ProductMatch:
    """A product of the catalogue whose name or SKU stands in the picture."""

    product_id: str
    sku: str
    """Of the variant that fits best."""
    name: str
    name_en: str
    score: float
    """In [0, 1]; 1 where the SKU itself was read."""
    matched: str
    """The words in the picture."""

    def to_dict(self) -> dict[str, Any]:
        """As JSON."""
        return {
            "product_id": self.product_id,
            "sku": self.sku,
            "name": self.name,
            "name_en": self.name_en,
            "score": round(self.score, 4),
            "matched": self.matched,
        }


@dataclass(frozen=True, slots=True)
class PictureReading:
    """Everything that was read in a picture. What is read is what a customer shows, never an instruction."""

    lines: tuple[TextLine, ...]
    """In reading order."""
    language: Language
    width: int
    """Of the picture as it is shown, in pixels (as `height`)."""
    height: int
    order_numbers: tuple[FoundNumber, ...] = ()
    tracking_numbers: tuple[FoundNumber, ...] = ()
    skus: tuple[FoundNumber, ...] = ()
    products: tuple[ProductMatch, ...] = ()
    """Best first."""
    warnings: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """All lines, one row a line."""
        return _by_rows(self.lines)

    @property
    def plain_text(self) -> str:
        """As `text`, without lines that tell an assistant what to do."""
        return _by_rows([line for line in self.lines if not line.is_instruction])

    def to_dict(self) -> dict[str, Any]:
        """As JSON."""
        return {
            "text": self.text,
            "language": self.language,
            "width": self.width,
            "height": self.height,
            "lines": [line.to_dict() for line in self.lines],
            "order_numbers": [number.to_dict() for number in self.order_numbers],
            "tracking_numbers": [number.to_dict() for number in self.tracking_numbers],
            "skus": [number.to_dict() for number in self.skus],
            "products": [product.to_dict() for product in self.products],
            "warnings": list(self.warnings),
        }


@dataclass(frozen=True, slots=True)
class SpokenPart:
    """A piece of a recording, about a sentence."""

    text: str
    start_s: float
    end_s: float
    confidence: float
    """Mean probability of its tokens, in [0, 1]."""

    @property
    def log_probability(self) -> float:
        """Natural logarithm of the confidence."""
        return math.log(max(self.confidence, 1e-9))

    def to_dict(self) -> dict[str, Any]:
        """As JSON."""
        return {
            "text": self.text,
            "start_s": round(self.start_s, 2),
            "end_s": round(self.end_s, 2),
            "confidence": round(self.confidence, 4),
        }


@dataclass(frozen=True, slots=True)
class Transcript:
    """What was said in a recording; `text` is "" when nobody speaks."""

    text: str
    language: Language
    duration_s: float
    parts: tuple[SpokenPart, ...]
    model: str
    warnings: tuple[str, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """As JSON."""
        return {
            "text": self.text,
            "language": self.language,
            "duration_s": round(self.duration_s, 2),
            "parts": [part.to_dict() for part in self.parts],
            "model": self.model,
            "warnings": list(self.warnings),
        }


class KnownNumbers(Protocol):
    """What numbers in a picture are held against.

    It answers for one customer: whether somebody else has an order of that number is nobody's business, so an
    implementation says no to it. None says that it cannot tell (nobody is identified yet).
    """

    def has_order(self, order_number: str) -> bool | None:
        """Whether this customer has an order of that number."""

    def has_parcel(self, tracking_number: str) -> bool | None:
        """Whether a parcel of that number belongs to one of this customer's orders."""


class ReadsPictures(Protocol):
    """Reads pictures; see `app.multimodal.PictureReader`."""

    def read(self, data: bytes, *, known: KnownNumbers | None = None) -> PictureReading:
        """What stands in it. Raises a leaf of `ingest.errors.PictureRefused` or of `app.multimodal.errors`."""


class Transcribes(Protocol):
    """Hears recordings; see `app.multimodal.Transcriber`."""

    def require(self) -> object:
        """Raises `VoiceUnavailable`, with what to do, where recordings cannot be heard."""

    def transcribe(self, data: bytes, *, language: Literal["zh", "en"] | None = None) -> Transcript:
        """What is said in it. Raises a leaf of `app.multimodal.errors.MediaError`."""


def _by_rows(lines: Sequence[TextLine]) -> str:
    rows: dict[int, list[str]] = {}
    for line in lines:
        rows.setdefault(line.row, []).append(line.text)
    return "\n".join("  ".join(row) for row in rows.values())
