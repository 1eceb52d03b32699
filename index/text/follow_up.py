"""Telling questions that lean on the one before from those that stand alone."""

from __future__ import annotations

import re

from index.text.terms import content_terms

_REFERS = re.compile(
    r"^(?:那|那么|这个|那个|它|如果|要是|还有|另外)|呢[?？]?$"
    r"|^(?:and|what about|how about|what if|then)\b|\b(?:it|that|those|they|them|this one)\b",
    re.IGNORECASE,
)
_FEW_TERMS = 2


def is_follow_up(message: str) -> bool:
    """Whether a message refers back (那…呢, "what about …") or holds hardly any content words."""
    return bool(_REFERS.search(message)) or len(content_terms(message)) < _FEW_TERMS
