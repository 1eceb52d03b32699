"""Order numbers, tracking numbers and SKUs among the lines of a picture.

A number is known by the word before it (订单号, Tracking no.) or by its shape. What text recognition confuses (O and 0,
I and 1) is put right by the shape, by a check digit, or by what the shop knows, in that order of trust from the last.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from app.domain.media import FoundNumber, KnownNumbers, NumberKind
from app.multimodal.number_shapes import CARRIERS, Shape, alternatives, digits_put_right, lookalike_key

_LABELS: tuple[tuple[NumberKind, re.Pattern[str]], ...] = (
    (
        "tracking_number",
        re.compile(
            r"(?:运单|快递|物流|包裹|货运)(?:编号|单号|号码|号)|TRACKING\s*(?:NUMBER|NO\.?|ID|CODE|#)?|WAYBILL(?:\s*NO\.?)?"
            r"|\bAWB\b|CONSIGNMENT(?:\s*NO\.?)?"
        ),
    ),
    ("order_number", re.compile(r"订单(?:编号|单号|号码|号|ID)?|ORDER\s*(?:NUMBER|NO\.?|ID|REF(?:ERENCE)?|#)?")),
    (
        "sku",
        re.compile(
            r"\bSKU\b|货号|商品(?:编号|编码|货号)|款号|\bITEM\s*(?:NUMBER|NO\.?|CODE|#)|\bART(?:ICLE)?\.?\s*NO\.?"
        ),
    ),
)
_AFTER_LABEL = re.compile(r"[\s:#.]*")
_TOKEN = re.compile(r"[A-Z0-9|]+(?:-[A-Z0-9|]+)*")
_GROUP = re.compile(r" ([A-Z0-9|]*\d[A-Z0-9|]*)(?![A-Z0-9|:/-])")
_DASHES = str.maketrans("‐‑‒–—―−_", "--------")
_CARRIER_WORDS = (
    ("SF", r"顺丰|\bSF EXPRESS\b"),
    ("YTO", r"圆通|\bYTO\b"),
    ("ZTO", r"中通|\bZTO\b"),
    ("STO", r"申通|\bSTO\b"),
    ("Yunda", r"韵达|\bYUNDA\b"),
    ("J&T", r"极兔|\bJ&T\b"),
    ("JD", r"京东(?:快递|物流)|\bJD LOGISTICS\b"),
    ("Deppon", r"德邦|\bDEPPON\b"),
    ("Post", r"邮政|\bEMS\b|\bUSPS\b|\bROYAL MAIL\b"),
    ("UPS", r"\bUPS\b"),
    ("FedEx", r"\bFEDEX\b|联邦快递"),
    ("DHL", r"\bDHL\b"),
)
_LEAST_LENGTH, _LONGEST = 6, 34
_LEAST_DIGITS = 4
_MOST_CHANGED = 2
"""Characters that may be put right in a number that only its shape tells."""
_MOST_OF_A_KIND = 10


@dataclass(frozen=True, slots=True)
class NumberShapes:
    """The forms of a company's own numbers."""

    order_numbers: tuple[Shape, ...] = ()
    skus: tuple[Shape, ...] = ()

    @classmethod
    def of(cls, order_numbers: Sequence[str], skus: Sequence[str]) -> NumberShapes:
        """From their spelling (see `number_shapes`). Raises ValueError."""
        return cls(tuple(map(Shape, order_numbers)), tuple(map(Shape, skus)))


@dataclass(frozen=True, slots=True)
class _Token:
    kind: NumberKind
    text: str
    row: int
    is_labelled: bool


def find_numbers(
    rows: Sequence[tuple[str, float]],
    shapes: NumberShapes,
    *,
    known: KnownNumbers | None = None,
    skus: Mapping[str, Sequence[str]] = MappingProxyType({}),
) -> tuple[FoundNumber, ...]:
    """Numbers in the order of the rows, each once; at most ten of a kind.

    Args:
        rows: text and confidence, in reading order.
        shapes: forms of the company's own numbers.
        known: what the customer has, to hold order and tracking numbers against.
        skus: all of the catalogue, to hold SKUs against, as `by_lookalike` has them; none where there is none.
    """
    finder = _Finder(shapes, known, skus)
    folded = [unicodedata.normalize("NFKC", text).upper().translate(_DASHES) for text, _ in rows]
    found: dict[tuple[str, str], FoundNumber] = {}
    for token in finder.tokens(folded):
        number = finder.settled(token, confidence=rows[token.row][1], carrier=_carrier(folded, token.row))
        of_kind = sum(kind == token.kind for kind, _ in found)
        if number is not None and of_kind < _MOST_OF_A_KIND and not _is_taken(found, number):
            found[number.kind, number.value] = number
    return tuple(found.values())


class _Finder:
    def __init__(self, shapes: NumberShapes, known: KnownNumbers | None, skus: Mapping[str, Sequence[str]]) -> None:
        self._shapes: dict[NumberKind, tuple[Shape, ...]] = {
            "order_number": shapes.order_numbers,
            "tracking_number": CARRIERS,
            "sku": shapes.skus,
        }
        nobody: Callable[[str], bool | None] = lambda _: None  # noqa: E731
        self._has: dict[NumberKind, Callable[[str], bool | None]] = {
            "order_number": known.has_order if known is not None else nobody,
            "tracking_number": known.has_parcel if known is not None else nobody,
        }
        self._skus = skus

    def tokens(self, rows: Sequence[str]) -> Iterator[_Token]:
        """What may be a number: first what is called one, then what looks like one."""
        taken: list[tuple[int, str]] = []
        for number, row in enumerate(rows):
            for kind, text, at in _labelled(rows, number, row):
                taken.append((at, text))
                yield _Token(kind, text, at, True)
        for number, row in enumerate(rows):
            for match in _TOKEN.finditer(row):
                text = match.group()
                if any(at == number and text in other for at, other in taken):
                    continue
                for kind in ("sku", "order_number", "tracking_number"):
                    if self._fits(kind, text):
                        yield _Token(kind, text, number, False)
                        break

    def settled(self, token: _Token, *, confidence: float, carrier: str | None) -> FoundNumber | None:
        """The number that a token stands for; None where it is none after all."""
        if token.kind == "sku":
            return self._sku(token, confidence)
        shape, value = self._shaped(token)
        if shape is not None and shape.carrier is not None:
            carrier = shape.carrier
        elif shape is None:
            value = digits_put_right(token.text)
        has = self._has[token.kind]
        is_known = has(value)
        if is_known is False:
            for other in dict.fromkeys([token.text, *alternatives(value)]):
                if has(other):
                    value, is_known = other, True
                    break
        return FoundNumber(
            token.kind,
            value,
            token.text,
            confidence,
            is_known,
            carrier if token.kind == "tracking_number" else None,
        )

    def _sku(self, token: _Token, confidence: float) -> FoundNumber | None:
        alike = self._skus.get(lookalike_key(token.text), [])
        exact = [sku for sku in alike if sku.upper() == token.text]
        if exact or len(alike) == 1:
            return FoundNumber("sku", (exact or alike)[0], token.text, confidence, True)
        _, value = self._shaped(token)
        return FoundNumber("sku", value, token.text, confidence, False if self._skus else None)

    def _shaped(self, token: _Token) -> tuple[Shape | None, str]:
        fits = [(fit[1], shape, fit[0]) for shape in self._shapes[token.kind] if (fit := shape.fit(token.text))]
        if not fits:
            return None, token.text
        _, shape, value = min(fits, key=lambda one: one[0])
        return shape, value

    def _fits(self, kind: NumberKind, text: str) -> bool:
        """Whether a token that nothing introduces is such a number."""
        if len(text) < _LEAST_LENGTH or _count_digits(text) < _LEAST_DIGITS:
            return False
        if kind == "sku" and lookalike_key(text) in self._skus:
            return True
        fits = (shape.fit(text) for shape in self._shapes[kind] if shape.is_telling)
        return any(fit is not None and fit[1] <= _MOST_CHANGED for fit in fits)


def _labelled(rows: Sequence[str], number: int, row: str) -> Iterator[tuple[NumberKind, str, int]]:
    """Numbers behind a label on this row, or alone on the next where the label ends this one."""
    spans: list[tuple[int, int]] = []
    for kind, label in _LABELS:
        for match in label.finditer(row):
            if any(start < match.end() and match.start() < end for start, end in spans):
                continue
            spans.append(match.span())
            at = _AFTER_LABEL.match(row, match.end())
            begin = at.end() if at is not None else match.end()
            value = _value(row, begin)
            if value is not None:
                yield kind, value, number
            elif begin >= len(row) and number + 1 < len(rows):
                value = _value(rows[number + 1], 0)
                if value is not None:
                    yield kind, value, number + 1


def _value(row: str, begin: int) -> str | None:
    match = _TOKEN.match(row, begin)
    if match is None:
        return None
    text, end = match.group(), match.end()
    # Apps set long numbers in groups: 1039 4827 1055 2.
    groups = 1
    while (group := _GROUP.match(row, end)) is not None and len(text) + len(group.group(1)) <= _LONGEST:
        least = 3 if groups < 3 else 1  # a short one can only be the rest of a row of them
        if not (least <= len(group.group(1)) <= 5 and _count_digits(text) >= 3):
            break
        text, end, groups = text + group.group(1), group.end(), groups + 1
    text = text.strip("-|")
    # Half of them may have been read as letters.
    digits = 2 * _count_digits(text) >= _LEAST_DIGITS <= _count_digits(lookalike_key(text))
    return text if _LEAST_LENGTH <= len(text) <= _LONGEST and digits and not _is_date(text) else None


def _count_digits(text: str) -> int:
    return sum(char.isdigit() for char in text)


def _is_date(text: str) -> bool:
    return re.fullmatch(r"(?:19|20)\d{2}-\d{1,2}-\d{1,2}", text) is not None


def _carrier(rows: Sequence[str], at: int) -> str | None:
    """The carrier that is named on the row itself, else on the nearest of the two before and after it."""
    for distance in (0, 1, 2):
        for number in (at - distance, at + distance):
            if 0 <= number < len(rows):
                for carrier, words in _CARRIER_WORDS:
                    if re.search(words, rows[number]):
                        return carrier
    return None


def _is_taken(found: dict[tuple[str, str], FoundNumber], number: FoundNumber) -> bool:
    return any(value == number.value for _, value in found)
