"""What customers tell of the service: surveys, and sources that they opened."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from fastapi import APIRouter, Response

from app.domain.service_events import ServiceEvent
from app.web.dependencies import ChatCaller, InsightDep, StateDep
from app.web.schemas import CitationOpened, SurveyAnswer

router = APIRouter(tags=["feedback"])


@router.get("/v1/surveys/{survey_id}")
def asked(survey_id: str, _: ChatCaller, insight: InsightDep) -> dict[str, Any]:
    """The question of a survey; its id, which nobody can guess, came with the reply that asked it."""
    return insight.surveys.get(survey_id).to_dict()


@router.post("/v1/surveys/{survey_id}")
def answer(survey_id: str, body: SurveyAnswer, _: ChatCaller, insight: InsightDep) -> dict[str, Any]:
    """Answer it; a second answer takes the place of the first."""
    return insight.surveys.answer(survey_id, body.score, body.comment).to_dict()


@router.post("/v1/citations/opened", status_code=204)
def opened(body: CitationOpened, _: ChatCaller, state: StateDep) -> Response:
    """Note that a customer opened a source of an answer; each counts once, and where nothing is counted none."""
    if (insight := state.services.insight) is None:
        return Response(status_code=204)
    insight.events.append(
        ServiceEvent(
            "citation_opened",
            datetime.now(UTC),
            conversation_id=body.conversation_id,
            receipt_id=body.receipt_id,
            data={"marker": body.marker},
            event_id=f"cit-{body.receipt_id[:50]}-{body.marker}",
        )
    )
    return Response(status_code=204)
