"""Measures language models and their adapters by what they answer."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from app.domain.learning import CandidateKind
from app.learning.registry.cases import EITHER, answered_cases, drawn
from app.learning.registry.findings import Finding
from app.learning.registry.measuring import Case, Outcome
from index.text.normalize import collapse_spaces, fold


@dataclass(frozen=True, slots=True)
class Answered:
    """What was answered to a question."""

    text: str
    is_declined: bool


Answer = Callable[[str], Answered]


class AnsweringMeasure:
    """Fulfils `app.learning.registry.measuring.Measure`: right is what says all facts, or declines where it has to."""

    kind: CandidateKind = "llm"
    is_classifier = False
    writes = True

    def __init__(
        self,
        answer_with: Callable[[Path | None], Answer],
        *,
        fixed_set: Sequence[Path],
        base: str | None = None,
        most: int | None = None,
        max_mb: float = 2048.0,
        inspect: Callable[[Path], list[Finding]] = lambda _folder: [],
    ) -> None:
        """`answer_with` gives what answers with an adapter in a folder, or None: with the model as it comes.

        `most` questions are asked, and as many replayed: an answer takes seconds.
        """
        self._most = most
        self.base, self.max_mb = base, max_mb
        self._answer_with, self._fixed_set, self._inspect = answer_with, tuple(fixed_set), inspect

    def cases(self) -> Sequence[Case]:
        """Of all files of the fixed set."""
        found = answered_cases(self._fixed_set)
        return found if self._most is None else drawn(found, self._most)

    def inspect(self, folder: Path, names: Collection[str]) -> list[Finding]:  # noqa: ARG002
        """As was handed in."""
        return self._inspect(folder)

    def outcomes(self, folder: Path | None, cases: Sequence[Case]) -> Sequence[Outcome]:
        """Whether each answer says all that it has to."""
        answer = self._answer_with(folder)
        found = []
        for case in cases:
            start = time.perf_counter()
            given = answer(case.text)
            took = (time.perf_counter() - start) * 1000
            found.append(Outcome(float(_is_right(case, given)), given.text, took))
        return found

    def remembered(self, folder: Path, cases: Sequence[Case]) -> Collection[int]:  # noqa: ARG002
        """Cannot be seen in the weights."""
        return ()

    def replayed(self, folder: Path | None, questions: Sequence[str]) -> Sequence[tuple[str, bool]]:
        """The words of each answer, and whether it was declined."""
        answer = self._answer_with(folder)
        given = [answer(question) for question in questions]
        return [(item.text, item.is_declined) for item in given]

    def retrained(self, lineage: Mapping[str, Any], data: Sequence[Path]) -> Path | None:  # noqa: ARG002
        """Takes too long."""
        return None


def _is_right(case: Case, given: Answered) -> bool:
    if not case.gold:
        return given.is_declined
    said = collapse_spaces(fold(given.text))
    return not given.is_declined and all(
        any(collapse_spaces(fold(way)) in said for way in fact.split(EITHER)) for fact in case.gold
    )
