"""What this installation is set to, and whether everything is there that an answer needs."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter

from app.web.dependencies import AdminCaller, ServicesDep

router = APIRouter(prefix="/v1/admin", tags=["installation"])


@router.get("/settings")
def settings(_: AdminCaller, services: ServicesDep) -> dict[str, Any]:
    """Every setting with its value, source and environment variable; secrets are masked."""
    return {"settings": list(services.settings())}


@router.get("/health")
def health(_: AdminCaller, services: ServicesDep) -> dict[str, Any]:
    """What `kefu doctor` finds: `what`, `state` (ok, note, fail), `found` and `todo`; looks anew at each call."""
    return {"checks": list(services.checks())}
