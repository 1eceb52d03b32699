"""The files of the dialogues, to read and to check."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter

from app.web.dependencies import AdminCaller, ServicesDep
from app.web.request_errors import FlowsMissing

router = APIRouter(prefix="/v1/admin/flows", tags=["flows"])


@router.get("")
def listed(_: AdminCaller, services: ServicesDep) -> dict[str, Any]:
    """All files with their text, and what a check of them finds."""
    if services.flows is None:
        raise FlowsMissing("This installation has no dialogues yet.")
    return {"flows": list(services.flows.files()), "findings": list(services.flows.check())}
