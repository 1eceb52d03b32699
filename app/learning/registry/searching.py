"""Measures what puts things in order: embedder adapters, rerankers and recommenders."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from app.domain.learning import CandidateKind
from app.learning.registry.cases import ranked_cases
from app.learning.registry.findings import Finding
from app.learning.registry.measuring import Case, Outcome
from app.learning.registry.tensors import read_tensors

Search = Callable[[str], Sequence[str]]
"""Ids of what was found, best first, for a question (or a customer)."""


class RankingMeasure:
    """Fulfils `app.learning.registry.measuring.Measure`: recall of what is right among the first results."""

    is_classifier = False
    writes = False

    def __init__(
        self,
        kind: CandidateKind,
        search_with: Callable[[Path | None], Search],
        *,
        fixed_set: Sequence[Path],
        base: str | None = None,
        dimension: int | None = None,
        top: int = 5,
        max_mb: float = 512.0,
        inspect: Callable[[Path], list[Finding]] = lambda _folder: [],
    ) -> None:
        """Nothing is read yet.

        Args:
            kind: of the models.
            search_with: what searches with a candidate in a folder, or None: with what comes with kefu.
            fixed_set: files of questions and what is right; see `app.learning.registry.cases.ranked_cases`.
            base: id of the embedder that they have to stand on.
            dimension: of its vectors: each matrix of a candidate has to have it on one side; None asks for nothing.
            top: how many results count.
            max_mb: most megabytes.
            inspect: what more there is to be looked at in a folder.
        """
        self.kind, self.base, self.max_mb = kind, base, max_mb
        self._search_with, self._fixed_set = search_with, tuple(fixed_set)
        self._dimension, self._top, self._inspect = dimension, top, inspect

    def cases(self) -> Sequence[Case]:
        """Of all files of the fixed set."""
        return ranked_cases(self._fixed_set)

    def inspect(self, folder: Path, names: Collection[str]) -> list[Finding]:
        """Shapes, then what was handed in."""
        if self._dimension is not None:
            for name in sorted(names):
                if name.endswith(".safetensors"):
                    for part, values in read_tensors(folder / name).items():
                        if values.ndim == 2 and self._dimension not in values.shape:
                            found = "x".join(map(str, values.shape))
                            facts = {"part": part, "found": found, "wanted": f"… x {self._dimension}"}
                            return [Finding("shape_wrong", facts)]
        return self._inspect(folder)

    def outcomes(self, folder: Path | None, cases: Sequence[Case]) -> Sequence[Outcome]:
        """Share of what is right among the first results; the output is the first of them."""
        search = self._search_with(folder)
        if cases:
            search(cases[0].text)
        found = []
        for case in cases:
            start = time.perf_counter()
            results = list(search(case.text))[: self._top]
            took = (time.perf_counter() - start) * 1000
            right = len(set(case.gold) & set(results)) / min(len(set(case.gold)), self._top)
            found.append(Outcome(float(np.clip(right, 0.0, 1.0)), results[0] if results else "", took))
        return found

    def remembered(self, folder: Path, cases: Sequence[Case]) -> Collection[int]:  # noqa: ARG002
        """Cannot be seen in the weights."""
        return ()

    def replayed(self, folder: Path | None, questions: Sequence[str]) -> Sequence[tuple[str, bool]]:
        """The first result of each, declined where there is none."""
        search = self._search_with(folder)
        firsts = [next(iter(search(question)), "") for question in questions]
        return [(first, not first) for first in firsts]

    def retrained(self, lineage: Mapping[str, Any], data: Sequence[Path]) -> Path | None:  # noqa: ARG002
        """Takes too long."""
        return None
