"""Puts routes, middleware and services together."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import cache

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from app.security.console_session import ConsoleSessions
from app.security.page_session import PageSessions
from app.security.rate_limit import RateLimit
from app.security.widget_session import WidgetSessions
from app.web import (
    calibration,
    cases,
    chat,
    conflicts,
    console,
    documents,
    evaluations,
    feedback,
    flows,
    generations,
    health,
    installation,
    jobs,
    key_routes,
    openai_routes,
    page,
    passages,
    receipts,
    search,
    widget,
)
from app.web.cross_origin import CrossOrigin
from app.web.dependencies import WebState
from app.web.envelope import Envelope
from app.web.errors import problem_response
from app.web.metrics import Metrics
from app.web.services import Services
from app.web.turns import TurnRunner
from index.errors import KefuError

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
    app.state.web = WebState(
        services,
        metrics,
        turns,
        PageSessions(secret),
        ConsoleSessions(secret, services.keys.caller),
        embedding,
        RateLimit(limits.requests_per_minute),
    )
    administration = (documents, passages, jobs, generations, conflicts, calibration, receipts, key_routes)
    quality = (cases, evaluations, flows, installation)
    for module in (chat, openai_routes, search, feedback, *administration, *quality, health, page, console, widget):
        app.include_router(module.router)
    app.mount("/static", page.PageFiles(), name="static")
    for kind in (KefuError, RequestValidationError, HTTPException):
        app.add_exception_handler(kind, _problem)
    app.add_middleware(CrossOrigin, widget=embedding)
    app.add_middleware(
        Envelope,
        metrics=metrics,
        max_body=limits.max_json_bytes,
        max_upload=limits.max_upload_bytes,
        upload_path=documents.UPLOAD_PATH,
        hosts=services.allowed_hosts,
    )
    return app


async def _problem(request: Request, error: Exception) -> JSONResponse:
    is_openai = request.url.path.startswith("/v1/chat/completions")
    return problem_response(error, request_id=request.state.request_id, is_openai=is_openai)
