"""Picking: tours for the orders that wait, and lists to print."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query
from fastapi.responses import HTMLResponse
from pydantic import Field

from app.warehouse.picking import (
    DESK_SECONDS,
    PickingDesk,
    PickJob,
    floor_of,
    floor_to_dict,
    orders_of,
    plan_picking,
    sheet_of,
)
from app.web.dependencies import AdminCaller, ServicesDep
from app.web.request_errors import PickingOff
from app.web.schemas import WebRequest
from app.web.services import Services

router = APIRouter(prefix="/v1/admin/warehouse/picking", tags=["warehouse"])

_MOST_S = 30.0
_MOST_ORDERS = 500

Seconds = Annotated[float, Field(gt=0, le=_MOST_S)]


class PlanRequest(WebRequest):
    """How long to search."""

    seconds: Seconds = DESK_SECONDS
    seed: int = Field(default=1, ge=0)


class OwnPlanRequest(PlanRequest):
    """Orders and a floor of one's own, as `kefu warehouse pick` takes them from files."""

    warehouse: dict[str, Any] = Field(examples=[{"aisles": 10, "slots": 45, "device": {"articles": 30}}])
    orders: list[dict[str, Any]] = Field(
        max_length=_MOST_ORDERS, examples=[[{"id": "1", "lines": [{"aisle": 3, "location": 12, "quantity": 2}]}]]
    )
    routing: str | None = Field(default=None, max_length=20)


@router.get("")
def waiting(_: AdminCaller, services: ServicesDep) -> dict[str, Any]:
    """What waits to be picked, by wave, and what of it cannot be on a tour."""
    desk = _desk(services)
    return {"floor": floor_to_dict(desk.floor), "waiting": desk.waiting().to_dict()}


@router.post("/plan")
def plan(_: AdminCaller, services: ServicesDep, body: PlanRequest | None = None) -> dict[str, Any]:
    """Plan tours for what waits."""
    body = body or PlanRequest()
    return _desk(services).plan(seconds=body.seconds, seed=body.seed).to_dict()


@router.get("/plan")
def newest(_: AdminCaller, services: ServicesDep) -> dict[str, Any]:
    """The newest plan since the service started."""
    return _desk(services).newest.to_dict()


@router.post("/own")
def own(_: AdminCaller, body: OwnPlanRequest) -> dict[str, Any]:
    """Plan tours for orders that are sent; nothing is kept."""
    floor, device = floor_of(body.warehouse)
    job = PickJob(floor, device, orders_of(body.orders))
    made = plan_picking(job, routing=body.routing, seconds=body.seconds, seed=body.seed)
    return {"floor": floor_to_dict(floor), "plan": made.to_dict()}


@router.get("/sheet", response_class=HTMLResponse)
def sheet(
    _: AdminCaller, services: ServicesDep, language: Annotated[Literal["zh", "en"], Query()] = "zh"
) -> HTMLResponse:
    """The pick lists of the newest plan, to print."""
    made = _desk(services).newest
    headers = {"Content-Disposition": 'attachment; filename="pick-lists.html"'}
    return HTMLResponse(sheet_of(made.plan, made.floor, language), headers=headers)


def _desk(services: Services) -> PickingDesk:
    if services.picking is None:
        raise PickingOff("This service does not plan picking.")
    return services.picking
