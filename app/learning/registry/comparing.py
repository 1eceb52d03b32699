"""A candidate beside what serves, question by question."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from app.evaluation.significance import mcnemar_exact, swap_test
from app.learning.registry.findings import Finding
from app.learning.registry.measuring import Case, Outcome

_SEED = 20261125


@dataclass(frozen=True, slots=True)
class CompareParams:
    """What better is, and what is not worse."""

    significance: float = 0.05
    """Largest two-sided p of the difference on the main figure."""
    language_tolerance: float = 0.02
    """How much worse it may be in a language, in shares."""
    type_tolerance: float = 0.10
    """How much worse it may be on a type of question; beyond it by more than chance it is refused."""
    type_significance: float = 0.01
    """Largest p of that: types are many and small, and each is one more chance of a false alarm."""
    least_of_language: int = 30
    least_of_type: int = 8
    slower: float = 1.5
    """Times the serving model's 95th percentile of the time, at most."""
    slower_ms: float = 5.0
    """Differences below this are not felt."""


@dataclass(frozen=True, slots=True)
class Beside:
    """One figure of both, on the same questions."""

    name: str
    found: float
    before: float
    count: int
    p: float
    """That they differ only by chance, two-sided."""

    def to_dict(self) -> dict[str, Any]:
        """As JSON."""
        return {
            "name": self.name,
            "candidate": round(self.found, 4),
            "serving": round(self.before, 4),
            "questions": self.count,
            "p": round(self.p, 6),
        }


@dataclass(frozen=True, slots=True)
class Comparison:
    """All figures of both."""

    main: Beside
    languages: tuple[Beside, ...]
    types: tuple[Beside, ...]
    ms: tuple[float, float]
    """95th percentile of the time, candidate and serving."""

    def to_dict(self) -> dict[str, Any]:
        """As JSON."""
        return {
            "main": self.main.to_dict(),
            "languages": [item.to_dict() for item in self.languages],
            "types": [item.to_dict() for item in self.types],
            "p95_ms": {"candidate": round(self.ms[0], 2), "serving": round(self.ms[1], 2)},
        }


def compare(cases: Sequence[Case], found: Sequence[Outcome], before: Sequence[Outcome]) -> Comparison:
    """Paired by question. Raises `ValueError` without cases."""
    if not cases:
        raise ValueError("Expected at least one case.")
    return Comparison(
        main=_beside("all", range(len(cases)), found, before),
        languages=tuple(_parts([case.language for case in cases], found, before)),
        types=tuple(_parts([case.type for case in cases], found, before)),
        ms=(_p95(found), _p95(before)),
    )


def judge(comparison: Comparison, params: CompareParams) -> list[Finding]:
    """What speaks against the candidate, what explains most first.

    Worse in one language explains worse on the whole; worse in every language is worse on the whole.
    """
    main, found = comparison.main, []
    judged = [part for part in comparison.languages if part.count >= params.least_of_language]
    worse = [part for part in judged if part.found < part.before - params.language_tolerance]
    is_worse_on_the_whole = main.found < main.before and main.p <= params.significance
    if is_worse_on_the_whole:
        found.append(Finding("worse", _facts(main)))
    elif not (main.found > main.before and main.p <= params.significance):
        found.append(Finding("not_better", _facts(main) | {"limit": params.significance}))
    by_language = [
        Finding("worse_language", _facts(part) | {"name": part.name, "limit": params.language_tolerance})
        for part in worse
    ]
    is_everywhere = is_worse_on_the_whole and len(worse) == len(judged)
    found = [*found, *by_language] if is_everywhere else [*by_language, *found]
    for part in comparison.types:
        is_worse = part.found < part.before - params.type_tolerance and part.p <= params.type_significance
        if part.count >= params.least_of_type and is_worse:
            found.append(Finding("worse_type", _facts(part) | {"name": part.name}))
    mine, theirs = comparison.ms
    if mine > params.slower * theirs and mine - theirs > params.slower_ms:
        found.append(Finding("slower", {"found": mine, "before": theirs}))
    return found


def _facts(part: Beside) -> dict[str, Any]:
    return {"found": part.found, "before": part.before, "count": part.count, "p": part.p}


def _parts(names: Sequence[str], found: Sequence[Outcome], before: Sequence[Outcome]) -> list[Beside]:
    return [
        _beside(name, [at for at, own in enumerate(names) if own == name], found, before) for name in sorted(set(names))
    ]


def _beside(name: str, rows: Sequence[int], found: Sequence[Outcome], before: Sequence[Outcome]) -> Beside:
    one, other = [found[at].score for at in rows], [before[at].score for at in rows]
    if all(value in (0.0, 1.0) for value in (*one, *other)):
        won = sum(a > b for a, b in zip(one, other, strict=True))
        lost = sum(a < b for a, b in zip(one, other, strict=True))
        p = mcnemar_exact(won, lost)
    else:
        p = swap_test([((b, 1.0), (a, 1.0)) for a, b in zip(one, other, strict=True)], seed=_SEED)
    return Beside(name, float(np.mean(one)), float(np.mean(other)), len(rows), p)


def _p95(outcomes: Sequence[Outcome]) -> float:
    return float(np.quantile([item.ms for item in outcomes], 0.95))
