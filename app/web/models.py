"""Trained models: what serves, what waits, why others were refused, and the decisions of people."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query
from fastapi.responses import PlainTextResponse
from pydantic import Field

from app.domain.learning import CandidateKind
from app.learning.registry import Registry
from app.served.records import State
from app.web.dependencies import AdminCaller, ServicesDep
from app.web.request_errors import ModelsOff
from app.web.schemas import Text, WebRequest
from app.web.services import Services, TrainedModels

router = APIRouter(prefix="/v1/admin/models", tags=["models"])


class ModelStep(WebRequest):
    """A decision about a candidate."""

    note: Text | None = Field(default=None, max_length=1000)


class CanaryStep(WebRequest):
    """A trial."""

    share: float = Field(gt=0, lt=1, examples=[0.1])
    """Of new conversations."""


@router.get("")
def listed(
    _: AdminCaller,
    services: ServicesDep,
    kind: CandidateKind | None = None,
    state: State | None = None,
    limit: Annotated[int, Query(ge=1, le=1000)] = 100,
) -> dict[str, Any]:
    """What serves of each kind, trials under way with both sides, and candidates, newest first."""
    registry, watch = _registry(services), _models(services).watch
    rows = []
    for serving in registry.overview():
        arms = watch.arms(serving).to_dict() if serving.canary_id is not None else None
        rows.append({**serving.to_dict(), "arms": arms})
    found = registry.candidates(kind=kind, state=state)[:limit]
    return {"serving": rows, "candidates": [record.to_dict() for record in found]}


@router.get("/{candidate_id}")
def one(candidate_id: str, _: AdminCaller, services: ServicesDep) -> dict[str, Any]:
    """A candidate with its verdict and everything that was decided about it."""
    registry = _registry(services)
    record = registry.get(candidate_id)
    history = registry.models.candidates.history(candidate_id=record.candidate_id)
    return {**record.to_dict(), "history": list(history)}


@router.get("/{candidate_id}/card")
def card(candidate_id: str, _: AdminCaller, services: ServicesDep) -> PlainTextResponse:
    """Its model card, in Markdown."""
    return PlainTextResponse(_registry(services).card(candidate_id), media_type="text/markdown; charset=utf-8")


@router.post("/{candidate_id}/promote")
def promote(
    candidate_id: str, caller: AdminCaller, services: ServicesDep, body: ModelStep | None = None
) -> dict[str, Any]:
    """Let it serve everybody; judged again first where another model serves than when it was judged."""
    note = body.note if body is not None else None
    return _registry(services).promote(candidate_id, by=_name(caller.name), note=note).to_dict()


@router.post("/{candidate_id}/canary")
def canary(candidate_id: str, body: CanaryStep, caller: AdminCaller, services: ServicesDep) -> dict[str, Any]:
    """Let it serve a share of new conversations, or change that share."""
    return _registry(services).start_canary(candidate_id, body.share, by=_name(caller.name)).to_dict()


@router.post("/{candidate_id}/reject")
def reject(
    candidate_id: str, caller: AdminCaller, services: ServicesDep, body: ModelStep | None = None
) -> dict[str, Any]:
    """Say no to it."""
    note = body.note if body is not None else None
    return _registry(services).reject(candidate_id, by=_name(caller.name), note=note).to_dict()


@router.post("/serving/{kind}/rollback")
def rollback(
    kind: CandidateKind, caller: AdminCaller, services: ServicesDep, body: ModelStep | None = None
) -> dict[str, Any]:
    """Take back the model on trial, or without one go back to the model before."""
    registry = _registry(services)
    taken = registry.roll_back(kind, by=_name(caller.name), note=body.note if body is not None else None)
    return {"taken_back": taken.candidate_id, **registry.models.state(kind, fresh=True).to_dict()}


def _registry(services: Services) -> Registry:
    return _models(services).registry()


def _models(services: Services) -> TrainedModels:
    if services.models is None:
        raise ModelsOff("This service keeps no trained models.")
    return services.models


def _name(name: str) -> str:
    return f"key:{name}"
