"""What a gate measures with: cases of fixed sets, what a model makes of them, and the port of a kind of model."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from app.domain.learning import CandidateKind
from app.learning.registry.findings import Finding


@dataclass(frozen=True, slots=True)
class Case:
    """A question of a fixed set, never trained on."""

    case_id: str
    text: str
    gold: tuple[str, ...]
    """What is right: a label, documents, items or facts."""
    language: str
    type: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a model made of a question."""

    score: float
    """How right, in [0, 1]."""
    output: str
    """Label, first document or words."""
    ms: float
    """Time it took."""


class Measure(Protocol):
    """Knows one kind of model."""

    @property
    def kind(self) -> CandidateKind:
        """The kind."""

    @property
    def base(self) -> str | None:
        """Id of what such a model has to stand on; None where nothing is asked for."""

    @property
    def is_classifier(self) -> bool:
        """Whether outputs are labels of the kind that `Case.gold` names."""

    @property
    def writes(self) -> bool:
        """Whether outputs are words for customers."""

    @property
    def max_mb(self) -> float:
        """Most megabytes of such a model."""

    def cases(self) -> Sequence[Case]:
        """The fixed set; [] where the company has none."""

    def inspect(self, folder: Path, names: Collection[str]) -> list[Finding]:
        """What is wrong with the files beyond their numbers: shapes, kind, base."""

    def outcomes(self, folder: Path | None, cases: Sequence[Case]) -> Sequence[Outcome]:
        """What a model in a folder, or the one that comes with kefu for None, makes of cases, in their order."""

    def remembered(self, folder: Path, cases: Sequence[Case]) -> Collection[int]:
        """Numbers of the cases that the weights themselves hold, where that can be seen."""

    def replayed(self, folder: Path | None, questions: Sequence[str]) -> Sequence[tuple[str, bool]]:
        """Output for questions of customers, and whether each was declined."""

    def retrained(self, lineage: Mapping[str, Any], data: Sequence[Path]) -> Path | None:
        """A folder, to be removed, of a model made again from the record; None where that takes much."""
