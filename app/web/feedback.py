"""POST /v1/feedback: what a customer thought of an answer."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query

from app.feedback.store import Rating
from app.web.dependencies import AdminCaller, ChatCaller, ServicesDep, StateDep
from app.web.schemas import FeedbackRequest

router = APIRouter(tags=["feedback"])


@router.post("/v1/feedback", status_code=201)
def give(body: FeedbackRequest, caller: ChatCaller, state: StateDep) -> dict[str, str]:
    """Rate an answer by its receipt; a second opinion of the same caller replaces the first."""
    feedback = body.to_feedback(caller)
    state.services.feedback.add(feedback)
    state.metrics.feedback(feedback.rating)
    return {"feedback_id": feedback.feedback_id}


@router.get("/v1/admin/feedback")
def listed(
    _: AdminCaller,
    services: ServicesDep,
    limit: Annotated[int, Query(ge=1, le=1000)] = 100,
    rating: Rating | None = None,
) -> dict[str, Any]:
    """Opinions, newest first."""
    return {"feedback": [item.to_dict() for item in services.feedback.list(limit=limit, rating=rating)]}
