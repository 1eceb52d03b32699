"""Builds the assistant that remembers from the parts of one that does not."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from app.settings import Settings

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

    from app.answer_cache import AnswerCache, CachedAssistant, Validity
    from app.answer_cache.cached_assistant import Answering
    from app.assistant.trace import Recorder
    from app.domain import ChatModel
    from app.receipts.receipt import Program
    from app.receipts.writer import ReceiptWriter
    from app.retrieval.retriever import Searchable
    from index.ports import Embedder


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


def build_cached_assistant(
    settings: Settings,
    cache: AnswerCache,
    *,
    assistant: Callable[[Recorder], Answering],
    embedder: Embedder,
    borrow: Callable[[], AbstractContextManager[Searchable]],
    current: Callable[[], str | None],
    validity: Validity,
    chat_model: ChatModel | None,
    program: Callable[[], Program],
    pin: Callable[[str], str | None],
    recorder: Recorder | None,
    writer: ReceiptWriter | None,
    has_reader: bool,
) -> CachedAssistant:
    """The assistant with the cache before it.

    Args:
        settings: of everything.
        cache: kept answers.
        assistant: makes the assistant that gives new answers, with a recorder.
        embedder: of questions.
        borrow: lends the generation that serves.
        current: name of the generation that is published now.
        validity: of kept answers.
        chat_model: writes new answers.
        program: what answers; takes time when it is first asked.
        pin: sha256 of a language model's weights by its name.
        recorder: of new answers.
        writer: of receipts.
        has_reader: whether evidence is chosen by a reader.
    """
    from app.answer_cache import CachedAssistant
    from app.answer_cache.asked import QuestionReader
    from app.answer_cache.cached_assistant import AnswerKeeper
    from app.answer_cache.receipt import ServedRecorder, fingerprint
    from app.generation.prompts import build_prompt

    prints: dict[str | None, str] = {}

    def model() -> str | None:
        return writing_model(chat_model)

    def of_now() -> str:
        name = model()
        if name not in prints:
            llm, pinned = settings.llm, pin(name) if name is not None else None
            prints[name] = fingerprint(
                program(),
                model=pinned,
                server=llm.remote.base_url,
                has_reader=has_reader,
                prompts=[build_prompt("", (), language=language) for language in ("zh", "en")],
            )
        return prints[name]

    keeper = AnswerKeeper(cache, embedder=embedder, current=current, following=recorder)
    record = None
    if writer is not None:
        record = ServedRecorder(
            writer.put,
            program=program,
            threshold=settings.answer.min_confidence,
            keeps_question=settings.receipts.question == "text",
        )
    return CachedAssistant(
        assistant(keeper),
        cache=cache,
        keeper=keeper,
        reader=QuestionReader(model=model, fingerprint=of_now, takes_extractive=settings.answer_cache.extractive),
        validity=validity,
        borrow=borrow,
        embedder=embedder,
        record=record,
    )


def writing_model(chat_model: ChatModel | None) -> str | None:
    """Name of the model that would be asked first now; None when none is ready."""
    if chat_model is None or not chat_model.is_ready:
        return None
    models: tuple[ChatModel, ...] = getattr(chat_model, "models", (chat_model,))
    return next((model.name for model in models if model.is_ready), None)
