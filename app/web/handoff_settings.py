"""Rules of hand-off: hours, triggers, clocks, agents; changed while the service runs."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Body

from app.web.dependencies import AdminCaller, DeskDep

router = APIRouter(prefix="/v1/admin/handoff", tags=["agents"])


@router.get("/settings")
def shown(_: AdminCaller, desk: DeskDep) -> dict[str, Any]:
    """The rules as they are, and which of them differ from `kefu.toml` and the environment."""
    return {"values": dict(desk.policy.values()), "changed": dict(desk.policy.changes())}


@router.put("/settings")
def change(body: Annotated[dict[str, Any], Body()], caller: AdminCaller, desk: DeskDep) -> dict[str, Any]:
    """These rules in place of those of the settings; null takes that of the settings again. All or nothing."""
    return {"values": dict(desk.policy.change(body, by=caller.name)), "changed": dict(desk.policy.changes())}
