"""Stock: the newest report, what each SKU is expected to sell, and signals from customers' words."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query
from pydantic import Field

from app.warehouse.stock import StockDesk
from app.warehouse.stock.signals import SignalParams, read_complaints
from app.web.dependencies import AdminCaller, ServicesDep
from app.web.request_errors import StockOff
from app.web.schemas import Text, WebRequest
from app.web.services import Services

router = APIRouter(prefix="/v1/admin/warehouse", tags=["warehouse"])


class ComplaintText(WebRequest):
    """What a customer wrote."""

    text: Text = Field(max_length=4000, examples=["收到的杯子碎了，还少发了一个盖子"])


@router.get("/stock")
def report(_: AdminCaller, services: ServicesDep) -> dict[str, Any]:
    """The newest report: a line a SKU, the simulation, how far forecasts were off, and proposed slots."""
    return _desk(services).reports.newest()


@router.post("/stock", status_code=202)
def make_report(_: AdminCaller, services: ServicesDep) -> dict[str, Any]:
    """Make a report now, by a job; its result is the summary."""
    _desk(services)
    return {"job": services.jobs.submit("stock", {"trigger": "request"}).to_dict()}


@router.get("/forecast/{sku}")
def forecast(sku: str, _: AdminCaller, services: ServicesDep) -> dict[str, Any]:
    """What was sold of a SKU in the last half year, and what the newest report expects, with intervals."""
    return _desk(services).reports.forecast(sku)


@router.get("/signals")
def signals(_: AdminCaller, services: ServicesDep, days: Annotated[int, Query(ge=1, le=730)] = 90) -> dict[str, Any]:
    """Complaints of cases and conversations by SKU and bin, with rates, intervals and alarms; counted anew."""
    return _desk(services).signals(params=SignalParams(days=days)).to_dict()


@router.post("/signals/read")
def read(_: AdminCaller, body: ComplaintText) -> dict[str, Any]:
    """What a text complains of."""
    return {"signals": [mention.to_dict() for mention in read_complaints(body.text)]}


def _desk(services: Services) -> StockDesk:
    if services.stock is None:
        raise StockOff("This service plans no stock.")
    return services.stock
