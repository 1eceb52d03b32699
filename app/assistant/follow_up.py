"""What a short follow-up question means: the question before it, asked of something else."""

from __future__ import annotations

import re
from collections.abc import Sequence

from app.domain import Message
from index.text.terms import content_terms

_REFERS = re.compile(
    r"^(?:那|那么|这个|那个|它|如果|要是|还有|另外)|呢[?？]?$"
    r"|^(?:and|what about|how about|what if|then)\b|\b(?:it|that|those|they|them|this one)\b",
    re.IGNORECASE,
)
_FEW_TERMS = 2


def standalone_question(message: str, history: Sequence[Message]) -> str:
    """The message itself, or with the customer's last question before it when it cannot be understood alone.

    A message needs the one before when it refers back (那…呢, "what about …") or holds hardly any content words.
    """
    before = next((item.content for item in reversed(history) if item.role == "user" and item.content.strip()), None)
    if before is None or not (_REFERS.search(message) or len(content_terms(message)) < _FEW_TERMS):
        return message
    return f"{before.strip()}\n{message}"
