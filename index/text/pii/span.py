"""What kinds of personal data there are, and one place where some stands."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

PersonalType = Literal[
    "PERSON",
    "PHONE",
    "LANDLINE",
    "EMAIL",
    "ADDRESS",
    "ID_CARD",
    "BANK_CARD",
    "IBAN",
    "PASSPORT",
    "PLATE",
    "WECHAT",
    "QQ",
    "IP",
    "BIRTH_DATE",
    "LINK",
    "ORDER_NUMBER",
]
"""LINK: a web address that may lead to one person; ORDER_NUMBER: of an order, a parcel or a case."""

_PRESIDIO: dict[PersonalType, str] = {
    "PHONE": "PHONE_NUMBER",
    "LANDLINE": "PHONE_NUMBER",
    "EMAIL": "EMAIL_ADDRESS",
    "ADDRESS": "STREET_ADDRESS",
    "BANK_CARD": "CREDIT_CARD",
    "IBAN": "IBAN_CODE",
    "IP": "IP_ADDRESS",
    "BIRTH_DATE": "DATE_TIME",
    "LINK": "DOMAIN_NAME",
}
_WEIGHT: dict[PersonalType, int] = {"ORDER_NUMBER": 0, "PERSON": 1}
_USUAL = 2


@dataclass(frozen=True, slots=True, order=True)
class PersonalSpan:
    """One place: code points start to end (past the last) of the text."""

    start: int
    end: int
    type: PersonalType

    def name(self, *, is_english: bool) -> str:
        """What other programs call its type: in English text as Microsoft Presidio and its evaluators do."""
        return _PRESIDIO.get(self.type, self.type) if is_english else self.type


def without_overlaps(spans: Iterable[PersonalSpan]) -> list[PersonalSpan]:
    """Spans in order, none in another: of two that overlap a stricter type stays, then the longer, then the first."""
    kept: list[PersonalSpan] = []
    for span in sorted(spans, key=lambda span: (-_WEIGHT.get(span.type, _USUAL), span.start - span.end, span.start)):
        if all(span.end <= other.start or other.end <= span.start for other in kept):
            kept.append(span)
    return sorted(kept)
