"""What search and reading stand on: weights, embedder, index and the networks on them, each built on first use."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from app.settings import Settings
from index.errors import EmbedderMismatch
from index.ports import codec_of

if TYPE_CHECKING:
    from app.domain import ChatModel
    from app.retrieval.late import LateInteraction
    from app.retrieval.reading import EvidenceReader
    from app.retrieval.reading.claims import ClaimReader
    from app.retrieval.retriever import Retriever
    from app.retrieval.scoring import SentenceScorer
    from index.embedding.query_map import QueryMap
    from index.embedding.text_model import LazyTextModel
    from index.generation import Generation
    from index.ports import Embedder
    from index.serving import Serving
    from index.store import Store
    from index.weights import Weights

logger = logging.getLogger(__name__)


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


class Foundation:
    """The models and the index of one process; safe to share between threads."""

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
        from app.building.backends import build_embedder

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
        return self.retriever_with(moving=lambda: self.query_map, scorer=self.serving_scorer)

    def retriever_with(self, *, moving: Callable[[], QueryMap | None], scorer: SentenceScorer | None) -> Retriever:
        """As `retriever`, with another adapter of questions' vectors and another scorer."""
        from app.retrieval.fusion import ReciprocalRankFusion
        from app.retrieval.retriever import Retriever

        settings = self.settings.retrieval
        fusion = ReciprocalRankFusion(k=settings.rrf_k, limit=4 * settings.depth, weights=settings.weights)
        return Retriever(
            self.embedder,
            fusion=fusion,
            scorer=scorer,
            late=self._late(),
            moving=moving,
            depth=settings.depth,
        )

    @property
    def query_map(self) -> QueryMap | None:
        """What moves questions' vectors before the search; that of the settings unless another was promoted."""
        return self.configured_map

    @cached_property
    def configured_map(self) -> QueryMap | None:
        """What moves questions' vectors by the settings: the map that they name, else the shipped one.

        None where the settings want none, and where nothing is named and the embedder is not that of the shipped one.
        Raises `QueryMapDamaged`, or `QueryMapMismatch` for a named one of another embedder.
        """
        settings, embedder_id = self.settings.retrieval, self.embedder.embedder_id
        if not settings.move_questions:
            return None
        if settings.query_map is None:
            from app.retrieval.shipped_map import shipped_map

            return shipped_map(embedder_id)
        from index.embedding.query_map import QueryMap

        return QueryMap.load(settings.query_map.expanduser(), embedder_id=embedder_id)

    def _late(self) -> LateInteraction | None:
        from app.retrieval.late import LateInteraction
        from app.retrieval.token_shift import TokenShift
        from index.ports import TokenEmbedder

        embedder, codec, settings = self.embedder, codec_of(self.embedder), self.settings.retrieval
        if codec is None or not settings.late or not isinstance(embedder, TokenEmbedder):
            return None
        shift = TokenShift.of(codec.codec_id)
        return LateInteraction(embedder, codec, shift=shift, weight=settings.late_fusion_weight)

    @cached_property
    def scorer(self) -> SentenceScorer | None:
        """Chooses what the reader sees: that of the settings, else the one that comes with kefu.

        None with an embedder that it was not trained on. Raises `ScorerDamaged` or `ScorerMismatch`.
        """
        from app.retrieval.reading.network import BACKBONE
        from app.retrieval.scoring import SentenceScorer

        is_known = self.embedder_model == BACKBONE
        if is_known and self._given_embedder is not None:  # which may only stand before the one that it was trained on
            is_known = self._given_embedder.embedder_id == self.weights.spec(BACKBONE).identity
        folder = self.settings.retrieval.scorer
        if folder is not None:
            return SentenceScorer.of_folder(folder.expanduser(), embedder_id=self.embedder.embedder_id)
        return SentenceScorer.shipped() if is_known else None

    @property
    def serving_scorer(self) -> SentenceScorer | None:
        """As `scorer`, unless another was promoted."""
        return self.scorer

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
    def chat_model(self) -> ChatModel | None:
        """The language models in the order of the settings, as one; None when answers are to be extractive alone."""
        from app.building.backends import build_chat_model

        return build_chat_model(
            self.settings.llm, self.weights, in_background=self._is_service, adapter=lambda: self.llm_adapter
        )

    @property
    def llm_adapter(self) -> Path | None:
        """Of the local language model; that of the settings unless another was promoted."""
        return self.configured_adapter

    @property
    def configured_adapter(self) -> Path | None:
        """Of the local language model: that of the settings, else the one that comes with kefu; None for neither."""
        from app.generation.adapters import shipped_adapter

        llm = self.settings.llm
        if llm.adapter is not None or not llm.shipped_adapter:
            return llm.adapter
        return shipped_adapter(self.weights.spec(llm.local.model).name)

    @cached_property
    def claims(self) -> ClaimReader | None:
        """The reader of claims; None while the embedding model that it is built on is not on this machine."""
        from app.retrieval.reading.claims import ClaimReader
        from app.retrieval.reading.network import BACKBONE
        from index.errors import ModelMissing

        try:
            return ClaimReader(self.text_model(self.weights.path(BACKBONE)))
        except ModelMissing:
            return None

    def pin(self, name: str) -> str | None:
        """Sha256 of a language model's weights by its name, adapter or not; None for one on another machine."""
        bare = name.partition("+")[0]  # behind it stands which adapter
        specs = (spec for spec in self.weights.catalogue() if spec.kind == "chat")
        return next((spec.sha256 for spec in specs if spec.name == bare), None)

    def _look_at_chat_model(self) -> None:
        """A local model begins to load when somebody asks whether it is ready."""
        if self.chat_model is not None:
            self.chat_model.is_ready  # noqa: B018
