"""Builds every object from the settings, each once, on first use.

This module and those above it are the only ones that know the settings: everything below takes values. A choice by
name is a dict from name to builder.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import date, datetime
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from app.building.company import few_cores
from app.building.trade import Trade
from app.domain import Turn
from app.settings import Settings
from index.errors import KefuError
from index.ports import codec_of

if TYPE_CHECKING:
    from app.answer_cache import AnswerCache, CachedAssistant
    from app.assistant.assistant import Assistant
    from app.assistant.base_conflicts import ConflictReport
    from app.assistant.conflict_log import ConflictLog
    from app.assistant.finding import EvidenceFinder
    from app.assistant.holding import Holding
    from app.assistant.trace import Recorder
    from app.building.desk import DeskParts
    from app.building.experimenting import VaryingAssistant
    from app.calibration.watch import CalibrationWatch
    from app.conversations import ConversationService, ConversingAssistant, SqlConversationStore
    from app.domain import ChatModel
    from app.domain.action import Actions
    from app.domain.understanding import Understander
    from app.generation.check import SentenceChecker
    from app.handoff import Suggester
    from app.insight.gaps.desk import GapDesk, Publish
    from app.model_arrival import ModelArrival
    from app.receipts.receipt import Program, Receipt
    from app.receipts.store import ReceiptStore
    from app.receipts.writer import ReceiptWriter
    from app.retrieval.retriever import Searchable
    from app.security.keys import KeyRing
    from ingest.limits import Limits
    from ingest.pipeline import Pipeline
    from ingest.sources import Source

logger = logging.getLogger(__name__)

_TRIED = "运费谁出？ Who pays for shipping?"
_MIB = 2**20
_SHARED = ("weights", "embedder_model", "embedder", "reader", "claims")
"""What containers of the same models need only once."""


class Container(Trade):
    """The objects of one process. Constructing it is cheap and touches nothing; safe to share between threads."""

    def with_settings(self, settings: Settings) -> Container:
        """A container by other settings that shares the models which both want."""
        other = Container(settings, embedder=self._given_embedder, is_service=self._is_service)
        shared = _SHARED if settings.models == self.settings.models else ()
        other._text_models = self._text_models
        for name in (*shared, *(("chat_model",) if settings.llm == self.settings.llm else ())):
            other.__dict__[name] = getattr(self, name)
        self._share_promoted(other)
        return other

    def conversation_service(self, understander: Understander, actions: Actions) -> ConversationService:
        """Serves customers' messages. Raises `FlowsInvalid` or `HandOffPolicyInvalid`."""
        from app.conversations import ConversationService, Parts

        parts = Parts(
            self.dialogue,
            understander,
            actions,
            self.varying,
            self.desk.desk,
            tier_of=self.tier_of,
            customer_facts=self.customer_facts,
            log=self.events,
        )
        limit = self.settings.answer.max_question
        return ConversationService(self.conversations, parts, together=self.database.writing, max_message=limit)

    @cached_property
    def front(self) -> ConversingAssistant:
        """Where customers' messages come in: conversations where they are kept, plain answers where not."""
        from app.conversations import ConversingAssistant

        def build() -> ConversationService:
            names = [[name for name in (item.name, item.name_en) if name] for item in self.items]
            understander = self.understander_with(products=names)
            understander.understand(_TRIED)  # as `warm_up`: what it loads with the first message
            return self.conversation_service(understander, self.actions)

        return ConversingAssistant(build, self.varying)

    @cached_property
    def desk(self) -> DeskParts:
        """Agents, their inbox and clocks, and webhooks. Raises `HandOffPolicyInvalid`."""
        from app.building.desk import build_desk

        return build_desk(
            self.database,
            self.settings,
            log=self.events,
            feedback=self.feedback,
            customer_facts=self.customer_facts,
            also_forget=self.forget_conversation,
        )

    def forget_before(self, day: datetime) -> Mapping[str, int]:
        """Erase words of people that are older; by kind, how much. Numbers stay, and what agents have."""
        return {"conversations": self.conversations.erase_before(day), **self.forget_words_before(day)}

    @property
    def conversations(self) -> SqlConversationStore:
        """What was said."""
        return self.desk.conversations

    @cached_property
    def suggester(self) -> Suggester:
        """Drafts replies for agents."""
        from app.handoff import Suggester

        return Suggester(self.conversations, self.remembering)

    @cached_property
    def checker(self) -> SentenceChecker:
        """Holds sentences against their evidence."""
        from app.generation.check import SentenceChecker

        return SentenceChecker(self.embedder, claims=self.claims)

    @cached_property
    def finder(self) -> EvidenceFinder:
        """Search, reading and the judgement whether what was found answers."""
        from app.assistant.answerability import Answerability
        from app.assistant.finding import EvidenceFinder
        from app.assistant.overview import Overviews
        from app.retrieval.selection import SelectionParams

        return EvidenceFinder(
            self.retriever,
            Answerability.shipped(),
            reader=self.reader if self.settings.answer.reader else None,
            scorer=self.serving_scorer,
            selection=SelectionParams(passages=self.settings.retrieval.top),
            wide=Overviews.over(self.embedder),
            at_once=few_cores(),
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
        min_confidence: float | None = None,
    ) -> Assistant:
        """As `assistant`, over another source, with another model, recorder, day and threshold."""
        from app.assistant.assistant import Assistant, AssistantParams

        answer = self.settings.answer
        params = AssistantParams(
            passages=self.settings.retrieval.top,
            **answer.model_dump(include={"max_question", "max_tokens", "min_support", "asks_model", "translate_s"}),
            instructions={"zh": answer.prompt_zh, "en": answer.prompt_en},
            min_confidence=self.calibration.threshold if min_confidence is None else min_confidence,
        )
        return Assistant(
            borrow=borrow,
            embedder=self.embedder,
            finder=self.finder,
            checker=self.checker,
            chat_model=chat_model,
            params=params,
            today=today,
            recorder=recorder,
            on_conflict=self.conflicts.note if self._is_service else None,
        )

    @cached_property
    def answer_cache(self) -> AnswerCache | None:
        """Answers kept from before; None when they are switched off."""
        from app.building.kept_answers import build_answer_cache

        return build_answer_cache(self.settings) if self.settings.answer_cache.enabled else None

    @cached_property
    def remembering(self) -> Assistant | CachedAssistant:
        """As `assistant`, which answers everything anew, with the kept answers before it."""
        from app.building.kept_answers import build_cached_assistant

        return self.assistant if self.answer_cache is None else build_cached_assistant(self, self.answer_cache)

    @cached_property
    def varying(self) -> VaryingAssistant:
        """As `remembering`, by the arms of experiments where any are under way."""
        from app.building.experimenting import VaryingAssistant

        return VaryingAssistant(self.remembering, lambda: self.experiments, self._assistant_by)

    def _assistant_by(
        self, answer: Mapping[str, Any], retrieval: Mapping[str, Any], prompt: Mapping[str, Any]
    ) -> Assistant:
        """As `assistant`, by values that an experiment tries; index and models are shared."""
        from app.building.program import varied

        settings = self.settings
        other = self.with_settings(varied(settings, retrieval, prompt))
        if "query_map" in retrieval:  # what an arm names goes before what was promoted
            other._promoted_map = lambda: other.configured_map
        writer = self.receipt_writer
        keeps_question = settings.receipts.question == "text"
        return other.assistant_over(
            self.serving.borrow,
            chat_model=self.chat_model,
            recorder=other.recorder_into(writer.put, keeps_question=keeps_question) if writer is not None else None,
            min_confidence=answer.get("min_confidence", self.calibration.threshold),
        )

    @cached_property
    def calibration(self) -> CalibrationWatch:
        """From which confidence on answers are delivered, and what that was taken from."""
        from app.calibration.watch import CalibrationWatch

        answer, path = self.settings.answer, CalibrationWatch.path_in(self.settings.home)
        return CalibrationWatch(path, max_error=answer.max_error, min_confidence=answer.min_confidence)

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

        return ReceiptRecorder(put, program=self._noted_program, pin=self.pin, keeps_question=keeps_question)

    @property
    def program(self) -> Program:
        """What answers: version, settings and weights."""
        return self._noted_program()()

    def _noted_program(self) -> Callable[[], Program]:
        """As `program`, to be made later: what was promoted is known now, while the conversation is."""
        from app.building.program import program_of

        moving = self.query_map
        return partial(
            program_of,
            self.settings,
            embedder=self.embedder.embedder_id,
            has_scorer=self.scorer is not None,
            calibration=self.calibration.digest,
            query_map=None if moving is None else moving.digest,
            scorer=self._scorer_digest(),
        )

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

    def holding(self, *, today: Callable[[], date] = date.today) -> Holding:
        """Looks up in the base what agents say."""
        from app.assistant.holding import Holding

        return Holding(self.serving.borrow, self.finder, today=today)

    def gap_desk(self, publish: Publish) -> GapDesk:
        """Finds gaps in the base and brings drafts into it by `publish`."""
        from app.building.gaps import build_gap_desk

        return build_gap_desk(
            self.settings.gaps,
            database=self.database,
            events=self.events,
            embedder=self.embedder,
            knows_embedder=self.scorer is not None,
            holds=self.holding(),
            publish=publish,
        )

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
            recognize=settings.ocr,
            max_recognized_pages=settings.max_ocr_pages,
            recognizer_threads=few_cores(),
        )

    def warm_up(self) -> None:
        """Load what the first question would have to wait for: the embedder and the index, where there is one."""
        self.embedder.embed_queries(["warm up"])
        if self.settings.answer.reader and self.reader is not None:
            self.reader.load()
        if self.store.current_name() is not None:
            self.serving.generation_name  # noqa: B018 - asking for it opens it
            self._try_a_question()
        if self._is_service:
            self._look_at_chat_model()

    def _try_a_question(self) -> None:
        """Answer one that nobody asked: what comes with the first question, dictionaries and kernels, is loaded then.

        Else a burst of questions after the start waits for that together, for seconds.
        """
        assistant = self.assistant_over(self.serving.borrow, chat_model=None, recorder=None)
        try:
            assistant.reply(Turn(_TRIED, mode="extractive"))
        except KefuError as error:
            logger.warning("no question can be answered yet: %s", error.message)

    def close(self) -> None:
        """Let go of what is open; the container is not used afterwards."""
        if "serving" in self.__dict__:
            self.serving.close()
        for name in ("receipt_writer", "answer_cache", "pictures", "voice", "shop", "database"):
            if callable(close := getattr(self.__dict__.get(name), "close", None)):
                close()
