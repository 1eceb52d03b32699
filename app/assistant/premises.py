"""A question that takes something false for granted is answered with the sentence that says otherwise."""

from __future__ import annotations

import re
from collections.abc import Sequence

from app.domain import Evidence
from app.generation.premise import asserted, contradicts

_NEAREST = 3
"""Pieces of evidence that may contradict: farther ones are about other cases too often."""
_ASSENT = re.compile(
    r"^(?:是的|对的|没错|当然(?:可以)?|可以的|好的"
    r"|yes|yeah|correct|right|sure|certainly|that(?:'s| is) (?:right|correct))"
    r"(?:[，,。．.！!、\s]+|$)",
    re.IGNORECASE,
)


def false_premise(question: str, evidence: Sequence[Evidence]) -> Evidence | None:
    """The single sentence that contradicts what the question takes for granted; None where none surely does."""
    claims = asserted(question)
    if not claims:
        return None
    near = [single for item in evidence[:_NEAREST] for single in item.single_sentences() if not single.is_question]
    beside = [item.passage.text for item in evidence]
    for single in near:
        around = f"{single.passage.context}\n{single.row_name}"
        if any(contradicts(claim, single.quote, context=around, beside=beside) for claim in claims):
            return single
    return None


def without_assent(sentence: str) -> str:
    """A sentence without a leading yes, which would agree with what it corrects; "" where nothing else is said."""
    return _ASSENT.sub("", sentence.strip())
