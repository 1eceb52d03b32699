"""How each kind of model is measured over a container: by the work that it does there."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from app.domain import Turn
from app.evaluation.datasets import QUERIES
from app.learning.registry.answering import Answer, Answered, AnsweringMeasure
from app.learning.registry.errors import CandidateUnusable
from app.learning.registry.findings import Finding
from app.learning.registry.recommending import NextItemMeasure
from app.learning.registry.searching import RankingMeasure, Search
from app.retrieval.errors import ScorerDamaged, ScorerMismatch
from index.errors import QueryMapDamaged
from index.types import Query

if TYPE_CHECKING:
    from app.assistant.assistant import Assistant
    from app.building.container import Container
    from app.generation.local_gguf import LocalGGUFChat
    from app.recommendation.model import Model
    from app.retrieval.retriever import Retriever

_PASSAGES = 20
"""Looked up of each question: several may be of one document."""


def fixed_set(container: Container, kind: str) -> Path:
    """Where a company keeps what candidates of a kind are measured on."""
    folder = container.settings.learning.fixed_sets
    return (container.settings.home / "learning" / "fixed" if folder is None else folder.expanduser()) / f"{kind}.jsonl"


def fixed_sets(container: Container, kind: str) -> list[Path]:
    """As `fixed_set`, with the test cases that people keep in the console: questions, sources, and what to say."""
    return [fixed_set(container, kind), container.settings.home / "evaluation" / "cases" / QUERIES]


def embedder_measure(container: Container) -> RankingMeasure:
    """Of adapters of questions' vectors: which documents are found, beside the adapter of the settings."""
    from index.embedding.query_map import QUERY_MAP, QueryMap

    embedder = container.embedder

    def search_with(folder: Path | None) -> Search:
        moving = container.configured_map if folder is None else QueryMap.load(folder, embedder_id=embedder.embedder_id)
        return _searching(container, container.retriever_with(moving=lambda: moving, scorer=container.scorer))

    def inspect(folder: Path) -> list[Finding]:
        if not (folder / QUERY_MAP).is_file():
            return [Finding("file_missing", {"file": QUERY_MAP})]
        try:
            written = QueryMap.load(folder).embedder_id
        except QueryMapDamaged as error:
            return [Finding("file_foreign", {"kind": "embedder", "why": error.message})]
        if written != embedder.embedder_id:
            return [Finding("base_wrong", {"found": written, "wanted": embedder.embedder_id})]
        return []

    return RankingMeasure(
        "embedder",
        search_with,
        fixed_set=fixed_sets(container, "embedder"),
        base=embedder.embedder_id,
        dimension=embedder.dimension,
        inspect=inspect,
    )


def reranker_measure(container: Container) -> RankingMeasure:
    """Of scorers of sentences: which documents come first, beside the one that serves now."""
    from app.retrieval.scoring import SentenceScorer

    embedder_id = container.embedder.embedder_id

    def search_with(folder: Path | None) -> Search:
        scorer = container.scorer if folder is None else SentenceScorer.of_folder(folder, embedder_id=embedder_id)
        return _searching(container, container.retriever_with(moving=lambda: container.query_map, scorer=scorer))

    def inspect(folder: Path) -> list[Finding]:
        try:
            found = SentenceScorer.of_folder(folder, embedder_id=embedder_id).dimension
        except ScorerMismatch as error:
            return [Finding("base_wrong", {"found": error.message, "wanted": embedder_id})]
        except ScorerDamaged as error:
            return [Finding("file_foreign", {"kind": "reranker", "why": error.message})]
        wanted = container.embedder.dimension
        if found != wanted:
            return [Finding("shape_wrong", {"part": "scorer", "found": found, "wanted": wanted})]
        if container.scorer is None:
            return [Finding("file_foreign", {"kind": "reranker", "why": "no reranker serves with this embedder"})]
        return []

    return RankingMeasure(
        "reranker",
        search_with,
        fixed_set=fixed_sets(container, "reranker"),
        base=embedder_id,
        inspect=inspect,
    )


def recommender_measure(container: Container) -> NextItemMeasure:
    """Of recommenders: each person's newest item, beside the model of the nightly refit."""

    def serving() -> Model | None:
        return container.recommenders.current() if container.recommenders.has_current() else None

    return NextItemMeasure(container.behaviour.interactions, serving)


def llm_measure(container: Container) -> AnsweringMeasure:
    """Of adapters of the local language model: what it answers from the base, beside the adapter of the settings.

    Raises `CandidateUnusable` where the model itself is not here.
    """
    spec = container.weights.spec(container.settings.llm.local.model)
    if container.weights.state(spec.name) != "ready":
        raise CandidateUnusable(
            f"Adapters are measured with the local language model, whose weights are not here: "
            f"kefu models pull {spec.name}"
        )
    return AnsweringMeasure(
        AdapterAnswers(container),
        fixed_set=fixed_sets(container, "llm"),
        most=container.settings.learning.llm_questions,
        inspect=_adapter_inside,
    )


class AdapterAnswers:
    """Answers with the local language model alone, whose adapter is changed between the two sides.

    One model is in memory for both, beside the one that serves customers.
    """

    def __init__(self, container: Container) -> None:
        """Nothing is loaded yet."""
        self._container = container
        self._wanted = self._configured = container.configured_adapter

    def __call__(self, folder: Path | None) -> Answer:
        """What answers with the adapter in a folder, or for None with that of the settings."""
        from app.generation.adapters import AdapterFile

        self._wanted = self._configured if folder is None else folder
        expected = None if self._wanted is None else AdapterFile.of(self._wanted).path

        def answer(text: str) -> Answered:
            given = self._assistant.reply(Turn(text, mode="llm"))
            if given.model is not None and self._model.serving_adapter != expected:
                raise CandidateUnusable("The adapter does not fit the local language model, which goes on without it.")
            return Answered(given.text, given.status == "declined")

        return answer

    @cached_property
    def _model(self) -> LocalGGUFChat:
        from app.generation.local_gguf import LocalGGUFChat

        local, weights = self._container.settings.llm.local, self._container.weights
        return LocalGGUFChat(
            path=weights.path(local.model),
            model_name=weights.spec(local.model).name,
            threads=local.threads or None,
            adapter=lambda: self._wanted,
        )

    @cached_property
    def _assistant(self) -> Assistant:
        from app.generation.langchain import ChatTimeouts, LangChainChatModel

        limit = self._container.settings.llm.local.timeout_s
        model = LangChainChatModel(
            self._model, name=self._model.model_name, timeouts=ChatTimeouts(limit, limit, 3 * limit)
        )
        return self._container.assistant_over(self._container.serving.borrow, chat_model=model, recorder=None)


def _adapter_inside(folder: Path) -> list[Finding]:
    from app.generation.adapters import FILE_NAME

    return [] if (folder / FILE_NAME).is_file() else [Finding("file_missing", {"file": FILE_NAME})]


def _searching(container: Container, retriever: Retriever) -> Search:
    """Documents by their best passages, from the generation that serves."""

    def search(text: str) -> Sequence[str]:
        with container.serving.borrow() as generation:
            hits = retriever.search(Query(text, top=_PASSAGES), generation)
            passages = generation.passages([hit.passage_id for hit in hits])
        return list(dict.fromkeys(passage.document_id for passage in passages))

    return search
