"""The couriers' day: plans as they are, made anew, and changed when news comes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from typing import TYPE_CHECKING, Annotated, Any

from fastapi import APIRouter, Path, Request, Response
from pydantic import AwareDatetime, Field, model_validator

from app.warehouse.delivery import (
    Change,
    Deliveries,
    DeliveryInfeasible,
    KeptPlan,
    Problem,
    SolveParams,
    conflicts_to,
    outcome_to,
    problem_from,
    stop_from,
)
from app.web.dependencies import AdminCaller, ServicesDep, request_id
from app.web.errors import problem_response
from app.web.request_errors import DeliveriesOff
from app.web.schemas import Text, WebRequest
from app.web.services import Services

if TYPE_CHECKING:
    from app.building.delivery import DueDay

router = APIRouter(prefix="/v1/admin/warehouse/deliveries", tags=["warehouse"])

PlanId = Annotated[str, Path(max_length=100)]
_MOST_S = 60
_MOST_NEWS = 200


class PlanBody(WebRequest):
    """A day in the form of `kefu warehouse route`, or the day on which parcels of the shop's own records are due."""

    problem: dict[str, Any] | None = None
    day: date | None = None
    """With its notes read: hours and stairs count in the plan, what is unclear waits for a person."""
    area: Text = Field(default="", max_length=100)
    """What it covers, a town for a `day`; a plan of the same day and area is replaced."""
    seconds: float = Field(default=5, gt=0, le=_MOST_S)

    @model_validator(mode="after")
    def _has_one(self) -> PlanBody:
        if (self.problem is None) == (self.day is None):
            raise ValueError("Give problem or day, not both.")
        if self.day is not None and not self.area:
            raise ValueError("Give the area of the day, such as 上海市.")
        return self


class DueBody(WebRequest):
    """The day on which parcels of the shop's own records are due."""

    day: date | None = None
    """By default today where the shop is."""
    seconds: float = Field(default=3, gt=0, le=_MOST_S)
    """To search, for each area."""


class ChangeBody(WebRequest):
    """News of a day."""

    stops: list[dict[str, Any]] = Field(default_factory=list, max_length=_MOST_NEWS)
    """New ones, and those that wish for something else now."""
    removed: list[Text] = Field(default_factory=list, max_length=_MOST_NEWS)
    delays_minutes: dict[Text, Annotated[int, Field(ge=0, le=24 * 60)]] = Field(default_factory=dict)
    """By vehicle: how late it is from now on."""
    done: dict[Text, AwareDatetime] = Field(default_factory=dict)
    """By stop: when somebody was there."""
    seconds: float = Field(default=5, gt=0, le=_MOST_S)
    """For a new plan, where nothing smaller helps."""


@router.get("")
def listed(_: AdminCaller, services: ServicesDep, day: date | None = None) -> dict[str, Any]:
    """Days that have plans, newest first, and the plans of one of them; by default of the newest."""
    deliveries = _deliveries(services)
    days = deliveries.days()
    chosen = day or (days[0] if days else None)
    plans = [] if chosen is None else deliveries.plans_of(chosen)
    return {
        "days": [one.isoformat() for one in days],
        "day": None if chosen is None else chosen.isoformat(),
        "plans": [_summary(kept) for kept in plans],
    }


@router.post("", status_code=201, response_model=None)
def made(request: Request, body: PlanBody, _: AdminCaller, services: ServicesDep) -> dict[str, Any] | Response:
    """Plan a day and keep it. What cannot be planned is explained by the `conflicts` of the problem document."""
    try:
        problem = _problem_of(body, services)
        kept = _deliveries(services).make(problem, area=body.area, params=SolveParams(seconds=body.seconds))
    except DeliveryInfeasible as error:
        return _explained(error, request)
    return _view(kept, services)


@router.post("/due", status_code=201)
def made_of_due(body: DueBody, _: AdminCaller, services: ServicesDep) -> dict[str, Any]:
    """Plan all areas in which parcels are due on a day. The old plan of an area that cannot be planned stays."""
    due = _due_day(services)(body.day, ())
    plans, refused = [], {}
    for area, problem in due.problems.items():
        try:
            plans.append(_deliveries(services).make(problem, area=area, params=SolveParams(seconds=body.seconds)))
        except DeliveryInfeasible as error:
            refused[area] = error.message
    return {
        "day": due.day.isoformat(),
        "plans": [_summary(kept) for kept in plans],
        "refused": refused,
        "for_another_day": list(due.for_another_day),
    }


@router.get("/{plan_id}")
def shown(plan_id: PlanId, _: AdminCaller, services: ServicesDep) -> dict[str, Any]:
    """A plan with its stops, where they are, when somebody is there and what customers are told."""
    return _view(_deliveries(services).get(plan_id), services)


@router.post("/{plan_id}/changes", response_model=None)
def changed(
    request: Request, plan_id: PlanId, body: ChangeBody, _: AdminCaller, services: ServicesDep
) -> dict[str, Any] | Response:
    """Take news in and move as little else as can be; says what was moved."""
    stops = tuple(stop_from(stop, name=f"stops[{number}]") for number, stop in enumerate(body.stops))
    delays = {name: 60 * minutes for name, minutes in body.delays_minutes.items()}
    change = Change(stops=stops, removed=tuple(body.removed), delays_s=delays, done=body.done)
    try:
        kept, found = _deliveries(services).take_in(plan_id, change, seconds=body.seconds)
    except DeliveryInfeasible as error:
        return _explained(error, request)
    outcome = {"how": found.how, "moved": list(found.moved), "late": list(found.late), "seconds": found.seconds}
    return {**_view(kept, services), "outcome": outcome}


def _problem_of(body: PlanBody, services: Services) -> Problem:
    if body.problem is not None:
        return problem_from(body.problem, name="problem")
    problems = _due_day(services)(body.day, [body.area]).problems
    if body.area not in problems:
        raise DeliveryInfeasible(f"Nothing is due in {body.area!r} on {body.day}.")
    return problems[body.area]


def _due_day(services: Services) -> Callable[[date | None, Sequence[str]], DueDay]:
    if services.due_day is None:
        raise DeliveriesOff("This service plans no parcels of a shop; give the day's stops as `problem`.")
    return services.due_day


def _view(kept: KeptPlan, services: Services) -> dict[str, Any]:
    places = {
        "depots": [
            {"id": one.depot_id, "lat": one.place.latitude, "lon": one.place.longitude}
            for one in kept.problem.depots
            if one.place is not None
        ],
        "stops": {
            one.stop_id: {
                "lat": one.place.latitude if one.place else None,
                "lon": one.place.longitude if one.place else None,
                "label": one.label,
                "order_id": one.order_id,
                "windows": [window.text() for window in one.windows],
            }
            for one in kept.problem.stops
        },
    }
    changes = _deliveries(services).changes_of(kept.plan_id)
    return {**_summary(kept), **outcome_to(kept.problem, kept.plan), "places": places, "changes": changes}


def _summary(kept: KeptPlan) -> dict[str, Any]:
    return {
        "plan_id": kept.plan_id,
        "day": kept.problem.day.isoformat(),
        "time_zone": kept.problem.time_zone,
        "area": kept.area,
        "revision": kept.revision,
        "stops": len(kept.problem.stops),
        "changed_at": kept.changed_at.isoformat(),
    }


def _explained(error: DeliveryInfeasible, request: Request) -> Response:
    return problem_response(
        error, request_id=request_id(request), extension={"conflicts": conflicts_to(error.conflicts)}
    )


def _deliveries(services: Services) -> Deliveries:
    if services.deliveries is None:
        raise DeliveriesOff("This service plans no deliveries.")
    return services.deliveries
