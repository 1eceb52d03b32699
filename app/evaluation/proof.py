"""Does what an answer cites hold? The words against the stored passage, the figures against the words."""

from __future__ import annotations

import hashlib
from collections.abc import Callable

from app.domain import Answer
from app.generation.held import missing_quantities
from index.types import Passage


def broken_citations(answer: Answer, passage_of: Callable[[str], Passage]) -> list[str]:
    """Citations whose offsets or hash differ from the stored passage, one line each; [] when all hold.

    `passage_of` raises KeyError for a passage that is not stored, which is a fault too; so are a supported sentence
    without a citation, and a marker without one.
    """
    faults = []
    for citation in answer.citations:
        try:
            quote = passage_of(citation.passage_id).text[citation.start : citation.end]
        except KeyError:
            faults.append(f"[{citation.marker}] cites {citation.passage_id}, which is not stored")
            continue
        if quote != citation.quote:
            faults.append(f"[{citation.marker}] quotes other words than are stored in {citation.passage_id}")
        elif hashlib.sha256(quote.encode()).hexdigest() != citation.quote_sha256:
            faults.append(f"[{citation.marker}] has the wrong hash")
    markers = {citation.marker for citation in answer.citations}
    for sentence in answer.sentences:
        if sentence.supported and not sentence.citations:
            faults.append(f"no citation: {sentence.text}")
        faults += [f"no citation of number {marker}" for marker in sentence.citations if marker not in markers]
    return faults


def unfounded_figures(answer: Answer) -> list[str]:
    """Delivered sentences with a number, amount or date that the text they cite does not hold, one line each.

    Quantities are brought to one form first (七日 is 7 days); see `app.generation.quantities`.
    """
    quotes = {citation.marker: citation.quote for citation in answer.citations}
    faults = []
    for sentence in answer.sentences:
        cited = "\n".join(quotes[marker] for marker in sentence.citations if marker in quotes)
        missing = missing_quantities(sentence.text, cited) if sentence.supported else []
        if missing:
            names = ", ".join(quantity.text.strip() for quantity in missing)
            faults.append(f"not in the cited text: {names} ({sentence.text})")
    return faults
