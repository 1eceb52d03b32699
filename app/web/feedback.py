"""POST /v1/feedback: what a customer thought of an answer."""

from __future__ import annotations

import sqlite3
from typing import Annotated, Any

from fastapi import APIRouter, Query

from app.feedback.store import Rating
from app.web.dependencies import AdminCaller, ChatCaller, ServicesDep, StateDep
from app.web.schemas import FeedbackRequest
from app.web.services import Services

router = APIRouter(tags=["feedback"])


@router.post("/v1/feedback", status_code=201)
def give(body: FeedbackRequest, caller: ChatCaller, state: StateDep) -> dict[str, str]:
    """Rate an answer by its receipt; a second opinion of the same caller replaces the first.

    An opinion about a receipt that is not on file (any more) is taken, too; `receipt` says so: stored, unknown or off.
    """
    feedback = body.to_feedback(caller)
    state.services.feedback.add(feedback)
    state.metrics.feedback(feedback.rating)
    return {"feedback_id": feedback.feedback_id, "receipt": _receipt_state(state.services, feedback.receipt_id)}


@router.get("/v1/admin/feedback")
def listed(
    _: AdminCaller,
    services: ServicesDep,
    limit: Annotated[int, Query(ge=1, le=1000)] = 100,
    rating: Rating | None = None,
) -> dict[str, Any]:
    """Opinions, newest first."""
    return {"feedback": [item.to_dict() for item in services.feedback.list(limit=limit, rating=rating)]}


@router.get("/v1/admin/edits")
def edited(
    _: AdminCaller,
    services: ServicesDep,
    limit: Annotated[int, Query(ge=1, le=1000)] = 100,
    receipt_id: Annotated[str | None, Query(max_length=100)] = None,
    least: Annotated[float, Query(ge=0, le=1, description="Share of the text that was changed.")] = 0.0,
) -> dict[str, Any]:
    """What agents made of suggested replies, newest first."""
    found = services.feedback.edits(limit=limit, receipt_id=receipt_id, least=least)
    return {"edits": [item.to_dict() for item in found]}


def _receipt_state(services: Services, receipt_id: str) -> str:
    if services.receipts is None:
        return "off"
    try:
        return "stored" if services.receipts.holds(receipt_id) else "unknown"
    except (sqlite3.Error, OSError):  # the opinion is kept; that the receipts cannot be read is no reason to refuse it
        return "unknown"
