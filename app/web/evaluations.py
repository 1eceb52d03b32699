"""Results of `kefu eval`, one by one and side by side."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter

from app.evaluation.errors import RunMissing
from app.evaluation.runs import EvaluationRuns
from app.web.dependencies import AdminCaller, ServicesDep
from app.web.services import Services

router = APIRouter(prefix="/v1/admin/evaluations", tags=["evaluation"])


@router.get("")
def listed(_: AdminCaller, services: ServicesDep) -> dict[str, Any]:
    """All results with their figures, newest first."""
    return {"runs": list(services.evaluations.list()) if services.evaluations is not None else []}


@router.get("/compare")
def compare(first: str, second: str, _: AdminCaller, services: ServicesDep) -> dict[str, Any]:
    """Two results over the questions that both asked in the same way."""
    return dict(_runs(services).compare(first, second))


@router.get("/{name}")
def one(name: str, _: AdminCaller, services: ServicesDep) -> dict[str, Any]:
    """One result with every question behind its figures."""
    return dict(_runs(services).get(name))


def _runs(services: Services) -> EvaluationRuns:
    if services.evaluations is None:
        raise RunMissing("This service knows of no evaluations.")
    return services.evaluations
