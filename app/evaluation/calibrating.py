"""Questions with known answers put to the assistant whatever its confidence, for what their outcomes say about it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

from app.assistant.trace import TurnTrace
from app.building.container import Container
from app.calibration.outcomes import Basis, Calibration, Outcome, documents_digest
from app.domain import Answer, Turn
from app.domain.answer import unmarked
from app.evaluation.errors import DatasetUnreadable
from app.evaluation.examiner import DECLINED, AnswerMode
from app.evaluation.lines import Entry, Groups, read_distinct
from app.evaluation.matching import holds, holds_all
from index.text.language import detect


@dataclass(frozen=True, slots=True)
class CalibrationQuestion:
    """A question with what tells a right answer from a wrong one."""

    question_id: str
    text: str
    type: str
    language: str
    is_answerable: bool
    gold: tuple[str, ...] = ()
    """Ids of the documents that answer it."""
    must_include: Groups = ()
    """A right answer holds at least one alternative of each group."""
    must_not_include: tuple[str, ...] = ()
    as_of: date | None = None

    def is_right(self, answer: Answer) -> bool:
        """Whether an answer is right: by what it must hold, or where nothing is named, by a document that it cites."""
        if not self.is_answerable or answer.status in DECLINED:
            return False
        text = unmarked(answer.text)
        if any(holds(text, phrase) for phrase in self.must_not_include):
            return False
        if self.must_include:
            return holds_all(text, self.must_include)
        return any(citation.document_id in self.gold for citation in answer.citations)


@dataclass(frozen=True, slots=True)
class Attempt:
    """What came of one question."""

    question: CalibrationQuestion
    answer: Answer
    trace: TurnTrace

    @property
    def outcome(self) -> Outcome:
        """In values."""
        question = self.question
        return Outcome(
            question.question_id,
            self.answer.confidence,
            question.is_right(self.answer),
            question.is_answerable,
            question.type,
            question.language,
        )


def read_questions(path: Path) -> list[CalibrationQuestion]:
    """The questions of a JSON Lines file, in order. Raises `DatasetUnreadable`.

    Fields: `id`, `text`, `answerable` (true or false; or a `type` that is "unanswerable"), and for an answerable one
    `must_include` or `gold`; `language`, `type` or `kind`, `must_not_include` and `as_of` may be left out.
    """
    questions = [_question(entry) for entry in read_distinct(path)]
    if not questions:
        raise DatasetUnreadable(f"{path} holds no question.")
    return questions


def attempt(
    container: Container,
    questions: Sequence[CalibrationQuestion],
    *,
    mode: AnswerMode,
    as_of: date | None = None,
    on_question: Callable[[], None] = lambda: None,
) -> list[Attempt]:
    """Put the questions to the index of the container; every one that finds anything is answered."""
    catcher = _Catcher()
    assistant = container.assistant_over(
        container.serving.borrow,
        chat_model=container.chat_model if mode != "extractive" else None,
        recorder=catcher,
        today=lambda: as_of or date.today(),
        min_confidence=0.0,
    )
    found = []
    for question in questions:
        answer = assistant.reply(Turn(question.text, as_of=question.as_of, mode=mode))
        assert catcher.trace is not None
        found.append(Attempt(question, answer, catcher.trace))
        on_question()
    return found


def basis_of(container: Container, questions: Path, *, mode: AnswerMode, is_cross_fitted: bool = False) -> Basis:
    """What answers in a container."""
    program = container.program
    with container.serving.borrow() as generation:
        name = generation.name
        documents = documents_digest((item.document_id, item.sha256) for item in generation.documents())
    return Basis(
        made_at=datetime.now(UTC).isoformat(timespec="seconds"),
        questions=questions.name,
        mode=mode,
        generation=name,
        documents=documents,
        embedder=program.embedder,
        settings=program.settings,
        weights=program.weights,
        is_cross_fitted=is_cross_fitted,
    )


def calibrate(
    container: Container,
    path: Path,
    *,
    mode: AnswerMode,
    as_of: date | None = None,
    on_question: Callable[[int, int], None] = lambda _done, _total: None,
) -> Calibration:
    """The outcomes of a question file. Raises `DatasetUnreadable`, and what asking raises."""
    questions = read_questions(path)
    done = 0

    def step() -> None:
        nonlocal done
        done += 1
        on_question(done, len(questions))

    attempts = attempt(container, questions, mode=mode, as_of=as_of, on_question=step)
    return Calibration(basis_of(container, path, mode=mode), tuple(item.outcome for item in attempts))


class _Catcher:
    """Keeps the newest trace."""

    def __init__(self) -> None:
        self.trace: TurnTrace | None = None

    def keep(self, trace: TurnTrace, answer: Answer) -> None:  # noqa: ARG002
        self.trace = trace


def _question(entry: Entry) -> CalibrationQuestion:
    text = entry.text("text")
    kind = entry.text_or_none("type", "kind") or ""
    told = entry.fields.get("answerable")
    if told is not None and not isinstance(told, bool):
        raise entry.fault('true or false under "answerable"', told)
    question = CalibrationQuestion(
        question_id=entry.id,
        text=text,
        type=kind,
        language=entry.text_or_none("language", "lang") or detect(text),
        is_answerable=told if told is not None else kind != "unanswerable",
        gold=entry.texts("gold"),
        must_include=entry.groups("must_include"),
        must_not_include=entry.texts("must_not_include"),
        as_of=entry.day("as_of"),
    )
    if question.is_answerable and not question.must_include and not question.gold:
        raise entry.fault('what a right answer holds under "must_include", or the documents under "gold"', None)
    return question
