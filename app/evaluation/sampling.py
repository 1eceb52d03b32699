"""Which questions are asked under a limit."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Protocol, TypeVar


class Question(Protocol):
    """What is chosen by its id."""

    @property
    def question_id(self) -> str:
        """Unique in its file."""

    @property
    def text(self) -> str:
        """In the customer's words."""


Q = TypeVar("Q", bound=Question)


def chosen_under(questions: Sequence[Q], limit: int | None, *, seed: int) -> list[Q]:
    """At most `limit` questions in their order, drawn by the seed and their ids.

    A smaller choice lies within a larger one of the same seed, so that runs of different limits can be compared.
    """
    if limit is None or limit >= len(questions):
        return list(questions)
    digests = {
        at: hashlib.sha256(f"{seed}\x00{question.question_id}".encode()).digest()
        for at, question in enumerate(questions)
    }
    kept = sorted(digests, key=digests.__getitem__)[:limit]
    return [questions[at] for at in sorted(kept)]
