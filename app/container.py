"""Builds every object from the settings, each once, on first use.

This module and those above it are the only ones that know the settings: everything below takes values. A choice by
name is a dict from name to builder.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractContextManager
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from app.foundation import Foundation
from app.settings import Settings
from index.ports import codec_of

if TYPE_CHECKING:
    from app.actions import ActionGate
    from app.actions.ledger import Ledger
    from app.answer_cache import AnswerCache, CachedAssistant
    from app.assistant.assistant import Assistant
    from app.assistant.base_conflicts import ConflictReport
    from app.assistant.conflict_log import ConflictLog
    from app.assistant.finding import EvidenceFinder
    from app.assistant.holding import Holding
    from app.assistant.trace import Recorder
    from app.calibration.watch import CalibrationWatch
    from app.conversations import ConversationService, SqlConversationStore
    from app.database import Database
    from app.desk import DeskParts
    from app.dialogue import DialogueEngine
    from app.dialogue.check import Vocabulary
    from app.domain import ChatModel
    from app.domain.action import Actions
    from app.domain.shop import Shop
    from app.domain.understanding import Understander
    from app.feedback.store import FeedbackStore
    from app.feedback.surveys import Surveys
    from app.generation.check import SentenceChecker
    from app.handoff import Suggester
    from app.insight.events import ServiceEvents
    from app.insight.gaps.desk import GapDesk, Publish
    from app.insight.metrics import ServiceMetrics
    from app.model_arrival import ModelArrival
    from app.multimodal import PictureReader, Transcriber
    from app.policy import Policy
    from app.profiles import Profiles
    from app.receipts.receipt import Program, Receipt
    from app.receipts.store import ReceiptStore
    from app.receipts.writer import ReceiptWriter
    from app.retrieval.retriever import Searchable
    from app.security.keys import KeyRing
    from app.understanding import MessageUnderstander, SlotFinder
    from ingest.limits import Limits
    from ingest.pipeline import Pipeline
    from ingest.sources import Source

logger = logging.getLogger(__name__)

_MIB = 2**20
_SHARED = ("weights", "embedder_model", "embedder", "reader", "claims")
"""What containers of the same models need only once."""


class Container(Foundation):
    """The objects of one process. Constructing it is cheap and touches nothing; safe to share between threads."""

    def with_settings(self, settings: Settings) -> Container:
        """A container by other settings that shares the models which both want."""
        other = Container(settings, embedder=self._given_embedder, is_service=self._is_service)
        shared = _SHARED if settings.models == self.settings.models else ()
        other._text_models = self._text_models
        for name in (*shared, *(("chat_model",) if settings.llm == self.settings.llm else ())):
            other.__dict__[name] = getattr(self, name)
        return other

    @cached_property
    def database(self) -> Database:
        """Records of customers, orders, conversations and hand-offs; opened on first use."""
        from app.database import Database

        url = self.settings.database.url.get_secret_value()
        return Database(url) if url else Database.in_file(self.settings.home / "kefu.sqlite")

    @property
    def flow_vocabulary(self) -> Vocabulary:
        """What flows may speak of."""
        from app.actions import ACTIONS
        from app.dialogue.check import Vocabulary

        return Vocabulary.of(None, [action.spec for action in ACTIONS.values()])

    @cached_property
    def dialogue(self) -> DialogueEngine:
        """Takes conversations over several turns. Raises `FlowsInvalid`."""
        from app.dialogue import DialogueEngine, DialogueParams, FlowLibrary

        settings = self.settings.dialogue
        library = FlowLibrary.load(settings.flows, vocabulary=self.flow_vocabulary)
        return DialogueEngine(library, params=DialogueParams(max_failures=settings.max_failures))

    def conversation_service(self, understander: Understander, actions: Actions) -> ConversationService:
        """Serves customers' messages. Raises `FlowsInvalid` or `HandOffPolicyInvalid`."""
        from app.conversations import ConversationService, Parts

        parts = Parts(self.dialogue, understander, actions, self.remembering, self.desk.desk)
        limit = self.settings.answer.max_question
        return ConversationService(self.conversations, parts, together=self.database.writing, max_message=limit)

    @cached_property
    def desk(self) -> DeskParts:
        """Agents, their inbox and clocks, and webhooks. Raises `HandOffPolicyInvalid`."""
        from app.desk import build_desk

        return build_desk(self.database, self.settings)

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
    def shop(self) -> Shop:
        """The company's customers, products and orders."""
        from app.orders import RestShop, SqlShop

        settings = self.settings.shop
        if not settings.url:
            return SqlShop(self.database)
        return RestShop(settings.url, api_key=settings.api_key.get_secret_value(), timeout_s=settings.timeout_s)

    @cached_property
    def profiles(self) -> Profiles:
        """What customers let the assistant know about them."""
        from app.profiles import Profiles

        return Profiles(self.database, self.shop)

    @cached_property
    def policy(self) -> Policy:
        """The company's rules; whatever is asked for goes to a person while there are none. Raises `RulesInvalid`."""
        from app.policy import NO_RULES, Policy, read_rules
        from app.policy.errors import RulesMissing

        try:
            return Policy(read_rules(self.settings.policy.rules))
        except RulesMissing as error:
            logger.warning("%s Until then a person decides.", error.message)
            return Policy(NO_RULES)

    @cached_property
    def actions(self) -> ActionGate:
        """Does what customers ask for."""
        return self.actions_over(self.shop)

    def actions_over(self, shop: Shop) -> ActionGate:
        """As `actions`, over another shop."""
        from app.actions import ActionGate

        return ActionGate(shop, self.policy, self.database)

    @cached_property
    def action_log(self) -> Ledger:
        """What was asked for and done."""
        from app.actions.ledger import Ledger

        return Ledger(self.database)

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
        min_confidence: float | None = None,
    ) -> Assistant:
        """As `assistant`, over another source, with another model, recorder, day and threshold."""
        from app.assistant.assistant import Assistant, AssistantParams

        answer = self.settings.answer
        params = AssistantParams(
            max_question=answer.max_question,
            passages=self.settings.retrieval.top,
            max_tokens=answer.max_tokens,
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
    def understander(self) -> MessageUnderstander:
        """Makes sense of messages."""
        return self.understander_with()

    def understander_with(
        self,
        *,
        model: Path | None = None,
        today: Callable[[], date] = date.today,
        products: Iterable[str | Sequence[str]] = (),
    ) -> MessageUnderstander:
        """As `understander`, with another classifier, another day, and the names of the shop's products.

        Raises `ClassifierMissing`, `ClassifierDamaged` or `ClassifierForeign` for a classifier that cannot be used.
        """
        from app.understanding import INTENTS, SENTIMENT, MessageUnderstander, load_classifier, shipped_classifier

        settings, embedder = self.settings.understanding, self.embedder
        folder = model or (settings.intents.expanduser() if settings.intents else None)
        shipped = shipped_classifier(INTENTS)
        is_known = embedder.embedder_id == shipped.embedder_id
        if not is_known and folder is None:
            logger.warning("intents are told by words alone: the classifier that comes with kefu does not know this "
                           "embedder; `kefu train intents` makes one that does")  # fmt: skip
        intents = shipped if folder is None else load_classifier(folder, embedder_id=embedder.embedder_id)
        return MessageUnderstander(
            intents,
            sentiment=shipped_classifier(SENTIMENT),
            slots=self.slot_finder(products),
            embedder=embedder,
            today=today,
        )

    def slot_finder(self, products: Iterable[str | Sequence[str]] = ()) -> SlotFinder:
        """Finds what messages name, as the company writes it."""
        from app.understanding import Catalogue, CodePatterns, SlotFinder

        settings = self.settings.understanding
        return SlotFinder(
            codes=CodePatterns(settings.order_numbers, settings.skus),
            catalogue=Catalogue(products),
            regions=settings.regions,
            currency=settings.currency,
        )

    @cached_property
    def answer_cache(self) -> AnswerCache | None:
        """Answers kept from before; None when they are switched off."""
        from app.kept_answers import build_answer_cache

        return build_answer_cache(self.settings) if self.settings.answer_cache.enabled else None

    @cached_property
    def remembering(self) -> Assistant | CachedAssistant:
        """As `assistant`, which answers everything anew, with the kept answers before it."""
        from app.kept_answers import build_cached_assistant

        return self.assistant if self.answer_cache is None else build_cached_assistant(self, self.answer_cache)

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

        return ReceiptRecorder(put, program=lambda: self.program, pin=self.pin, keeps_question=keeps_question)

    @cached_property
    def program(self) -> Program:
        """What answers: version, settings and weights."""
        from app.program import program_of

        return program_of(
            self.settings,
            embedder=self.embedder.embedder_id,
            has_scorer=self.scorer is not None,
            calibration=self.calibration.digest,
        )

    def pin(self, name: str) -> str | None:
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

    @cached_property
    def pictures(self) -> PictureReader | None:
        """Reads what customers photograph; None when that is switched off."""
        from app.multimodal import NumberShapes, PictureReader
        from ingest.limits import Limits

        settings = self.settings.pictures
        if not settings.enabled:
            return None
        limits = Limits(
            max_picture_bytes=settings.max_mb * _MIB,
            max_pixels=settings.max_megapixels * 1_000_000,
            recognize_s=settings.timeout_s,
            recognizer_threads=settings.threads or _few_cores(),
        )
        shapes = NumberShapes.of(settings.order_numbers, settings.skus)
        return PictureReader(limits=limits, shapes=shapes)

    @cached_property
    def voice(self) -> Transcriber | None:
        """Hears what customers say; None when that is switched off."""
        from app.multimodal import Transcriber
        from app.multimodal.audio import AudioLimits

        settings = self.settings.voice
        if not settings.enabled:
            return None
        return Transcriber(
            lambda: self.weights.path(settings.model),
            model=settings.model,
            limits=AudioLimits(max_bytes=settings.max_mb * _MIB, max_s=settings.max_s),
            chinese=settings.chinese,
            threads=settings.threads or _few_cores(),
        )

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

        return FeedbackStore(self.database, log=self.events, legacy=self.settings.home / "feedback.sqlite")

    @cached_property
    def surveys(self) -> Surveys:
        """Asks how it was."""
        from app.feedback.surveys import SurveyPolicy, Surveys

        survey = self.settings.survey
        policy = SurveyPolicy(survey.enabled, survey.quiet_days, survey.nps_days, survey.open_days)
        return Surveys(self.database, policy=policy, log=self.events)

    @cached_property
    def events(self) -> ServiceEvents:
        """The log of what happened, from which numbers and gaps are taken."""
        from app.insight.events import ServiceEvents

        return ServiceEvents(self.database)

    @cached_property
    def metrics(self) -> ServiceMetrics:
        """The published numbers."""
        from zoneinfo import ZoneInfo

        from tzlocal import get_localzone

        from app.insight.metrics import ServiceMetrics

        name = self.settings.schedule.timezone
        return ServiceMetrics(self.events, zone=ZoneInfo(name) if name else get_localzone())

    def holding(self, *, today: Callable[[], date] = date.today) -> Holding:
        """Looks up in the base what agents say."""
        from app.assistant.holding import Holding

        return Holding(self.serving.borrow, self.finder, today=today)

    def gap_desk(self, publish: Publish) -> GapDesk:
        """Finds gaps in the base and brings drafts into it by `publish`."""
        from app.gap_building import build_gap_desk

        return build_gap_desk(
            self.settings.gaps,
            database=self.database,
            events=self.events,
            embedder=self.embedder,
            knows_embedder=self.scorer is not None,
            holds=self.holding(),
            publish=publish,
        )

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
            recognize=settings.ocr,
            max_recognized_pages=settings.max_ocr_pages,
            recognizer_threads=_few_cores(),
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
        for name in ("receipt_writer", "answer_cache", "pictures", "voice", "shop", "database"):
            if callable(close := getattr(self.__dict__.get(name), "close", None)):
                close()


def _few_cores() -> int:
    """Threads of a network that is used now and then: more than four bring little."""
    return min(os.cpu_count() or 1, 4)
