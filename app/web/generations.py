"""Generations of the index, and going back to an earlier one."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter

from app.web.dependencies import AdminCaller, ServicesDep

router = APIRouter(prefix="/v1/admin/generations", tags=["generations"])


@router.get("")
def listed(_: AdminCaller, services: ServicesDep) -> dict[str, Any]:
    """All generations, newest first."""
    return {"generations": [dict(info.to_dict()) for info in services.store.generations()]}


@router.post("/{name}/activate")
def activate(name: str, _: AdminCaller, services: ServicesDep) -> dict[str, str]:
    """Serve this generation from now on; it is verified before the switch."""
    services.store.activate(name)
    return {"generation": name}
