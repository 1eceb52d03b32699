"""A sign that a document answers a question, or that it does not."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

Source = Literal["rating", "opened", "edit", "reply", "gap"]
"""A rated answer cited it; somebody opened it from the answer; an agent sent a reply that rests on it, edited or of
their own; a person took a document into the base for a question that it could not answer."""


@dataclass(frozen=True, slots=True)
class Signal:
    """One person's sign for one answer."""

    question: str
    documents: tuple[str, ...]
    source: Source
    at: datetime
    """Aware."""
    customer: str
    """Pseudonym of whoever gave it; "" where nobody knows."""
    is_against: bool = False
    """A thumb down: these documents do not answer."""
    is_held: bool = True
    """Whether the verifier found that these documents bear out what was said."""
