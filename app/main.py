"""The service put together: container, jobs, nightly run, arriving weights, and the web application over them."""

from __future__ import annotations

import gc
import logging
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import asdict
from datetime import date, datetime
from functools import cache
from importlib.metadata import version
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import TYPE_CHECKING, Any, get_args

from fastapi import FastAPI

from app.building.container import Container
from app.building.kept_answers import settle_answers
from app.checks import examine
from app.domain.job import JobKind
from app.evaluation.cases import CaseStore
from app.evaluation.runs import EvaluationRuns
from app.jobs.conflicts import Look, conflicts_action
from app.jobs.experiments import experiments_action, report_action
from app.jobs.gaps import gaps_action
from app.jobs.ingest import ingest_actions
from app.jobs.learning import learning_action
from app.jobs.nightly import Nightly
from app.jobs.recommendation import recommendation_action
from app.jobs.retention import retention_action
from app.jobs.runner import JobRunner
from app.jobs.stock import stock_action
from app.jobs.table import JobTable
from app.jobs.uploads import UploadFolder
from app.orders.own_numbers import OwnNumbers
from app.reporting import collect, last_day, name_of, write_report
from app.reporting.building import sources_of
from app.reporting.writing import Reports
from app.settings import Settings, explain
from app.web.app import build_app
from app.web.flow_files import FlowFiles
from app.web.services import (
    Desk,
    Insight,
    LanguageModelState,
    Limits,
    PageText,
    Reason,
    Receipts,
    Recommending,
    Services,
    TrainedModels,
    WidgetPolicy,
)
from index.errors import KefuError, StoreMissing

if TYPE_CHECKING:
    from app.learning.registry import Registry
    from app.training.nights import Night
    from ingest.report import IngestReport

logger = logging.getLogger(__name__)

_MIB = 2**20
_EVERY_NIGHT: tuple[JobKind, ...] = (
    "ingest",
    "conflicts",
    "gaps",
    "recommend",
    "stock",
    "experiments",
    "learning",
    "report",
    "retention",
)
_LOOPBACK = ("127.0.0.1", "localhost", "[::1]")
_PAGE = PageText(
    suggestions={
        "zh": ("七天无理由退货的运费谁出？", "生鲜坏了怎么赔？", "发票多久能开出来？", "价格保护是几天？"),
        "en": (
            "How long does a refund to a credit card take?",
            "Can I return shoes that I tried on outdoors?",
            "Which countries do you deliver to?",
            "What does the limited warranty cover?",
        ),
    }
)


def create_app(settings: Settings | None = None) -> FastAPI:
    """The application by settings (read from the environment when none are given), for any ASGI server."""
    from app.settings import load_settings

    return build(Container(settings or load_settings(), is_service=True))


def build(container: Container) -> FastAPI:
    """The application over a container. Work in the background starts and ends with the application."""
    settings = container.settings
    uploads = UploadFolder(container.uploads_folder, max_bytes=settings.server.max_file_mb * _MIB)
    table = JobTable(settings.home / "jobs.sqlite")
    actions = ingest_actions(_runner(container), uploads, container.knowledge_folders)
    actions["conflicts"] = conflicts_action(_conflict_finder(container))
    gaps = cache(lambda: container.gap_desk(publish))
    actions["gaps"] = gaps_action(lambda **wanted: gaps().mine(**wanted))
    actions["recommend"] = recommendation_action(lambda on_stage: container.refit.run(on_stage=on_stage))
    registry = cache(lambda: _registry(container))
    actions["learning"] = learning_action(lambda: _nightly_turns(container, registry))
    actions["retention"] = retention_action(container.forget_before, days=settings.retention.days)
    actions["stock"] = stock_action(lambda **wanted: container.stock.make_report(**wanted))
    reports = Reports(container.reports_folder)
    actions["experiments"] = experiments_action(container.experiments.watch)
    actions["report"] = report_action(_reporter(container, table, reports))
    jobs = JobRunner(table, {kind: actions[kind] for kind in get_args(JobKind)}, lock=settings.home / "jobs.lock")

    def publish(files: Mapping[str, bytes]) -> Sequence[str]:
        documents = [uploads.save(name, [content]).document_id for name, content in files.items()]
        jobs.submit("upload", {"files": documents})
        return documents

    nightly = Nightly(
        lambda: [jobs.submit(kind, {"trigger": "nightly"}) for kind in _EVERY_NIGHT],
        newest_run=lambda: table.newest_start("ingest"),
        first_seen=table.first_seen,
        hour=settings.schedule.hour,
        minute=settings.schedule.minute,
        timezone=settings.schedule.timezone,
    )
    application = build_app(
        Services(
            assistant=container.front if settings.dialogue.enabled else container.remembering,
            retriever=container.retriever,
            serving=container.serving,
            store=container.store,
            keys=container.keys,
            jobs=jobs,
            uploads=uploads,
            feedback=container.feedback,
            insight=Insight(container.events, container.metrics, gaps, container.surveys),
            receipts=_receipts(container),
            desk=_desk(container),
            answer_cache=container.answer_cache,
            picking=container.picking,
            deliveries=container.deliveries,
            due_day=lambda day, areas: container.due_day(day, areas=areas),
            profiles=container.profiles,
            notes=container.notes,
            copy=container.copy_desk,
            recommending=Recommending(
                container.behaviour, container.recommenders, container.placement, container.recommendation_rules
            ),
            stock=container.stock,
            models=TrainedModels(registry, container.canary_watch, _nights(container)),
            experiments=container.experiments,
            reports=reports,
            known_conflicts=container.conflicts.known,
            calibration=_calibration(container),
            limits=Limits(
                max_file_bytes=settings.server.max_file_mb * _MIB,
                max_upload_bytes=settings.server.max_upload_mb * _MIB,
                concurrent_chats=settings.server.concurrent_chats,
                requests_per_minute=settings.server.requests_per_minute,
                max_picture_bytes=settings.pictures.max_mb * _MIB,
                max_audio_bytes=settings.voice.max_mb * _MIB,
                max_inline_bytes=(settings.pictures.max_mb * 4 // 3 + 1) * _MIB,
            ),
            pictures=container.pictures,
            voice=container.voice,
            page=_PAGE,
            language_model=lambda: language_model_state(container),
            not_ready=_readiness(container),
            public_chat=settings.server.public_chat,
            cases=CaseStore(settings.home / "evaluation" / "cases"),
            evaluations=EvaluationRuns(settings.home / "evaluation" / "results"),
            settings=lambda: [asdict(row) for row in explain(settings)],
            checks=lambda: [finding.to_dict() for finding in examine(settings)],
            flows=_flows(container),
            known_numbers=lambda caller: OwnNumbers(container.shop, caller.customer_id) if caller.customer_id else None,
            widget=WidgetPolicy(settings.widget.origins, settings.widget.secret.get_secret_value()),
            allowed_hosts=allowed_hosts(settings),
            version=version("kefu"),
        )
    )
    inner = application.router.lifespan_context

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        container.warm_up()
        if settings.dialogue.enabled:
            container.front.load()
        jobs.start()
        container.desk.start(sends_webhooks=settings.webhooks.enabled)
        container.canary_watch.start()
        if settings.schedule.enabled:
            nightly.start()
        if container.arrival is not None and settings.llm.local.auto_pull:
            container.arrival.start()
        # What is loaded by now stays; going through all of it again would hold an answer up for a fifth of a second.
        if not gc.get_freeze_count():
            gc.collect()
            gc.freeze()
        async with inner(app):
            yield
        nightly.stop()
        container.canary_watch.stop()
        container.desk.stop()
        jobs.stop()
        if container.arrival is not None:
            container.arrival.stop()

    application.router.lifespan_context = lifespan
    return application


def _flows(container: Container) -> FlowFiles:
    """The flows in force, those of the company behind the shipped ones."""
    from app.dialogue.library import read_library

    own = container.settings.dialogue.flows
    folders: dict[str, Path | Traversable] = {"shipped": files("app.dialogue") / "flows"}
    if own is not None:
        folders["company"] = own

    def check() -> list[dict[str, Any]]:
        try:
            problems = read_library(own, vocabulary=container.flow_vocabulary)[1]
        except KefuError as error:
            return [{"file": str(own), "line": None, "message": error.message}]
        return [{"file": item.file, "line": item.line, "message": item.message} for item in problems]

    return FlowFiles(folders, check)


def _nightly_turns(container: Container, registry: Callable[[], Registry]) -> Mapping[str, Callable[[], Night | None]]:
    from app.training.building import build_turns

    return build_turns(container, registry=registry)


def _nights(container: Container) -> Callable[[int], Sequence[Mapping[str, Any]]]:
    from app.training.nights import NightLog, turns_folder

    log = NightLog(turns_folder(container.settings.home))
    return lambda limit: [night.to_dict() for night in log.nights(limit=limit)]


def _registry(container: Container) -> Registry:
    from app.training.remaking import registry_of

    return registry_of(container)


def _calibration(container: Container) -> Callable[[int], Mapping[str, Any]]:
    def compared(last: int) -> Mapping[str, Any]:
        if container.receipt_writer is not None:
            container.receipt_writer.flush()
        return container.calibration.compared(container.receipts.judged(limit=last))

    return compared


def language_model_state(container: Container) -> LanguageModelState:
    """Which model writes the answers now, or how far its weights are."""
    model = container.chat_model
    if model is None:
        return LanguageModelState("off")
    if model.is_ready:
        return LanguageModelState("ready", model.name)
    failure = next(filter(None, (getattr(part, "failure", None) for part in getattr(model, "models", ()))), None)
    arrival = container.arrival.state() if container.arrival is not None else None
    if failure is not None or arrival is None:
        return LanguageModelState("failed", model.name, None, failure or "The language model does not answer.")
    if arrival.state == "failed":
        return LanguageModelState("failed", arrival.model, None, arrival.message)
    if arrival.state == "missing" and not container.settings.llm.local.auto_pull:
        return LanguageModelState("off", arrival.model, None, f"Run: kefu models pull {arrival.model}")
    if arrival.state == "ready":
        return LanguageModelState("arriving", arrival.model, 1.0, "It is here and being loaded.")
    return LanguageModelState("arriving", arrival.model, arrival.done / arrival.total if arrival.total else 0.0)


def allowed_hosts(settings: Settings) -> tuple[str, ...]:
    """Names under which the service answers: itself on loopback, those of the settings elsewhere, any when none."""
    host = settings.server.host
    if settings.server.allowed_hosts:
        return tuple(name.lower() for name in settings.server.allowed_hosts)
    return _LOOPBACK if host in ("127.0.0.1", "localhost", "::1") else ()


def _runner(container: Container) -> Callable[..., IngestReport]:
    def run(
        paths: Sequence[Path], *, full: bool, on_progress: Callable[[object], None], dry_run: bool = False
    ) -> IngestReport:
        sources = container.sources(paths)
        report = container.pipeline().run(sources, full=full, dry_run=dry_run, on_progress=on_progress)
        if dry_run:
            return report
        container.serving.generation_name  # noqa: B018 - opens what was published, so that who waited for it sees it
        settle_answers(container, container.answer_cache)
        return report

    return run


def _reporter(container: Container, table: JobTable, reports: Reports) -> Callable[[bool], Mapping[str, Any]]:
    """Writes the report of the last whole week; `is_asked` writes it though it is switched off or there already."""
    settings = container.settings.report

    def faults(start: datetime, end: datetime) -> int:
        created = (datetime.fromisoformat(job.created_at) for job in table.recent(1000) if job.state == "failed")
        return sum(start <= at < end for at in created)

    def write(is_asked: bool) -> Mapping[str, Any]:
        if not is_asked and not settings.enabled:
            return {"name": None, "files": []}
        name = name_of(last_day(container.metrics.today()))
        known = next((item for item in reports.list() if item["name"] == name), None)
        if known is not None and not is_asked:
            return known
        made = collect(sources_of(container, faults=faults), weeks=settings.weeks)
        files = write_report(made, container.reports_folder)
        return {"name": made.name, "files": [path.name for path in files]}

    return write


def _receipts(container: Container) -> Receipts | None:
    if container.receipt_writer is None:
        return None
    if container.answer_cache is None:
        return Receipts(container.receipts, container.receipt_writer)
    return Receipts(container.receipts, container.receipt_writer, container.answer_cache.forget_receipt)


def _desk(container: Container) -> Desk:
    parts = container.desk
    return Desk(
        database=parts.database,
        conversations=parts.conversations,
        inbox=parts.inbox,
        clock=parts.clock,
        presence=parts.presence,
        policy=parts.policy,
        canned=parts.canned,
        suggester=container.suggester,
        newest_move=parts.moves.newest,
        loads=parts.assignment.loads,
        now=parts.moves.now,
    )


def _conflict_finder(container: Container) -> Look:
    def look(*, on_progress: Callable[[int, int], None]) -> Mapping[str, Any]:
        report = container.find_conflicts(date.today(), on_progress=on_progress)
        container.conflicts.keep(report)
        return {**report.to_dict(), "conflicts": len(report.conflicts)}

    return look


def _readiness(container: Container) -> Callable[[], Sequence[Reason]]:
    def reasons() -> Sequence[Reason]:
        try:
            container.require_index()
        except StoreMissing:
            return ()  # the routes say so themselves
        except KefuError as error:
            return (Reason(error.code, error.message),)
        return ()

    return reasons
