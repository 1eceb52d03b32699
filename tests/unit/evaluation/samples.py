"""Small results, for tests of what is made of them."""

from typing import Any

from app.evaluation.answers import MEASURES
from app.evaluation.measures import Ratio, Score
from app.evaluation.result import EvaluationResult
from app.evaluation.sections import QuestionResult, Section, Shown
from tests.fakes import answer_of, passage


def result_of(*questions: QuestionResult, name: str = "shop", **settings: Any) -> EvaluationResult:
    """A result with one section of answers."""
    values = {"date": "2026-11-24T10:00:00+08:00", "seed": 0, "mode": "extractive", "files": {}, **settings}
    return EvaluationResult(name, values, (Section("answers", "Answers", MEASURES, questions),))


def question_of(name: str, *, right: bool, text: str = "几天内能退？", **fields: Any) -> QuestionResult:
    """An answerable question whose answer quotes one passage."""
    scores: dict[str, Score] = {"right": right, "cited": True, "broken_citations": Ratio(0, 1)}
    values: dict[str, Any] = {
        "question_id": name,
        "text": text,
        "type": "single",
        "language": "zh",
        "scores": scores,
        "expected": {"must_include": [["7天", "七天"], ["运费"]], "documents": ["a.md"]},
        "answer": answer_of(("8天内可退。", passage("8天内可退。", "a.md#1"))).to_dict(),
        "retrieved": (Shown.of("a.md", "退货", "8天内可退。", "gold"),),
        "faults": (),
        "input_digest": f"digest of {name}",
        **fields,
    }
    return QuestionResult(**values)
