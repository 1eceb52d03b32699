"""One evaluation from a folder of questions to figures."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from app.building.container import Container
from app.evaluation import rgb
from app.evaluation.answers import examine_answers
from app.evaluation.claims import CLAIMS, examine_claims, read_claims
from app.evaluation.datasets import CORPUS, RetrievalSet, read_golden, read_retrieval_set
from app.evaluation.errors import DatasetUnreadable, LayoutUnknown
from app.evaluation.examiner import DECLINED, AnswerMode, Examiner
from app.evaluation.indexing import container_over
from app.evaluation.layouts import Layout
from app.evaluation.reading import examine_reading
from app.evaluation.result import EvaluationResult
from app.evaluation.retrieval import examine_retrieval
from app.evaluation.robustness import examine_disagreement, examine_noise, examine_parts
from app.evaluation.sampling import Q, chosen_under
from app.evaluation.sections import Section
from app.settings import Settings
from index.disk import sha256_of
from index.errors import ModelMissing

if TYPE_CHECKING:
    from ingest.report import IngestReport, Progress

Tell = Callable[[str, int, int], None]
"""What is going on, how many are done, of how many (0: not known)."""


@dataclass(frozen=True, slots=True)
class EvaluationParams:
    """What is asked and how."""

    mode: AnswerMode = "auto"
    as_of: date | None = None
    """The day of questions that name none; None means today."""
    limit: int | None = None
    """Questions of each part at most."""
    noise: tuple[float, ...] = rgb.NOISE_RATES
    seed: int = 0
    """Of the order of passages, the choice under a limit, and the intervals."""

    def __post_init__(self) -> None:
        if self.limit is not None and self.limit < 1:
            raise ValueError(f"Expected limit >= 1, got {self.limit}.")
        if not self.noise or not all(0 <= rate <= 1 for rate in self.noise):
            raise ValueError(f"Expected shares of noise in [0, 1], got {self.noise}.")


@dataclass
class Evaluation:
    """Evaluates the parts of a folder with what the settings describe."""

    settings: Settings
    layout: Layout
    knowledge: Sequence[Path] = ()
    """The documents of answer questions whose folder has no corpus.jsonl."""
    params: EvaluationParams = field(default_factory=EvaluationParams)
    tell: Tell = lambda _label, _done, _total: None
    report: IngestReport | None = field(default=None, init=False)
    """Of the documents that were taken in; None before `run`, and where questions bring their own passages."""
    _container: Container | None = field(default=None, init=False, repr=False)

    def run(self) -> EvaluationResult:
        """Every part in turn.

        Raises `DatasetUnreadable` and `LayoutUnknown` before anything is asked, `ModelMissing` when answers are to be
        written by a language model and none is ready, and what ingestion raises.
        """
        begun, started = datetime.now(UTC).astimezone(), time.monotonic()
        work = self._work()
        self._require_model()
        sections = [section for examine in work for section in examine()]
        return EvaluationResult(
            set_name=self.layout.folder.resolve().name,
            settings=self._described(begun, sections, time.monotonic() - started),
            sections=tuple(sections),
        )

    def _work(self) -> list[Callable[[], Iterator[Section]]]:
        """All files are read before the first question is asked."""
        parts = self.layout.parts
        work: list[Callable[[], Iterator[Section]]] = []
        is_judged = "retrieval" in parts or "reading" in parts
        data = self._chosen_set(read_retrieval_set(self.layout.folder)) if is_judged else RetrievalSet(())
        if "retrieval" in parts:
            work.append(lambda: self._retrieval(data))
        if "answers" in parts:
            work.append(self._answers())
        if "reading" in parts:
            work.append(lambda: self._reading(data))
        if "claims" in parts:
            work.append(self._claims())
        return work + [self._robustness(part) for part in parts if part in rgb.PARTS]

    def _retrieval(self, data: RetrievalSet) -> Iterator[Section]:
        container = self._indexed()
        step = self._steps("search", len(data.questions))
        yield examine_retrieval(data, container.retriever, container.serving.borrow, on_question=step)

    def _answers(self) -> Callable[[], Iterator[Section]]:
        questions = self._chosen([item for path in self.layout.golden for item in read_golden(path)])
        self._documents()

        def examine() -> Iterator[Section]:
            yield examine_answers(
                questions, self._examiner(self._indexed()), on_question=self._steps("answers", len(questions))
            )

        return examine

    def _reading(self, data: RetrievalSet) -> Iterator[Section]:
        questions = [question for question in data.questions if question.answers]
        examiner = self._examiner(self._indexed())
        for is_given, label in ((True, "answers from the right document"), (False, "answers from the index")):
            step = self._steps(label, len(questions))
            yield examine_reading(data, questions, examiner, is_given=is_given, on_question=step)

    def _claims(self) -> Callable[[], Iterator[Section]]:
        claims = chosen_under(read_claims(self.layout.folder / CLAIMS), self.params.limit, seed=self.params.seed)

        def examine() -> Iterator[Section]:
            yield examine_claims(claims, self._plain().checker, on_question=self._steps("claims", len(claims)))

        return examine

    def _robustness(self, part: str) -> Callable[[], Iterator[Section]]:
        questions = self._chosen(rgb.read_noisy(self.layout.folder / f"{part}.jsonl"))
        rates, seed = self.params.noise, self.params.seed

        def examine() -> Iterator[Section]:
            examiner = self._examiner(self._plain(), is_indexed=False)
            total = len(questions) * (len(rates) if part.endswith("_refine") else 1)
            step = self._steps(part, total)
            if part.endswith("_refine"):
                yield examine_noise(part, questions, examiner, rates=rates, seed=seed, on_question=step)
            elif part.endswith("_int"):
                yield examine_parts(part, questions, examiner, seed=seed, on_question=step)
            else:
                yield examine_disagreement(part, questions, examiner, seed=seed, on_question=step)

        return examine

    def _examiner(self, container: Container, *, is_indexed: bool = True) -> Examiner:
        return Examiner(
            container.assistant,
            retriever=container.retriever if is_indexed else None,
            borrow=container.serving.borrow if is_indexed else None,
            mode=self.params.mode,
            as_of=self.params.as_of,
            passages=container.settings.retrieval.top,
        )

    def _plain(self) -> Container:
        """For questions that bring their passages: no index is needed."""
        if self._container is None:
            self._container = Container(self.settings)
        return self._container

    def _indexed(self) -> Container:
        if self.report is None:
            self._container, self.report = container_over(self.settings, self._documents(), on_progress=self._ingesting)
        return self._plain()

    def _documents(self) -> list[Path]:
        corpus = self.layout.folder / CORPUS
        if corpus.exists() and self.knowledge:
            raise LayoutUnknown(f"{self.layout.folder} has a {CORPUS} of its own; leave --knowledge out.")
        if not corpus.exists() and not self.knowledge:
            raise LayoutUnknown(
                f"{self.layout.folder} has questions but no {CORPUS}; name the documents that answer them with "
                "--knowledge PATH."
            )
        return [corpus] if corpus.exists() else list(self.knowledge)

    def _require_model(self) -> None:
        if self.params.mode != "llm" or set(self.layout.parts) <= {"retrieval", "claims"}:
            return
        model = self._plain().chat_model
        if model is None or not model.is_ready:
            raise ModelMissing(
                "No language model is ready, so nothing of it can be measured. `kefu doctor` says what is missing; "
                "--mode extractive measures answers in the documents' own words."
            )

    def _chosen_set(self, data: RetrievalSet) -> RetrievalSet:
        questions = self._chosen(data.questions, is_asked="reading" in self.layout.parts)
        return replace(data, questions=tuple(questions))

    def _chosen(self, questions: Sequence[Q], *, is_asked: bool = True) -> list[Q]:
        """Those of the limit, in their order. Raises `DatasetUnreadable` for one that may not be asked."""
        longest = self.settings.answer.max_question
        for question in questions:
            if is_asked and len(question.text) > longest:
                raise DatasetUnreadable(
                    f"{self.layout.folder}: question {question.question_id} has {len(question.text)} characters, the "
                    f"limit is {longest}. Shorten it or raise KEFU_ANSWER__MAX_QUESTION."
                )
        return chosen_under(questions, self.params.limit, seed=self.params.seed)

    def _steps(self, label: str, total: int) -> Callable[[], None]:
        done = 0

        def step() -> None:
            nonlocal done
            done += 1
            self.tell(label, done, total)

        self.tell(label, 0, total)
        return step

    def _ingesting(self, event: Progress) -> None:
        self.tell(f"index: {event.stage}", event.done, event.total)

    def _described(self, begun: datetime, sections: Sequence[Section], seconds: float) -> dict[str, Any]:
        container = self._plain()
        params = self.params
        written = Counter(
            question.answer["mode"]
            for section in sections
            for question in section.questions
            if question.answer is not None and question.answer["status"] not in DECLINED
        )
        models = {
            question.answer["model"]
            for section in sections
            for question in section.questions
            if question.answer is not None and question.answer["model"]
        }
        return {
            "date": begun.isoformat(timespec="seconds"),
            "seconds": round(seconds, 1),
            "kefu": version("kefu"),
            "mode": params.mode,
            "model": ", ".join(sorted(models)) or None,
            "written_by": dict(written),
            "embedder": container.embedder.embedder_id,
            "as_of": params.as_of.isoformat() if params.as_of else None,
            "limit": params.limit,
            "noise": list(params.noise) if "zh_refine" in self.layout.parts else None,
            "seed": params.seed,
            "files": {path.name: sha256_of(path) for path in self.layout.files},
            "passages": self.report.passages if self.report else None,
            "documents_refused": len(self.report.refused) if self.report else None,
        }
