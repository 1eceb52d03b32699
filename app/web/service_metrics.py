"""The published numbers: values, the rows behind each, and both as CSV; and what a shop reports for them."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Response

from app.domain.service_events import ServiceEvent
from app.insight.definitions import METRICS
from app.insight.metrics import Filter, Period
from app.insight.pages import rows_csv, values_csv
from app.insight.summary import By, summarise
from app.web.dependencies import AdminCaller, InsightDep
from app.web.schemas import OrdersPlaced

router = APIRouter(prefix="/v1/admin", tags=["metrics"])

_CSV = "text/csv; charset=utf-8"
From = Annotated[date | None, Query(alias="from", description="First day; by default four weeks back.")]
To = Annotated[date | None, Query(description="Last day, included; by default today.")]
Names = Annotated[list[str] | None, Query(alias="name", description="Which metrics; all when left out.")]
Only = Annotated[str | None, Query(max_length=64)]


def _period(insight: InsightDep, first: From = None, to: To = None) -> Period:
    return insight.metrics.period(first, to)


def _filter(language: Only = None, intent: Only = None, channel: Only = None) -> Filter:
    return Filter(language, intent, channel)


PeriodDep = Annotated[Period, Depends(_period)]
OnlyDep = Annotated[Filter, Depends(_filter)]


@router.get("/metrics")
def shown(
    _: AdminCaller,
    insight: InsightDep,
    period: PeriodDep,
    only: OnlyDep,
    name: Names = None,
    by: By | None = None,
) -> dict[str, Any]:
    """Values with definition, interval, numerator and denominator; by day, week, language, intent or channel."""
    found = insight.metrics.show(period, names=name or (), by=by, only=only)
    return {
        "from": period.first.isoformat(),
        "to": period.last.isoformat(),
        "by": by,
        "metrics": [item.to_dict() for item in found],
    }


@router.get("/metrics.csv")
def shown_csv(
    _: AdminCaller,
    insight: InsightDep,
    period: PeriodDep,
    only: OnlyDep,
    name: Names = None,
    by: By | None = None,
) -> Response:
    """As `/v1/admin/metrics`, for a spreadsheet."""
    found = insight.metrics.show(period, names=name or (), by=by, only=only)
    return Response(values_csv(found), media_type=_CSV)


@router.get("/metrics/definitions")
def definitions(_: AdminCaller) -> dict[str, Any]:
    """What each number means."""
    return {"metrics": [metric.to_dict() for metric in METRICS.values()]}


@router.get("/metrics/{name}/rows")
def rows(
    name: str,
    _: AdminCaller,
    insight: InsightDep,
    period: PeriodDep,
    only: OnlyDep,
    offset: Annotated[int, Query(ge=0)] = 0,
    limit: Annotated[int, Query(ge=1, le=10_000)] = 1000,
) -> dict[str, Any]:
    """The rows behind a number, oldest first: the conversations, questions or surveys of its denominator."""
    found = insight.metrics.rows(name, period, only=only)
    part = found[offset : offset + limit]
    return {
        "metric": METRICS[name].to_dict(),
        **summarise(found, METRICS[name].aggregate).to_dict(),
        "from": period.first.isoformat(),
        "to": period.last.isoformat(),
        "rows": [row.to_dict() for row in part],
        "next_offset": offset + len(part) if offset + len(part) < len(found) else None,
    }


@router.get("/metrics/{name}/rows.csv")
def rows_as_csv(
    name: str,
    _: AdminCaller,
    insight: InsightDep,
    period: PeriodDep,
    only: OnlyDep,
) -> Response:
    """All rows behind a number, for a spreadsheet."""
    found = insight.metrics.rows(name, period, only=only)
    return Response(rows_csv(found), media_type=_CSV)


@router.post("/events/orders", status_code=202)
def orders(body: OrdersPlaced, _: AdminCaller, insight: InsightDep) -> dict[str, int]:
    """Orders that the shop took, for the conversion after an answer; each order counts once."""
    insight.events.append(
        *(
            ServiceEvent(
                "order_placed",
                order.at,
                conversation_id=order.conversation_id,
                customer_id=order.customer_id,
                data={"order_id": order.order_id, "amount_cents": order.amount_cents, "currency": order.currency},
                event_id=f"ord-{order.order_id}",
            )
            for order in body.orders
        )
    )
    return {"taken": len(body.orders)}
