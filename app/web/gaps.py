"""What the knowledge base lacks: found in the log, drafted from agents' replies, reviewed and published."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query

from app.insight.gaps.gap import GapState
from app.insight.gaps.mining import GapKind
from app.web.dependencies import AdminCaller, InsightDep, ServicesDep
from app.web.schemas import GapDraft, GapStep, MineRequest

router = APIRouter(prefix="/v1/admin/gaps", tags=["gaps"])


@router.get("")
def listed(
    _: AdminCaller,
    insight: InsightDep,
    state: GapState | None = None,
    kind: GapKind | None = None,
    limit: Annotated[int, Query(ge=1, le=1000)] = 200,
) -> dict[str, Any]:
    """Gaps, dearest first."""
    return {"gaps": [gap.to_dict() for gap in insight.gaps().all(state=state, kind=kind, limit=limit)]}


@router.post("/mine", status_code=202)
def mine(_: AdminCaller, __: InsightDep, services: ServicesDep, body: MineRequest | None = None) -> dict[str, Any]:
    """Look through the log of questions now, by a job; its result are the figures of the run."""
    wanted = {"days": body.days} if body is not None and body.days is not None else {}
    return {"job": services.jobs.submit("gaps", {"trigger": "request", **wanted}).to_dict()}


@router.get("/{gap_id}")
def one(gap_id: str, _: AdminCaller, insight: InsightDep) -> dict[str, Any]:
    """A gap with its draft, its history and the questions behind it."""
    return insight.gaps().get(gap_id).to_dict()


@router.post("/{gap_id}/draft")
def draft(gap_id: str, caller: AdminCaller, insight: InsightDep, body: GapDraft | None = None) -> dict[str, Any]:
    """Draft an article from what agents replied, or keep the wording that is sent."""
    body = body or GapDraft()
    return insight.gaps().draft(gap_id, by=caller.name, entries=body.entries(), note=body.note).to_dict()


@router.post("/{gap_id}/approve")
def approve(gap_id: str, caller: AdminCaller, insight: InsightDep, body: GapStep | None = None) -> dict[str, Any]:
    """Say that the draft is right."""
    return insight.gaps().approve(gap_id, by=caller.name, note=body.note if body else None).to_dict()


@router.post("/{gap_id}/publish")
def publish(gap_id: str, caller: AdminCaller, insight: InsightDep, body: GapStep | None = None) -> dict[str, Any]:
    """Bring the approved draft into the knowledge base, as an uploaded document and by a job as for those."""
    return insight.gaps().publish(gap_id, by=caller.name, note=body.note if body else None).to_dict()


@router.post("/{gap_id}/dismiss")
def dismiss(gap_id: str, caller: AdminCaller, insight: InsightDep, body: GapStep | None = None) -> dict[str, Any]:
    """Leave it be, also when later runs find it again."""
    return insight.gaps().dismiss(gap_id, by=caller.name, note=body.note if body else None).to_dict()
