"""An assistant that remembers: a kept answer where one is surely right, else a new one, kept for the next who asks."""

from __future__ import annotations

import logging
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Protocol

from app.answer_cache.asked import AskedQuestion, QuestionReader
from app.answer_cache.cache import AnswerCache, Match
from app.answer_cache.entry import Entry, Mark
from app.answer_cache.validity import Validity, pieces_of
from app.assistant.trace import Recorder, TurnTrace
from app.domain import Answer, AnswerEvent, CitationEvent, DoneEvent, SentenceEvent, Timings, Turn, final_answer
from app.retrieval.retriever import Searchable
from index.errors import KefuError
from index.ports import Embedder

logger = logging.getLogger(__name__)


class Answering(Protocol):
    """What gives new answers; see `app.assistant.assistant.Assistant`."""

    def stream(self, turn: Turn) -> Iterator[AnswerEvent]:
        """Event by event, `DoneEvent` last."""


@dataclass(frozen=True, slots=True)
class Served:
    """A kept answer that is given again."""

    turn: Turn
    asked: AskedQuestion
    entry: Entry
    match: Match
    similarity: float


class AnswerKeeper:
    """A `Recorder` that keeps what is worth it, and hands each turn on to the next recorder."""

    def __init__(
        self,
        cache: AnswerCache,
        *,
        embedder: Embedder,
        current: Callable[[], str | None],
        following: Recorder | None = None,
    ) -> None:
        """Ready to keep.

        Args:
            cache: where to.
            embedder: of the questions; remembers the vector that the search asked for.
            current: name of the generation that is published now.
            following: told of every turn too.
        """
        self._cache, self._embedder, self._current, self._following = cache, embedder, current, following
        self._waiting: dict[int, AskedQuestion] = {}

    def expect(self, turn: Turn, asked: AskedQuestion) -> None:
        """This turn is answered now."""
        self._waiting[id(turn)] = asked

    def forget(self, turn: Turn) -> None:
        """It is over, well or not."""
        self._waiting.pop(id(turn), None)

    def keep(self, trace: TurnTrace, answer: Answer) -> None:
        """Keep the answer where it may be given again."""
        asked = self._waiting.get(id(trace.turn))
        if asked is not None and _is_worth_keeping(trace, answer, asked):
            try:
                self._put(trace, answer, asked)
            except Exception:  # keeping is never worth an answer or its receipt
                logger.warning("an answer was not kept", exc_info=True)
        if self._following is not None:
            self._following.keep(trace, answer)

    def _put(self, trace: TurnTrace, answer: Answer, asked: AskedQuestion) -> None:
        if self._current() != answer.generation:
            return
        look = trace.finding.look
        entry = Entry(
            key=asked.key,
            scope=asked.scope,
            question=asked.text,
            answer=replace(answer, conversation_id=None),
            evidence=tuple(dict.fromkeys(Mark.of(item.passage) for item in trace.finding.evidence)),
            pieces=pieces_of(trace.finding),
            found=tuple(Mark.of(item.passage) for item in look.retrieved) if look is not None else (),
            generation=answer.generation,
            today=asked.today,
            created_at=datetime.now(UTC).isoformat(timespec="milliseconds"),
        )
        is_answer = answer.status in ("answered", "partial")
        self._cache.put(entry, self._embedder.embed_queries([asked.text])[0] if is_answer else None)
        if (
            self._current() != answer.generation
        ):  # published meanwhile: whoever removed what is gone may not have seen it
            self._cache.drop(entry)


class CachedAssistant:
    """Answers as the assistant behind it does; see `app.assistant.assistant.Assistant`."""

    def __init__(
        self,
        assistant: Answering,
        *,
        cache: AnswerCache,
        keeper: AnswerKeeper,
        reader: QuestionReader,
        validity: Validity,
        borrow: Callable[[], AbstractContextManager[Searchable]],
        embedder: Embedder,
        record: Callable[[Served, Answer], None] | None = None,
    ) -> None:
        """Ready to answer.

        Args:
            assistant: gives new answers; the keeper is its recorder.
            cache: kept answers.
            keeper: keeps new ones.
            reader: of questions.
            validity: of kept answers.
            borrow: lends the generation that serves.
            embedder: of questions.
            record: told of every kept answer that was given; must not take time and must not raise.
        """
        self._assistant, self._cache, self._keeper = assistant, cache, keeper
        self._reader, self._validity, self._borrow = reader, validity, borrow
        self._embedder, self._record = embedder, record

    def reply(self, turn: Turn) -> Answer:
        """Answer one message; raises as `Assistant.reply`."""
        return final_answer(self.stream(turn))

    def stream(self, turn: Turn) -> Iterator[AnswerEvent]:
        """As `reply`, sentence by sentence."""
        started = time.perf_counter()
        asked = self._asked(turn)
        served = self._served(turn, asked) if asked is not None else None
        if served is not None:
            yield from self._again(served, started)
            return
        if asked is None:
            yield from self._assistant.stream(turn)
            return
        self._cache.count(missed=1)
        mine = replace(turn)  # an object of its own: callers may hand the same turn to several threads
        self._keeper.expect(mine, asked)
        try:
            yield from self._assistant.stream(mine)
        finally:
            self._keeper.forget(mine)

    def _asked(self, turn: Turn) -> AskedQuestion | None:
        try:
            return self._reader.read(turn)
        except Exception:
            logger.warning("a question was not looked up among kept answers", exc_info=True)
            return None

    def _served(self, turn: Turn, asked: AskedQuestion) -> Served | None:
        try:
            with self._borrow() as source:
                self._cache.settle(source)
                entry = self._cache.exact(asked)
                if entry is not None and (valid := self._checked(entry, asked, source)):
                    return Served(turn, asked, valid, "exact", 1.0)
                near = self._cache.near(asked, lambda: self._embedder.embed_queries([asked.text]))
                if near is not None and (valid := self._checked(near[0], asked, source)):
                    return Served(turn, asked, valid, "meaning", near[1])
        except KefuError:
            return None  # the assistant behind says what is wrong
        except Exception:
            logger.warning("kept answers were not looked through", exc_info=True)
        return None

    def _checked(self, entry: Entry, asked: AskedQuestion, source: Searchable) -> Entry | None:
        valid = self._validity.checked(entry, asked, source)
        if valid is None:
            self._cache.drop(entry)
        elif valid is not entry:
            self._cache.confirm(valid)
        return valid

    def _again(self, served: Served, started: float) -> Iterator[AnswerEvent]:
        kept = served.entry.answer
        sent: set[int] = set()
        for sentence in kept.sentences:
            if not sentence.supported:
                continue
            for citation in kept.citations:
                if citation.marker in sentence.citations and citation.marker not in sent:
                    sent.add(citation.marker)
                    yield CitationEvent(citation)
            yield SentenceEvent(sentence)
        if served.match == "exact":
            self._cache.count(exact=1)
        else:
            self._cache.count(meaning=1)
        took_ms = (time.perf_counter() - started) * 1000
        answer = replace(
            kept,
            receipt_id=uuid.uuid4().hex,
            generation=served.entry.generation,
            timings_ms=Timings(retrieve=took_ms, total=took_ms),
            conversation_id=served.turn.conversation_id,
            as_of=served.asked.today if served.asked.day == served.asked.today else kept.as_of,
            cached=True,
            tokens=0,
        )
        try:
            yield DoneEvent(answer)
        finally:  # as the assistant does: after the last event, whether the reader asks for more or leaves
            if self._record is not None:
                self._record(served, answer)


def _is_worth_keeping(trace: TurnTrace, answer: Answer, asked: AskedQuestion) -> bool:
    if answer.status not in ("answered", "partial", "declined") or trace.trail.failure is not None:
        return False
    if asked.model is None:
        return trace.trail.prompt is None
    if trace.trail.prompt is None:  # no model was asked: only a refusal comes about so when one is ready
        return answer.status == "declined"
    return trace.trail.model == asked.model and answer.model in (None, asked.model)
