"""Whether the promised error still holds: what was expected, and how recent questions compare."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query

from app.web.dependencies import AdminCaller, ServicesDep

router = APIRouter(prefix="/v1/admin/calibration", tags=["calibration"])


@router.get("")
def compared(
    _: AdminCaller, services: ServicesDep, last: Annotated[int, Query(ge=1, le=10_000)] = 500
) -> dict[str, Any]:
    """Threshold and expected coverage against the `last` questions of which there are receipts.

    `state` is "steady", "drift" or "too few", and `words` says in Chinese and English what to do about it.
    """
    return dict(services.calibration(last))
