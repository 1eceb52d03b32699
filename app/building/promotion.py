"""What was promoted in the place of what the settings name, or is on trial, for the conversation that is served."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from app.building.foundation import Foundation

if TYPE_CHECKING:
    from app.database import Database
    from app.retrieval.scoring import SentenceScorer
    from app.served import ServedModels
    from index.embedding.query_map import QueryMap


class Promotion(Foundation):
    """The models of a foundation as they were promoted; safe to share between threads."""

    @cached_property
    def database(self) -> Database:
        """Records of customers, orders, conversations and hand-offs; opened on first use."""
        from app.database import Database

        url = self.settings.database.url.get_secret_value()
        return Database(url) if url else Database.in_file(self.settings.home / "kefu.sqlite")

    @property
    def candidates_folder(self) -> Path:
        """Where files of trained models lie, by id."""
        return self.settings.home / "models"

    @cached_property
    def served_models(self) -> ServedModels:
        """Which trained model of each kind serves."""
        from app.served import ServedModels

        return ServedModels(self.database, self.candidates_folder)

    @property
    def _may_be_promoted(self) -> bool:
        """A command on its own makes no database for what was never promoted."""
        return self._is_service or self.candidates_folder.exists()

    @property
    def query_map(self) -> QueryMap | None:
        """The adapter that was promoted, or is on trial, for the conversation that is served; else the settings'."""
        return self._promoted_map() if self._may_be_promoted else self.configured_map

    @cached_property
    def _promoted_map(self) -> Callable[[], QueryMap | None]:
        from app.served import Reloading
        from index.embedding.query_map import QueryMap

        def load(folder: Path) -> QueryMap | None:
            return QueryMap.load(folder, embedder_id=self.embedder.embedder_id)

        return Reloading(self.served_models, "embedder", load, lambda: self.configured_map)

    @property
    def llm_adapter(self) -> Path | None:
        """As `query_map`, of the adapter of the local language model."""
        return self._promoted_adapter() if self._may_be_promoted else self.configured_adapter

    @cached_property
    def _promoted_adapter(self) -> Callable[[], Path | None]:
        from app.generation.adapters import FILE_NAME
        from app.served import Reloading

        def found(folder: Path) -> Path | None:
            return folder / FILE_NAME

        return Reloading(self.served_models, "llm", found, lambda: self.configured_adapter)

    @cached_property
    def serving_scorer(self) -> SentenceScorer | None:
        """As `query_map`, of the scorer of sentences; None with an embedder that no scorer is for."""
        configured = self.scorer
        if configured is None or not self._may_be_promoted:
            return configured
        from app.retrieval.following import FollowingScorer
        from app.retrieval.scoring import SentenceScorer
        from app.served import Reloading

        def load(folder: Path) -> SentenceScorer:
            return SentenceScorer.of_folder(folder, embedder_id=self.embedder.embedder_id)

        return FollowingScorer(Reloading(self.served_models, "reranker", load, lambda: configured))

    def _scorer_digest(self) -> str | None:
        """Digest of the scorer of a company's own that serves the conversation at hand; None for the shipped one."""
        if self.serving_scorer is None or self.scorer is None:
            return None
        digest = self.serving_scorer.digest
        return None if digest == self.scorer.digest and self.settings.retrieval.scorer is None else digest

    def _share_promoted(self, other: Promotion) -> None:
        """Another container of the same installation follows what serves as this one does."""
        one, two = self.settings, other.settings
        if self._may_be_promoted and (one.home, one.database) == (two.home, two.database):
            other.served_models = self.served_models
