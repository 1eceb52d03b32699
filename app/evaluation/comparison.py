"""Two evaluations of the same questions: what changed, and whether it is more than chance."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from app.evaluation.errors import ResultsDiffer
from app.evaluation.measures import Measure, Ratio, Score, counted, estimate, mean_part
from app.evaluation.result import EvaluationResult
from app.evaluation.sections import QuestionResult, Section
from app.evaluation.significance import mcnemar_exact, swap_test

_Pair = tuple[QuestionResult, QuestionResult]


@dataclass(frozen=True, slots=True)
class Change:
    """One figure in both results, over the questions that it bears on in both."""

    section: str
    measure: Measure
    questions: int
    first: float
    second: float
    p: float
    """Of a difference this large by chance, two-sided: McNemar's exact test, or the swap test for numbers."""
    won: tuple[str, ...]
    """Questions on which the second is better, by id."""
    lost: tuple[str, ...]

    @property
    def difference(self) -> float:
        """Second minus first."""
        return self.second - self.first

    def to_dict(self) -> dict[str, Any]:
        """As JSON."""
        return {
            "section": self.section,
            **self.measure.to_dict(),
            "questions": self.questions,
            "first": self.first,
            "second": self.second,
            "difference": self.difference,
            "p": self.p,
            "won": list(self.won),
            "lost": list(self.lost),
        }


@dataclass(frozen=True, slots=True)
class Comparison:
    """Every figure that both results have."""

    set_names: tuple[str, str]
    changes: tuple[Change, ...]
    settings: Mapping[str, tuple[Any, Any]]
    """Those that differ, with both values."""
    unpaired: Mapping[str, tuple[int, int]]
    """By section: questions that the first or the second has alone, or asked otherwise."""

    def to_dict(self) -> dict[str, Any]:
        """As JSON."""
        return {
            "sets": list(self.set_names),
            "settings": {name: list(values) for name, values in self.settings.items()},
            "unpaired": {name: list(counts) for name, counts in self.unpaired.items()},
            "figures": [change.to_dict() for change in self.changes],
        }


def compare(first: EvaluationResult, second: EvaluationResult) -> Comparison:
    """Compare over the questions that both asked in the same way: same words, passages and expectation.

    Raises `ResultsDiffer` when there is none.
    """
    others = {section.name: section for section in second.sections}
    changes: list[Change] = []
    unpaired: dict[str, tuple[int, int]] = {}
    paired = 0
    for section in first.sections:
        if section.name not in others:
            continue
        pairs = _pairs(section, others[section.name])
        paired += len(pairs)
        alone = (len(section.questions) - len(pairs), len(others[section.name].questions) - len(pairs))
        if any(alone):
            unpaired[section.name] = alone
        seed = first.seed
        found = (_change(section.name, measure, pairs, seed=seed) for measure in section.measures)
        changes += [change for change in found if change is not None]
    if not paired:
        raise ResultsDiffer(
            f"The results have no question in common: the first is of {_described(first)}, the second of "
            f"{_described(second)}. Compare two runs over the same questions."
        )
    names = [name for name in first.settings if name not in ("date", "seconds", "written_by")]
    settings = {
        name: (first.settings[name], second.settings.get(name))
        for name in names
        if first.settings[name] != second.settings.get(name)
    }
    return Comparison((first.set_name, second.set_name), tuple(changes), settings, unpaired)


def _pairs(first: Section, second: Section) -> list[_Pair]:
    others = {(question.question_id, question.input_digest): question for question in second.questions}
    keys = [(question, (question.question_id, question.input_digest)) for question in first.questions]
    return [(question, others[key]) for question, key in keys if key in others]


def _change(section: str, measure: Measure, pairs: Sequence[_Pair], *, seed: int) -> Change | None:
    """None when the figure bears on no question in both.

    A ratio may have nothing to count on one side alone (a declined answer cites nothing); that counts as 0 of 0.
    """
    nothing = Ratio(0, 0)
    named: list[tuple[str, Score, Score]] = []
    for one, other in pairs:
        if measure.kind == "ratio" and (measure.name in one.scores or measure.name in other.scores):
            scores = (one.scores.get(measure.name, nothing), other.scores.get(measure.name, nothing))
            named.append((one.question_id, *scores))
        elif measure.name in one.scores and measure.name in other.scores:
            named.append((one.question_id, one.scores[measure.name], other.scores[measure.name]))
    before = estimate(measure, [score for _, score, _ in named], seed=seed)
    after = estimate(measure, [score for _, _, score in named], seed=seed)
    if before is None or after is None:
        return None
    better, worse = _ordered(measure, named)
    won, lost = (better, worse) if measure.is_higher_better else (worse, better)
    return Change(
        section=section,
        measure=measure,
        questions=len(named),
        first=before.value,
        second=after.value,
        p=_p(measure, named, seed=seed),
        won=tuple(won),
        lost=tuple(lost),
    )


def _ordered(measure: Measure, named: Sequence[tuple[str, Score, Score]]) -> tuple[list[str], list[str]]:
    """Questions whose value rose, and those whose value fell."""
    values = [(name, _value(measure, one), _value(measure, other)) for name, one, other in named]
    return (
        [name for name, one, other in values if other > one],
        [name for name, one, other in values if other < one],
    )


def _value(measure: Measure, score: Score) -> float:
    if measure.kind == "mean":
        return mean_part(score)
    part = counted(score)
    return part.count / part.of if part.of else 0.0


def _p(measure: Measure, named: Sequence[tuple[str, Score, Score]], *, seed: int) -> float:
    if measure.kind == "share":
        rose, fell = _ordered(measure, named)
        return mcnemar_exact(len(rose), len(fell))
    pairs = [(_parts(measure, one), _parts(measure, other)) for _, one, other in named]
    return swap_test(pairs, seed=seed)


def _parts(measure: Measure, score: Score) -> tuple[float, float]:
    """Numerator and denominator."""
    if measure.kind == "mean":
        return mean_part(score), 1.0
    part = counted(score)
    return float(part.count), float(part.of)


def _described(result: EvaluationResult) -> str:
    sections = ", ".join(f"{len(section.questions)} in {section.name}" for section in result.sections) or "no questions"
    return f"{result.set_name} ({sections})"
