"""Puts routes, middleware and services together."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import cache
from itertools import chain

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from app.security.console_session import ConsoleSessions
from app.security.page_session import PageSessions
from app.security.rate_limit import RateLimit
from app.security.widget_session import WidgetSessions
from app.web import (
    agent_events,
    calibration,
    canned,
    cases,
    chat,
    conflicts,
    console,
    conversation_routes,
    copy_routes,
    deliveries,
    documents,
    evaluations,
    experiments,
    feedback,
    flows,
    gaps,
    generations,
    handoff_settings,
    health,
    inbox,
    inbox_actions,
    installation,
    jobs,
    key_routes,
    learning,
    media,
    models,
    openai_routes,
    page,
    passages,
    picking,
    profiles,
    questions,
    receipts,
    recommendations,
    reports,
    search,
    service_metrics,
    surveys,
    warehouse_notes,
    warehouse_stock,
    widget,
)
from app.web.cross_origin import CrossOrigin
from app.web.dependencies import WebState
from app.web.envelope import Envelope
from app.web.errors import is_openai_path, problem_response
from app.web.feed import Feed
from app.web.metrics import Metrics
from app.web.services import Limits, Services
from app.web.turns import TurnRunner
from index.errors import KefuError

_FORM_BYTES = 16 * 1024
"""What a form adds to the file that it carries."""
_DESCRIPTION = "Cited, checked answers in Chinese and English from a company's own documents."


def build_app(services: Services) -> FastAPI:
    """The application; it owns nothing of `services` and closes nothing of them."""
    metrics, limits = Metrics(), services.limits
    if services.receipts is not None:
        metrics.watch_receipts(services.receipts.writer)
    if services.answer_cache is not None:
        metrics.watch_answer_cache(services.answer_cache)
    turns = TurnRunner(services.assistant, limit=limits.concurrent_chats, metrics=metrics)

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        yield
        turns.close()

    app = FastAPI(
        title="kefu",
        version=services.version,
        description=_DESCRIPTION,
        docs_url=None,  # Swagger UI and ReDoc come from elsewhere, which the content security policy forbids
        redoc_url=None,
        lifespan=lifespan,
    )
    secret = cache(services.keys.page_secret)
    embedding = WidgetSessions(secret, origins=services.widget.origins, identity_secret=services.widget.identity_secret)
    desk = services.desk
    said = Feed(desk.conversations.newest if desk is not None else lambda: 0)
    moved = Feed(desk.newest_move if desk is not None else lambda: 0)
    app.state.web = WebState(
        services,
        metrics,
        turns,
        PageSessions(secret),
        ConsoleSessions(secret, services.keys.caller),
        embedding,
        RateLimit(limits.requests_per_minute),
        said,
        moved,
    )
    administration = (
        documents,
        passages,
        jobs,
        generations,
        conflicts,
        calibration,
        receipts,
        profiles,
        key_routes,
        recommendations,
    )
    people = (conversation_routes, inbox, inbox_actions, agent_events, canned, handoff_settings)
    insight = (service_metrics, gaps, questions)
    selling = (copy_routes,)
    quality = (cases, evaluations, experiments, learning, models, reports, flows, installation)
    warehouse = (warehouse_stock, picking, deliveries, warehouse_notes)
    customers = (chat, openai_routes, media, search, feedback, surveys)
    groups = (customers, people, administration, insight, selling, quality, warehouse)
    for module in (*chain.from_iterable(groups), health, page, console, widget):
        app.include_router(module.router)
    app.mount("/static", page.PageFiles(), name="static")
    for kind in (KefuError, RequestValidationError, HTTPException):
        app.add_exception_handler(kind, _problem)
    app.add_middleware(CrossOrigin, widget=embedding)
    app.add_middleware(
        Envelope,
        metrics=metrics,
        max_body=limits.max_json_bytes,
        larger=_larger_bodies(limits),
        hosts=services.allowed_hosts,
    )
    return app


def _larger_bodies(limits: Limits) -> dict[str, int]:
    """Paths whose requests may be larger than others, and how large."""
    return {
        documents.UPLOAD_PATH: limits.max_upload_bytes,
        media.PICTURE_PATH: limits.max_picture_bytes + _FORM_BYTES,
        media.VOICE_PATH: limits.max_audio_bytes + _FORM_BYTES,
        media.TRANSCRIPTION_PATH: limits.max_audio_bytes + _FORM_BYTES,
        openai_routes.COMPLETIONS_PATH: limits.max_inline_bytes,
    }


async def _problem(request: Request, error: Exception) -> JSONResponse:
    is_openai = is_openai_path(request.url.path)
    return problem_response(error, request_id=request.state.request_id, is_openai=is_openai)
