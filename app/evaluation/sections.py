"""One part of an evaluation: its questions with what each scored, and its figures."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from app.evaluation.measures import (
    Estimate,
    Measure,
    Score,
    estimate,
    is_bad,
    score_from_json,
    score_to_json,
)

Grouping = Literal["type", "language"]


@dataclass(frozen=True, slots=True)
class Shown:
    """A passage or document that stood before the assistant, for people to read."""

    document_id: str
    title: str
    text: str
    """Its beginning."""
    role: str = ""
    """Such as "gold", "positive", "negative", "falsified"; empty for what is none of these."""

    @classmethod
    def of(cls, document_id: str, title: str, text: str, role: str = "", *, limit: int = 160) -> Shown:
        """With at most `limit` characters of the text."""
        flat = " ".join(text.split())
        return cls(document_id, title, flat if len(flat) <= limit else f"{flat[:limit]}…", role)

    def to_dict(self) -> dict[str, Any]:
        """As JSON."""
        return {"document_id": self.document_id, "title": self.title, "text": self.text, "role": self.role}


@dataclass(frozen=True, slots=True)
class QuestionResult:
    """One question as it was put, what came of it, and what that scores."""

    question_id: str
    text: str
    type: str
    language: str
    scores: Mapping[str, Score]
    """By name of a measure; a measure that does not bear on the question is not there."""
    expected: Mapping[str, Any] = field(default_factory=dict)
    """What a right answer holds, in the words of the question set."""
    answer: Mapping[str, Any] | None = None
    """`Answer.to_dict`; None where nothing was answered."""
    retrieved: Sequence[Shown] = ()
    """What stood first in the search, or the passages that were given."""
    faults: Sequence[str] = ()
    """What is wrong with the answer's citations and figures, a line each."""
    input_digest: str = ""
    """Of everything that was put to the assistant and what was expected: results are compared where it is the same."""

    @classmethod
    def from_dict(cls, body: Mapping[str, Any]) -> QuestionResult:
        """From JSON. Raises `KeyError`, `TypeError` or `ValueError` for what is no question's result."""
        return cls(
            question_id=str(body["id"]),
            text=str(body["text"]),
            type=str(body["type"]),
            language=str(body["language"]),
            scores={str(name): score_from_json(value) for name, value in dict(body["scores"]).items()},
            expected=dict(body["expected"]),
            answer=body["answer"],
            retrieved=tuple(Shown(**item) for item in body["retrieved"]),
            faults=tuple(body["faults"]),
            input_digest=str(body["input_digest"]),
        )

    def to_dict(self) -> dict[str, Any]:
        """As JSON."""
        return {
            "id": self.question_id,
            "text": self.text,
            "type": self.type,
            "language": self.language,
            "scores": {name: score_to_json(score) for name, score in self.scores.items()},
            "expected": dict(self.expected),
            "answer": self.answer,
            "retrieved": [item.to_dict() for item in self.retrieved],
            "faults": list(self.faults),
            "input_digest": self.input_digest,
        }


@dataclass(frozen=True, slots=True)
class Section:
    """A part with figures of its own."""

    name: str
    """Stable, such as "answers" or "zh_refine"."""
    title: str
    measures: tuple[Measure, ...]
    questions: tuple[QuestionResult, ...]
    notes: tuple[str, ...] = ()
    """What a reader of the figures has to know, such as questions that were left out."""

    @classmethod
    def from_dict(cls, body: Mapping[str, Any]) -> Section:
        """From JSON; the figures are counted anew. Raises as `QuestionResult.from_dict`."""
        keys = ("name", "meaning", "kind", "is_higher_better")
        return cls(
            name=str(body["name"]),
            title=str(body["title"]),
            measures=tuple(Measure(**{key: figure[key] for key in keys}) for figure in body["figures"]),
            questions=tuple(QuestionResult.from_dict(question) for question in body["questions"]),
            notes=tuple(body["notes"]),
        )

    def estimates(self, *, seed: int) -> dict[str, Estimate]:
        """Each figure by name; one that no question bears on is left out."""
        return _estimates(self.measures, self.questions, seed=seed)

    def estimates_by(self, grouping: Grouping, *, seed: int) -> dict[str, dict[str, Estimate]]:
        """The figures of each type or language, in the order in which these first occur."""
        groups: dict[str, list[QuestionResult]] = {}
        for question in self.questions:
            groups.setdefault(question.type if grouping == "type" else question.language, []).append(question)
        return {name: _estimates(self.measures, members, seed=seed) for name, members in groups.items()}

    def failures(self) -> list[tuple[QuestionResult, list[Measure]]]:
        """The questions to look at, with the measures that they fail; those that fail most come first."""
        found = []
        for question in self.questions:
            failed = [m for m in self.measures if m.name in question.scores and is_bad(m, question.scores[m.name])]
            if failed:
                found.append((question, failed))
        return sorted(found, key=lambda item: -len(item[1]))

    def summary(self, *, seed: int) -> dict[str, Any]:
        """As JSON, without the questions."""
        total = self.estimates(seed=seed)
        by = {grouping: self.estimates_by(grouping, seed=seed) for grouping in ("type", "language")}
        return {
            "name": self.name,
            "title": self.title,
            "notes": list(self.notes),
            "figures": [
                {
                    **measure.to_dict(),
                    **total[measure.name].to_dict(),
                    **{
                        f"by_{grouping}": {
                            group: estimates[measure.name].to_dict()
                            for group, estimates in groups.items()
                            if measure.name in estimates
                        }
                        for grouping, groups in by.items()
                    },
                }
                for measure in self.measures
                if measure.name in total
            ],
        }

    def to_dict(self, *, seed: int) -> dict[str, Any]:
        """As JSON."""
        return {**self.summary(seed=seed), "questions": [question.to_dict() for question in self.questions]}


def input_digest(*parts: Any) -> str:
    """Twelve hex digits that are the same for the same question, expectation and passages."""
    return hashlib.sha256(json.dumps(parts, ensure_ascii=False, sort_keys=True).encode()).hexdigest()[:12]


def _estimates(measures: Sequence[Measure], questions: Iterable[QuestionResult], *, seed: int) -> dict[str, Estimate]:
    members = list(questions)
    found = {}
    for measure in measures:
        scores = [question.scores[measure.name] for question in members if measure.name in question.scores]
        counted = estimate(measure, scores, seed=seed)
        if counted is not None:
            found[measure.name] = counted
    return found
