"""Rules in force that disagree: what is known of them, and a new look through the whole base."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter

from app.web.dependencies import AdminCaller, ServicesDep
from index.errors import StoreMissing

router = APIRouter(prefix="/v1/admin/conflicts", tags=["conflicts"])


@router.get("")
def listed(_: AdminCaller, services: ServicesDep) -> dict[str, Any]:
    """Conflicts in the generation that serves: of its newest pass, and those that answers met.

    `checked_at` is null when nobody has looked through this generation yet; post here to do so.
    """
    try:
        with services.serving.borrow() as generation:
            name = generation.name
    except StoreMissing:
        name = None
    return dict(services.known_conflicts(name))


@router.post("", status_code=202)
def look(_: AdminCaller, services: ServicesDep) -> dict[str, Any]:
    """Look through the whole base, by a job; its result are the figures of the pass."""
    return {"job": services.jobs.submit("conflicts", {"trigger": "request"}).to_dict()}
