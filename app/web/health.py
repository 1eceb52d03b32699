"""Whether the service lives, whether it can answer and why not, and what it measured."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from fastapi import APIRouter, Response
from fastapi.responses import JSONResponse
from prometheus_client import CONTENT_TYPE_LATEST

from app.web.dependencies import ChatCaller, ServicesDep, StateDep
from app.web.services import Reason, Services
from index.errors import KefuError

router = APIRouter(tags=["health"])


@router.get("/livez")
def live() -> dict[str, str]:
    """The process answers."""
    return {"status": "ok"}


@router.get("/readyz")
def ready(services: ServicesDep) -> JSONResponse:
    """Whether questions can be answered now; 503 with the reasons when not."""
    reasons = _reasons(services)
    body = {"status": "not_ready" if reasons else "ready", "reasons": [asdict(reason) for reason in reasons]}
    return JSONResponse(body, status_code=503 if reasons else 200)


@router.get("/metrics")
def metrics(state: StateDep) -> Response:
    """Measurements in Prometheus' text format."""
    generation = _generation(state.services)
    body = state.metrics.exposition(generation=generation if isinstance(generation, str) else None)
    return Response(body, media_type=CONTENT_TYPE_LATEST)


@router.get("/v1/status")
def status(_: ChatCaller, services: ServicesDep) -> dict[str, Any]:
    """What answers now, for the page: which mode, which index, and whether a model is on its way."""
    model = services.language_model()
    reasons = _reasons(services)
    generation = _generation(services)
    return {
        "mode": "llm" if model.state == "ready" else "extractive",
        "language_model": asdict(model),
        "generation": generation if isinstance(generation, str) else None,
        "ready": not reasons,
        "reasons": [asdict(reason) for reason in reasons],
        **services.page.to_dict(),
        "version": services.version,
    }


def _reasons(services: Services) -> list[Reason]:
    generation = _generation(services)
    missing = [generation] if isinstance(generation, Reason) else []
    return [*missing, *(reason for reason in services.not_ready() if reason not in missing)]


def _generation(services: Services) -> str | Reason:
    """Name of the generation that a question would be answered from, or why none can be opened."""
    try:
        with services.serving.borrow() as generation:
            return generation.name
    except KefuError as error:
        return Reason(error.code, error.message)
