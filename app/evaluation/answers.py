"""Is an answer right, does it cite the right article, is what nothing answers declined?"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from app.domain import Answer
from app.domain.answer import unmarked
from app.evaluation.datasets import GoldenQuestion
from app.evaluation.examiner import DECLINED, PROOF_MEASURES, Asked, Examiner
from app.evaluation.matching import holds, holds_all
from app.evaluation.measures import Measure, Score
from app.evaluation.sections import QuestionResult, Section, input_digest

MEASURES = (
    Measure("right", "Answer right, of the questions that the documents answer.", "share"),
    Measure("cited", "A right article among the citations, of the questions that the documents answer.", "share"),
    Measure("unanswerable_declined", "Declined, of the questions that nothing answers.", "share"),
    Measure("premise_corrected", "Answered with the correction, of the questions with a false premise.", "share"),
    Measure(
        "wrongly_declined",
        "Declined, of the questions that the documents answer.",
        "share",
        is_higher_better=False,
    ),
    *PROOF_MEASURES,
)


@dataclass(frozen=True, slots=True)
class Judgement:
    """What an answer to a golden question was worth."""

    question: GoldenQuestion
    answer: Answer
    is_declined: bool
    is_cited: bool
    """One of the right articles is among the citations; False for a declined answer."""
    is_right: bool
    """Declined when it should be; else answered with one alternative of each group and nothing that must not be."""

    @property
    def scores(self) -> dict[str, Score]:
        """What it adds to each measure that it bears on."""
        if not self.question.is_answerable:
            return {"unanswerable_declined": self.is_right}
        found: dict[str, Score] = {"right": self.is_right, "wrongly_declined": self.is_declined}
        if self.question.gold:
            found["cited"] = self.is_cited
        if self.question.has_false_premise:
            found["premise_corrected"] = self.is_right
        return found


def judge(question: GoldenQuestion, answer: Answer) -> Judgement:
    """Hold an answer against what the question asks of it; see `app.evaluation.matching.holds` for how."""
    is_declined = answer.status in DECLINED
    text = unmarked(answer.text)
    is_clean = not any(holds(text, phrase) for phrase in question.must_not_include)
    is_answer = not is_declined and is_clean and holds_all(text, question.must_include)
    return Judgement(
        question=question,
        answer=answer,
        is_declined=is_declined,
        is_cited=any(citation.document_id in question.gold for citation in answer.citations),
        is_right=is_answer if question.is_answerable else is_declined,
    )


def examine_answers(
    questions: Sequence[GoldenQuestion], examiner: Examiner, *, on_question: Callable[[], None] = lambda: None
) -> Section:
    """Ask every question and judge its answer."""
    results = []
    for question in questions:
        results.append(_result(question, examiner.ask(question.text, as_of=question.as_of, gold=question.gold)))
        on_question()
    return Section("answers", "Answers from the documents", MEASURES, tuple(results))


def _result(question: GoldenQuestion, asked: Asked) -> QuestionResult:
    wanted = {
        "answer": question.reference,
        "must_include": [list(group) for group in question.must_include],
        "must_not_include": list(question.must_not_include),
        "documents": list(question.gold),
        "decline": not question.is_answerable,
    }
    as_of = question.as_of.isoformat() if question.as_of else None
    return QuestionResult(
        question_id=question.question_id,
        text=question.text,
        type=question.type,
        language=question.language,
        scores={**judge(question, asked.answer).scores, **asked.proof},
        expected={name: value for name, value in wanted.items() if value},
        answer=asked.answer.to_dict(),
        retrieved=asked.shown,
        faults=asked.faults,
        input_digest=input_digest(question.text, question.type, as_of, {**wanted, "answer": None}),
    )
