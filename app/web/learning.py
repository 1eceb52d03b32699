"""The learning loop as the console shows it: what the nights did, and how models did on the fixed questions."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query

from app.web.dependencies import AdminCaller, ServicesDep
from app.web.request_errors import ModelsOff

router = APIRouter(prefix="/v1/admin/learning", tags=["models"])


@router.get("")
def shown(_: AdminCaller, services: ServicesDep, limit: Annotated[int, Query(ge=1, le=800)] = 60) -> dict[str, Any]:
    """Nights, newest first, and the main figure of each judged candidate beside what served then, oldest first."""
    if services.models is None:
        raise ModelsOff("This service keeps no trained models.")
    judged = []
    for record in services.models.registry().candidates()[:limit]:
        if (main := record.main_figures) is not None:
            judged.append(
                {
                    "at": record.submitted_at.isoformat(timespec="seconds"),
                    "kind": record.kind,
                    "id": record.candidate_id,
                    "state": record.state,
                    "candidate": main["candidate"],
                    "serving": main["serving"],
                    "questions": main["questions"],
                }
            )
    return {"nights": list(services.models.nights(limit))[::-1], "judged": judged[::-1]}
