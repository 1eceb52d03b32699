"""Stand-ins that fulfil the Protocols of the code; small, and honest about what they leave out."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from app.domain import (
    Answer,
    AnswerEvent,
    AnswerSentence,
    Citation,
    CitationEvent,
    DoneEvent,
    SentenceEvent,
    Timings,
    Turn,
)
from app.domain.job import FileStatus, Job, JobKind
from app.retrieval.retriever import Retrieved
from index.errors import GenerationMissing, QuestionEmpty, QuestionTooLong, StoreMissing
from index.types import Document, Hit, Language, Location, Passage, Query


def passage(text: str, passage_id: str = "returns.md#1", **fields: Any) -> Passage:
    """A passage of one sentence with ordinary values."""
    values: dict[str, Any] = {
        "passage_id": passage_id,
        "document_id": passage_id.split("#")[0],
        "title": "退货政策",
        "text": text,
        "context": "",
        "language": "zh",
        "location": Location(0, len(text), heading="退货 > 期限"),
        "sentences": ((0, len(text)),),
        **fields,
    }
    return Passage(**values)


def answer_of(
    *sentences: tuple[str, Passage], language: Language = "zh", status: str = "answered", **fields: Any
) -> Answer:
    """An answer whose sentences each quote a whole passage."""
    citations = tuple(
        Citation(number, item.passage_id, item.document_id, item.title, item.location, item.text, 0, len(item.text))
        for number, (_, item) in enumerate(sentences, start=1)
    )
    written = tuple(AnswerSentence(text, True, (number,)) for number, (text, _) in enumerate(sentences, start=1))
    joiner = "" if language == "zh" else " "
    values: dict[str, Any] = {
        "text": joiner.join(sentence.marked for sentence in written) or "抱歉，没有找到答案。",
        "status": status if written else "declined",
        "language": language,
        "sentences": written,
        "citations": citations,
        "confidence": 0.93,
        "mode": "extractive",
        "model": None,
        "generation": "g000001-abcdef01",
        "receipt_id": "receipt-1",
        "timings_ms": Timings(1.0, 2.0, 3.0, 6.0),
        **fields,
    }
    return Answer(**values)


class FakeAssistant:
    """Answers every question with the same answer; `delay_s` before each event, `failure` instead of the first."""

    def __init__(
        self,
        answer: Answer,
        *,
        delay_s: float = 0.0,
        failure: Exception | None = None,
        answers: Mapping[str, Answer] | None = None,
        max_question: int = 4000,
    ) -> None:
        self._answer, self._answers, self._delay_s, self._failure = answer, answers or {}, delay_s, failure
        self._max_question = max_question
        self.turns: list[Turn] = []
        self.closed = threading.Event()

    def reply(self, turn: Turn) -> Answer:
        return next(event.answer for event in self.stream(turn) if isinstance(event, DoneEvent))

    def stream(self, turn: Turn) -> Iterator[AnswerEvent]:
        self.turns.append(turn)
        if not turn.message.strip():
            raise QuestionEmpty("The question is empty.")
        if len(turn.message) > self._max_question:
            raise QuestionTooLong("The question is too long.")
        answer = replace(self._answers.get(turn.message, self._answer), conversation_id=turn.conversation_id)
        try:
            if self._failure is not None:
                raise self._failure
            for sentence, citation in zip(answer.sentences, answer.citations, strict=True):
                time.sleep(self._delay_s)
                yield CitationEvent(citation)
                yield SentenceEvent(sentence)
            time.sleep(self._delay_s)
            yield DoneEvent(answer)
        finally:
            self.closed.set()


class FakeGeneration:
    """A generation that holds a few passages and ranks them in the order given."""

    def __init__(self, passages: Sequence[Passage], name: str = "g000001-abcdef01") -> None:
        self.name = name
        self._passages = {item.passage_id: item for item in passages}

    def rank(self, query: Query, vector: Any, *, depth: int = 50) -> Mapping[str, Sequence[Hit]]:
        return {"words": [Hit(name, 1.0) for name in self._passages]}

    def passages(self, ids: Sequence[str]) -> Sequence[Passage]:
        return [self._passages[name] for name in ids]

    def holds(self, query: Query) -> bool:
        return not query.is_upcoming

    def in_language(self, vector: Any, source: Language, target: Language) -> Any:
        return vector

    def passage_similarities(self, vector: Any, ids: Sequence[str]) -> Any:
        return np.full(len(ids), 0.5, np.float32)

    def sentence_similarities(self, vector: Any, ids: Sequence[str]) -> Mapping[str, Any]:
        return {}

    def documents(self) -> Iterable[Document]:
        names = dict.fromkeys(item.document_id for item in self._passages.values())
        return [Document(name, "退货政策", "markdown", "0" * 64, 12, "zh") for name in names]

    def document(self, document_id: str) -> Document | None:
        return next((item for item in self.documents() if item.document_id == document_id), None)

    def titles(self) -> Mapping[str, str]:
        return {item.document_id: item.title for item in self.documents()}

    def passages_of(self, document_id: str, *, offset: int = 0, limit: int | None = None) -> Sequence[Passage]:
        found = [item for item in self._passages.values() if item.document_id == document_id]
        return found[offset : None if limit is None else offset + limit]

    def count_of(self, document_id: str) -> int:
        return len(self.passages_of(document_id))


class FakeServing:
    """Serves one generation, or none."""

    def __init__(self, generation: FakeGeneration | None) -> None:
        self.generation = generation

    @contextmanager
    def borrow(self) -> Iterator[FakeGeneration]:
        if self.generation is None:
            raise StoreMissing("There is no index yet. Run `kefu ingest PATH`.")
        yield self.generation


class FakeRetriever:
    """Finds what the generation ranks, in its order, within the caller's labels."""

    def retrieve(self, query: Query, source: Any) -> list[Retrieved]:
        hits = source.rank(query, None)["words"]
        found = zip(source.passages([hit.passage_id for hit in hits]), hits, strict=True)
        seen = [(item, hit) for item, hit in found if not item.access or query.access & set(item.access)]
        return [Retrieved(item, replace(hit, stages={"words": 1.0})) for item, hit in seen][: query.top]


@dataclass(frozen=True)
class FakeGenerationInfo:
    """A line of the list of generations."""

    name: str
    is_current: bool = True

    def to_dict(self) -> Mapping[str, Any]:
        return {"name": self.name, "is_current": self.is_current}


class FakeStore:
    """Two generations, one of them current."""

    def __init__(self) -> None:
        self.current = "g000002-bb"

    def generations(self) -> Sequence[FakeGenerationInfo]:
        return [FakeGenerationInfo(name, name == self.current) for name in ("g000002-bb", "g000001-aa")]

    def activate(self, name: str) -> None:
        if name not in {"g000001-aa", "g000002-bb"}:
            raise GenerationMissing(f"There is no generation {name}.")
        self.current = name


class FakeJobs:
    """Keeps jobs in memory and runs none."""

    def __init__(self) -> None:
        self.jobs: dict[str, Job] = {}

    def submit(self, kind: JobKind, request: Mapping[str, Any]) -> Job:
        job = Job(f"job{len(self.jobs) + 1}", kind, "queued", dict(request))
        self.jobs[job.job_id] = job
        return job

    def get(self, job_id: str) -> Job | None:
        return self.jobs.get(job_id)

    def recent(self, limit: int = 50) -> Sequence[Job]:
        return list(reversed(self.jobs.values()))[:limit]

    def file_status(self, document_id: str) -> FileStatus | None:
        touched = [job for job in self.jobs.values() if document_id in job.request.get("files", ())]
        return FileStatus(document_id, "queued") if touched else None
