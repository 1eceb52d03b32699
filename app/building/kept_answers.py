"""Builds the assistant that remembers from the parts of one that does not."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Protocol

from app.settings import Settings

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

    from app.answer_cache import AnswerCache, CachedAssistant
    from app.assistant.assistant import Assistant
    from app.assistant.finding import EvidenceFinder
    from app.assistant.trace import Recorder
    from app.calibration.watch import CalibrationWatch
    from app.domain import ChatModel
    from app.receipts.receipt import Program
    from app.receipts.writer import ReceiptWriter
    from app.retrieval.retriever import Retriever, Searchable
    from index.embedding.query_map import QueryMap
    from index.ports import Embedder
    from index.store import Store


def build_answer_cache(settings: Settings) -> AnswerCache:
    """The kept answers; nothing is opened yet.

    They lie in a file only where the customer's words are kept at all, in memory otherwise.
    """
    from app.answer_cache import AnswerCache, EntryStore

    own, receipts = settings.answer_cache, settings.receipts
    path = settings.home / "answers.sqlite" if receipts.enabled and receipts.question == "text" else None
    return AnswerCache(
        EntryStore(path, most=own.max_answers, keep_days=own.keep_days),
        remembered=own.remembered,
        by_meaning=own.by_meaning,
        min_similarity=own.min_similarity,
    )


class Parts(Protocol):
    """What the assistant is built from; see `app.building.container.Container`."""

    settings: Settings

    @property
    def embedder(self) -> Embedder:
        """Of questions."""

    @property
    def serving(self) -> Serving:
        """The newest generation."""

    @property
    def store(self) -> Store:
        """Generations on disk."""

    @property
    def retriever(self) -> Retriever:
        """Searches."""

    @property
    def finder(self) -> EvidenceFinder:
        """Chooses evidence."""

    @property
    def reader(self) -> object | None:
        """Of evidence; None without its weights."""

    @property
    def query_map(self) -> QueryMap | None:
        """Moves questions' vectors before the search, for the conversation at hand."""

    @property
    def calibration(self) -> CalibrationWatch:
        """From which confidence on answers are delivered."""

    @property
    def chat_model(self) -> ChatModel | None:
        """Writes new answers."""

    @property
    def recorder(self) -> Recorder | None:
        """Of new answers."""

    @property
    def receipt_writer(self) -> ReceiptWriter | None:
        """Of receipts."""

    @property
    def program(self) -> Program:
        """What answers; takes time when it is first asked."""

    def pin(self, name: str) -> str | None:
        """Sha256 of a language model's weights by its name."""

    def assistant_over(
        self,
        borrow: Callable[[], AbstractContextManager[Searchable]],
        *,
        chat_model: ChatModel | None,
        recorder: Recorder | None,
    ) -> Assistant:
        """What gives new answers."""


class Serving(Protocol):
    """Lends the newest generation."""

    def borrow(self) -> AbstractContextManager[Searchable]:
        """For the length of a `with`."""


def build_cached_assistant(parts: Parts, cache: AnswerCache) -> CachedAssistant:
    """The assistant with the cache before it; its language model is not asked anything yet."""
    from app.answer_cache import CachedAssistant, Validity
    from app.answer_cache.asked import QuestionReader
    from app.answer_cache.cached_assistant import AnswerKeeper
    from app.answer_cache.receipt import ServedRecorder

    settings, writer = parts.settings, parts.receipt_writer
    has_reader = settings.answer.reader and parts.reader is not None
    prints: dict[tuple[str | None, str | None], str] = {}

    def model() -> str | None:
        return writing_model(parts.chat_model)

    def print_of_now() -> str:
        name, moving = model(), parts.query_map
        now = (name, None if moving is None else moving.digest)
        if now not in prints:
            prints[now] = _fingerprint(parts, name, has_reader=has_reader)
        return prints[now]

    keeper = AnswerKeeper(cache, embedder=parts.embedder, current=parts.store.current_name, following=parts.recorder)
    record = None
    if writer is not None:
        record = ServedRecorder(
            writer.put,
            program=lambda: parts.program,
            threshold=parts.calibration.threshold,
            keeps_question=settings.receipts.question == "text",
        )
    return CachedAssistant(
        parts.assistant_over(parts.serving.borrow, chat_model=parts.chat_model, recorder=keeper),
        cache=cache,
        keeper=keeper,
        reader=QuestionReader(model=model, fingerprint=print_of_now, takes_extractive=settings.answer_cache.extractive),
        validity=Validity(
            parts.retriever,
            parts.finder,
            has_reader=has_reader,
            passages=settings.retrieval.top,
            min_confidence=parts.calibration.threshold,
        ),
        borrow=parts.serving.borrow,
        embedder=parts.embedder,
        record=record,
    )


def settle_answers(parts: Parts, cache: AnswerCache | None) -> int:
    """Remove kept answers that rest on what the newest generation no longer holds; returns how many."""
    if cache is None or parts.store.current_name() is None:
        return 0
    with parts.serving.borrow() as generation:
        return cache.settle(generation)


def _fingerprint(parts: Parts, model: str | None, *, has_reader: bool) -> str:
    """Of everything that bears on an answer beside the question and the documents."""
    from app.answer_cache.receipt import fingerprint
    from app.generation.prompts import build_prompt

    return fingerprint(
        parts.program,
        model=parts.pin(model) if model is not None else None,
        server=parts.settings.llm.remote.base_url,
        has_reader=has_reader,
        prompts=[build_prompt("", (), language=language) for language in ("zh", "en")],
    )


def writing_model(chat_model: ChatModel | None) -> str | None:
    """Name of the model that would be asked first now; None when none is ready."""
    if chat_model is None or not chat_model.is_ready:
        return None
    models: tuple[ChatModel, ...] = getattr(chat_model, "models", (chat_model,))
    return next((model.name for model in models if model.is_ready), None)
