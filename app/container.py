"""Builds every object from the settings, each once, on first use.

This module and those above it are the only ones that know the settings: everything below takes values. A choice by
name is a dict from name to builder.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from app.settings import Settings
from index.errors import EmbedderMismatch
from index.ports import codec_of

if TYPE_CHECKING:
    from app.assistant.assistant import Assistant
    from app.assistant.base_conflicts import ConflictReport
    from app.assistant.conflict_log import ConflictLog
    from app.assistant.finding import EvidenceFinder
    from app.assistant.trace import Recorder
    from app.domain import ChatModel
    from app.feedback.store import FeedbackStore
    from app.model_arrival import ModelArrival
    from app.receipts.receipt import Program, Receipt
    from app.receipts.store import ReceiptStore
    from app.receipts.writer import ReceiptWriter
    from app.retrieval.late import LateInteraction
    from app.retrieval.reading import EvidenceReader
    from app.retrieval.retriever import Retriever, Searchable
    from app.retrieval.scoring import SentenceScorer
    from app.security.keys import KeyRing
    from index.embedding.text_model import LazyTextModel
    from index.generation import Generation
    from index.ports import Embedder
    from index.serving import Serving
    from index.store import Store
    from index.weights import Weights
    from ingest.limits import Limits
    from ingest.pipeline import Pipeline
    from ingest.sources import Source

logger = logging.getLogger(__name__)

_MIB = 2**20


class CheckedServing:
    """Lends the newest generation, and refuses one that the configured embedder cannot search."""

    def __init__(self, serving: Serving, embedder_id: Callable[[], str]) -> None:
        self._serving, self._embedder_id = serving, embedder_id

    @property
    def generation_name(self) -> str | None:
        """Name of the generation that a reader would be lent now; None when nothing was published yet."""
        return self._serving.refresh()

    @contextmanager
    def borrow(self) -> Iterator[Generation]:
        """As `index.serving.Serving.borrow`. Raises `EmbedderMismatch` when it was built with another embedder."""
        with self._serving.borrow() as generation:
            built_with, configured = generation.info.embedder_id, self._embedder_id()
            if built_with != configured:
                raise EmbedderMismatch(
                    f"The index was built with the embedder {built_with}, the settings say {configured}. "
                    "Run `kefu ingest PATH --full`, or set KEFU_MODELS__EMBEDDER back."
                )
            yield generation

    def close(self) -> None:
        """Close it once its readers have left."""
        self._serving.close()


class Container:
    """The objects of one process. Constructing it is cheap and touches nothing; safe to share between threads."""

    def __init__(self, settings: Settings, *, embedder: Embedder | None = None, is_service: bool = False) -> None:
        """Nothing is built yet.

        Args:
            settings: what to build.
            embedder: takes the place of the one that the settings name.
            is_service: answers go on while models arrive and load; a command that asks once waits for them instead.
        """
        self.settings = settings
        self._given_embedder, self._is_service = embedder, is_service
        self._text_models: dict[Path | str, LazyTextModel] = {}

    def with_settings(self, settings: Settings) -> Container:
        """A container by other settings that shares the models which both want."""
        other = Container(settings, embedder=self._given_embedder, is_service=self._is_service)
        shared = ("weights", "embedder_model", "embedder", "reader") if settings.models == self.settings.models else ()
        other._text_models = self._text_models
        for name in (*shared, *(("chat_model",) if settings.llm == self.settings.llm else ())):
            other.__dict__[name] = getattr(self, name)
        return other

    @cached_property
    def weights(self) -> Weights:
        """Model weights and their cache."""
        from index.weights import Weights

        models = self.settings.models
        return Weights(
            models.cache.expanduser(),
            paths={name: path.expanduser() for name, path in models.paths.items()},
            allow_hub=models.allow_hub,
            allow_registry=models.allow_registry,
        )

    @cached_property
    def embedder_model(self) -> str | None:
        """Name of the embedder in the catalogue of weights; None when it is none of these."""
        names = {
            name: spec.name
            for spec in self.weights.catalogue()
            if spec.kind == "embedding"
            for name in (spec.name, *spec.aliases)
        }
        return names.get(self.settings.models.embedder)

    @cached_property
    def embedder(self) -> Embedder:
        """The embedder; its weights are loaded when it is first used.

        Raises `ModelMissing` or `ModelDamaged` when the weights are not here.
        """
        from app.backends import build_embedder

        return self._given_embedder or build_embedder(self.settings.models, self.weights, self.text_model)

    def text_model(self, source: Path | str) -> LazyTextModel:
        """The text model in a folder or of a name on the hub: one for everything that runs on it."""
        from index.embedding.text_model import LazyTextModel

        threads = self.settings.models.threads or None
        # setdefault is atomic; a second model made beside the first was never loaded.
        return self._text_models.setdefault(source, LazyTextModel(source, threads=threads))

    @cached_property
    def store(self) -> Store:
        """Generations on disk."""
        from index.store import Store

        return Store(self.settings.store_path)

    @cached_property
    def serving(self) -> CheckedServing:
        """The newest published generation."""
        from index.serving import Serving

        return CheckedServing(Serving(self.store), lambda: self.embedder.embedder_id)

    def require_index(self) -> None:
        """Raises `StoreMissing` when nothing was published yet, `EmbedderMismatch` when it cannot be searched."""
        with self.serving.borrow():
            return

    @cached_property
    def retriever(self) -> Retriever:
        """Four stages, their fusion and, where the embedder gives tokens, late interaction."""
        from app.retrieval.fusion import ReciprocalRankFusion
        from app.retrieval.retriever import Retriever

        settings = self.settings.retrieval
        fusion = ReciprocalRankFusion(k=settings.rrf_k, limit=4 * settings.depth, weights=settings.weights)
        return Retriever(self.embedder, fusion=fusion, wanting=self.scorer, late=self._late(), depth=settings.depth)

    def _late(self) -> LateInteraction | None:
        from app.retrieval.late import LateInteraction
        from index.ports import TokenEmbedder

        embedder, codec, settings = self.embedder, codec_of(self.embedder), self.settings.retrieval
        if codec is None or not settings.late or not isinstance(embedder, TokenEmbedder):
            return None
        return LateInteraction(embedder, codec, weight=settings.late_fusion_weight)

    @cached_property
    def scorer(self) -> SentenceScorer | None:
        """Chooses what the reader sees; None with an embedder that it was not trained on."""
        from app.retrieval.reading.network import BACKBONE
        from app.retrieval.scoring import SentenceScorer

        is_known = self.embedder_model == BACKBONE
        if is_known and self._given_embedder is not None:  # which may only stand before the one that it was trained on
            is_known = self._given_embedder.embedder_id == self.weights.spec(BACKBONE).identity
        return SentenceScorer.shipped() if is_known else None

    @cached_property
    def reader(self) -> EvidenceReader | None:
        """The reader of evidence; None while the embedding model that it is built on is not on this machine."""
        from app.retrieval.reading import EvidenceReader
        from app.retrieval.reading.network import BACKBONE
        from index.errors import ModelMissing

        try:
            return EvidenceReader(self.text_model(self.weights.path(BACKBONE)))
        except ModelMissing:
            logger.info("no %s here: evidence is chosen by similarity and words alone", BACKBONE)
            return None

    @cached_property
    def finder(self) -> EvidenceFinder:
        """Search, reading and the judgement whether what was found answers."""
        from app.assistant.answerability import Answerability
        from app.assistant.finding import EvidenceFinder
        from app.retrieval.selection import SelectionParams

        return EvidenceFinder(
            self.retriever,
            Answerability.shipped(),
            reader=self.reader if self.settings.answer.reader else None,
            scorer=self.scorer,
            selection=SelectionParams(passages=self.settings.retrieval.top),
        )

    @cached_property
    def assistant(self) -> Assistant:
        """Answers questions."""
        return self.assistant_over(self.serving.borrow, chat_model=self.chat_model, recorder=self.recorder)

    def assistant_over(
        self,
        borrow: Callable[[], AbstractContextManager[Searchable]],
        *,
        chat_model: ChatModel | None,
        recorder: Recorder | None,
        today: Callable[[], date] = date.today,
    ) -> Assistant:
        """As `assistant`, over another source, with another model, recorder and day."""
        from app.assistant.assistant import Assistant, AssistantParams
        from app.generation.check import SentenceChecker

        answer = self.settings.answer
        params = AssistantParams(
            max_question=answer.max_question,
            passages=self.settings.retrieval.top,
            max_tokens=answer.max_tokens,
            min_confidence=answer.min_confidence,
        )
        return Assistant(
            borrow=borrow,
            embedder=self.embedder,
            finder=self.finder,
            checker=SentenceChecker(self.embedder),
            chat_model=chat_model,
            params=params,
            today=today,
            recorder=recorder,
            on_conflict=self.conflicts.note if self._is_service else None,
        )

    @cached_property
    def receipts(self) -> ReceiptStore:
        """What was kept of the answers so far."""
        from app.receipts.store import ReceiptStore

        settings = self.settings.receipts
        path = self.settings.home / "receipts.sqlite"
        return ReceiptStore(path, keep_days=settings.keep_days, max_bytes=settings.max_mb * _MIB)

    @cached_property
    def receipt_writer(self) -> ReceiptWriter | None:
        """Writes receipts in the background; None when they are switched off."""
        from app.receipts.writer import ReceiptWriter

        return ReceiptWriter(self.receipts) if self.settings.receipts.enabled else None

    @cached_property
    def recorder(self) -> Recorder | None:
        """Makes receipts; None when they are switched off."""
        if self.receipt_writer is None:
            return None
        return self.recorder_into(self.receipt_writer.put, keeps_question=self.settings.receipts.question == "text")

    def recorder_into(self, put: Callable[[Callable[[], Receipt]], None], *, keeps_question: bool = True) -> Recorder:
        """Makes receipts and hands them to `put`."""
        from app.assistant.trace import ReceiptRecorder

        return ReceiptRecorder(put, program=lambda: self.program, pin=self._pin, keeps_question=keeps_question)

    @cached_property
    def program(self) -> Program:
        """What answers: version, settings and weights."""
        from app.program import program_of

        return program_of(self.settings, embedder=self.embedder.embedder_id, has_scorer=self.scorer is not None)

    def _pin(self, name: str) -> str | None:
        """Sha256 of a language model's weights by its name; None for one on another machine."""
        specs = (spec for spec in self.weights.catalogue() if spec.kind == "chat")
        return next((spec.sha256 for spec in specs if spec.name == name), None)

    @cached_property
    def chat_model(self) -> ChatModel | None:
        """The language models in the order of the settings, as one; None when answers are to be extractive alone."""
        from app.backends import build_chat_model

        return build_chat_model(self.settings.llm, self.weights, in_background=self._is_service)

    @cached_property
    def arrival(self) -> ModelArrival | None:
        """The local language model's weights on their way; None when no local model is wanted."""
        from app.model_arrival import ModelArrival

        llm = self.settings.llm
        if "local" not in llm.order or "extractive" in llm.order[: llm.order.index("local")]:
            return None
        return ModelArrival(self.weights, llm.local.model, on_ready=self._look_at_chat_model)

    @property
    def uploads_folder(self) -> Path:
        """Where uploaded files lie."""
        return self.settings.home / "uploads"

    def knowledge_folders(self) -> list[Path]:
        """The configured folders that exist; one that is away is told, and its documents stay in the index."""
        folders = [Path(name) for name in self.settings.ingest.knowledge]
        for folder in folders:
            if not folder.exists():
                logger.warning("the knowledge folder %s does not exist; what was taken from it stays", folder)
        return [folder for folder in folders if folder.exists()]

    def sources(self, paths: Sequence[Path]) -> Sequence[Source]:
        """What is to be taken in from files, folders and corpora. Raises `SourceMissing`."""
        from ingest.sources import sources_of

        return sources_of(paths, limits=self._ingest_limits())

    def pipeline(self) -> Pipeline:
        """Takes documents in."""
        from ingest.pipeline import Pipeline
        from ingest.validity.sale_periods import SalePeriods

        return Pipeline(
            self.store,
            lambda: self.embedder,
            embedder_id=self.embedder.embedder_id,
            dimension=self.embedder.dimension,
            codec=codec_of(self.embedder),
            limits=self._ingest_limits(),
            sales=SalePeriods(self.settings.ingest.sale_periods),
        )

    @cached_property
    def keys(self) -> KeyRing:
        """API keys."""
        from app.security.keys import KeyRing

        return KeyRing(self.settings.home / "keys.sqlite")

    @cached_property
    def conflicts(self) -> ConflictLog:
        """Rules in force that disagree."""
        from app.assistant.conflict_log import ConflictLog

        return ConflictLog(self.settings.home / "conflicts.sqlite")

    def find_conflicts(self, day: date, *, on_progress: Callable[[int, int], None] | None = None) -> ConflictReport:
        """Look through the generation that serves. Raises `StoreMissing` when there is none."""
        from app.assistant.base_conflicts import find_conflicts

        with self.serving.borrow() as generation:
            return find_conflicts(generation, day=day, on_progress=on_progress)

    @cached_property
    def feedback(self) -> FeedbackStore:
        """Ratings and corrections."""
        from app.feedback.store import FeedbackStore

        return FeedbackStore(self.settings.home / "feedback.sqlite")

    def _look_at_chat_model(self) -> None:
        """A local model begins to load when somebody asks whether it is ready."""
        if self.chat_model is not None:
            self.chat_model.is_ready  # noqa: B018

    def _ingest_limits(self) -> Limits:
        from ingest.limits import Limits

        settings = self.settings.ingest
        return Limits(
            max_bytes=settings.max_file_mb * _MIB,
            max_text_bytes=settings.max_text_mb * _MIB,
            max_rows=settings.max_rows,
            max_pages=settings.max_pages,
            timeout_s=settings.timeout_s,
            notes=settings.speaker_notes,
        )

    def warm_up(self) -> None:
        """Load what the first question would have to wait for: the embedder and the index, where there is one."""
        self.embedder.embed_queries(["warm up"])
        if self.settings.answer.reader and self.reader is not None:
            self.reader.load()
        if self.store.current_name() is not None:
            self.serving.generation_name  # noqa: B018 - asking for it opens it
        if self._is_service:
            self._look_at_chat_model()

    def close(self) -> None:
        """Let go of what is open; the container is not used afterwards."""
        if "serving" in self.__dict__:
            self.serving.close()
        writer: ReceiptWriter | None = self.__dict__.get("receipt_writer")
        if writer is not None:
            writer.close()
