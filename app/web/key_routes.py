"""API keys: make, list, revoke."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter
from fastapi.exceptions import RequestValidationError

from app.web.dependencies import AdminCaller, ServicesDep
from app.web.request_errors import KeyNotFound
from app.web.schemas import KeyRequest

router = APIRouter(prefix="/v1/admin/keys", tags=["keys"])


@router.post("", status_code=201)
def create(body: KeyRequest, _: AdminCaller, services: ServicesDep) -> dict[str, str]:
    """Make a key; its token is shown in this response only."""
    try:
        return {"token": services.keys.create(body.name, body.scopes, access=body.access)}
    except ValueError as error:
        raise RequestValidationError([{"loc": ("body", "access"), "msg": str(error), "type": "value_error"}]) from error


@router.get("")
def listed(_: AdminCaller, services: ServicesDep) -> dict[str, Any]:
    """All keys without their secrets, oldest first."""
    return {"keys": [info.to_dict() for info in services.keys.list()]}


@router.delete("/{key_id}", status_code=204)
def revoke(key_id: str, _: AdminCaller, services: ServicesDep) -> None:
    """End a key at once."""
    if not services.keys.revoke(key_id):
        raise KeyNotFound(f"There is no living key {key_id[:40]!r}.")
