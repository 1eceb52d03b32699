"""Builds every object from the settings, each once, on first use.

This module and those above it are the only ones that know the settings: everything below takes values. A choice by
name is a dict from name to builder.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property
from typing import TYPE_CHECKING

from app.settings import Settings
from index.errors import EmbedderMismatch

if TYPE_CHECKING:
    from app.assistant.assistant import Assistant
    from app.feedback.store import FeedbackStore
    from app.retrieval.retriever import Retriever
    from app.security.keys import KeyRing
    from index.generation import Generation
    from index.ports import Embedder
    from index.serving import Serving
    from index.store import Store
    from index.weights import Weights

_MIB = 2**20


class Container:
    """The objects of one process. Constructing it is cheap and touches nothing; safe to share between threads."""

    def __init__(self, settings: Settings, *, embedder: Embedder | None = None) -> None:
        """`embedder` takes the place of the one that the settings name."""
        self.settings = settings
        self._given_embedder = embedder
        self._lock = threading.RLock()
        self._embedder: Embedder | None = embedder

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

    @property
    def embedder(self) -> Embedder:
        """The embedder, loaded. Raises `ModelMissing` and its siblings when its weights are not here."""
        with self._lock:  # loading twice would double the memory
            if self._embedder is None:
                self._embedder = self._build_embedder()
            return self._embedder

    @property
    def embedder_identity(self) -> tuple[str, int]:
        """Id and dimension of the embedder; loads it only where they are not known without."""
        if self._embedder is None and self.embedder_model is not None:
            from index.embedding import E5_DIMENSION

            return self.weights.spec(self.embedder_model).identity, E5_DIMENSION
        return self.embedder.embedder_id, self.embedder.dimension

    @cached_property
    def store(self) -> Store:
        """Generations on disk."""
        from index.store import Store

        return Store(self.settings.store_path)

    @cached_property
    def serving(self) -> Serving:
        """The newest published generation."""
        from index.serving import Serving

        return Serving(self.store)

    def require_index(self) -> None:
        """Raises `StoreMissing` when nothing was published yet, and `EmbedderMismatch` as `borrow` does."""
        with self.borrow():
            return

    @contextmanager
    def borrow(self) -> Iterator[Generation]:
        """The generation that serves. Raises `EmbedderMismatch` when it was built with another embedder."""
        with self.serving.borrow() as generation:
            built_with, configured = generation.info.embedder_id, self.embedder.embedder_id
            if built_with != configured:
                raise EmbedderMismatch(
                    f"The index was built with the embedder {built_with}, the settings say {configured}. "
                    "Run `kefu ingest PATH --full`, or set KEFU_MODELS__EMBEDDER back."
                )
            yield generation

    @cached_property
    def retriever(self) -> Retriever:
        """Four stages and their fusion."""
        from app.retrieval.fusion import ReciprocalRankFusion
        from app.retrieval.retriever import Retriever

        settings = self.settings.retrieval
        fusion = ReciprocalRankFusion(k=settings.rrf_k, limit=4 * settings.depth, weights=settings.weights)
        return Retriever(self.embedder, fusion=fusion, depth=settings.depth)

    @cached_property
    def assistant(self) -> Assistant:
        """Answers questions."""
        from app.assistant.answerability import Answerability, LogisticWeights
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
            borrow=self.borrow,
            embedder=self.embedder,
            retriever=self.retriever,
            checker=SentenceChecker(self.embedder),
            answerability=Answerability(LogisticWeights.shipped()),
            chat_model=self.chat_model,
            params=params,
        )

    @cached_property
    def keys(self) -> KeyRing:
        """API keys."""
        from app.security.keys import KeyRing

        return KeyRing(self.settings.home / "keys.sqlite")

    @cached_property
    def feedback(self) -> FeedbackStore:
        """Ratings and corrections."""
        from app.feedback.store import FeedbackStore

        return FeedbackStore(self.settings.home / "feedback.sqlite")

    def close(self) -> None:
        """Let go of what is open; the container is not used afterwards."""
