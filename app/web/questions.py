"""The log of questions, from receipts: what was asked, what became of it, how it was rated."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query

from app.domain import Status
from app.feedback.store import Rating
from app.receipts.questions import QuestionFilter
from app.web.dependencies import AdminCaller, ReceiptsDep, ServicesDep
from index.types import Language

router = APIRouter(prefix="/v1/admin/questions", tags=["questions"])


@router.get("")
def listed(
    _: AdminCaller,
    services: ServicesDep,
    receipts: ReceiptsDep,
    status: Status | None = None,
    language: Language | None = None,
    rating: Rating | None = None,
    contains: Annotated[str | None, Query(max_length=200)] = None,
    least_confidence: Annotated[float | None, Query(ge=0, le=1)] = None,
    most_confidence: Annotated[float | None, Query(ge=0, le=1)] = None,
    before: Annotated[int | None, Query(ge=1, description="As `next` of the page before.")] = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> dict[str, Any]:
    """Questions, newest first, with their ratings. `next` is null on the last page."""
    receipts.writer.flush()
    wanted = QuestionFilter(
        status=status,
        language=language,
        contains=contains,
        least_confidence=least_confidence,
        most_confidence=most_confidence,
        only=services.feedback.rated_receipts(rating) if rating is not None else None,
    )
    page = receipts.store.questions(wanted, before=before, limit=limit)
    ratings = services.feedback.of_receipts([line.receipt_id for line in page.lines])
    lines = [
        {**line.to_dict(), "feedback": [item.to_dict() for item in ratings.get(line.receipt_id, ())]}
        for line in page.lines
    ]
    return {"questions": lines, "next": page.next_before}
