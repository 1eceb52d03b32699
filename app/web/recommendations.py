"""Behaviour in, recommendations out.

Programs of the company tell and ask on a customer's behalf, so the scope is `admin`; a page of the shop asks its own
server.
"""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query
from pydantic import Field

from app.domain.behaviour import BehaviourEvent
from app.domain.recommendation import Wishes
from app.recommendation.errors import BehaviourInvalid
from app.recommendation.json_form import event_of
from app.recommendation.placement import Placement, ShownList
from app.recommendation.switches import RULES
from app.web.dependencies import AdminCaller, ServicesDep
from app.web.request_errors import RecommendationsOff
from app.web.schemas import Text, WebRequest
from app.web.services import Recommending, Services

router = APIRouter(prefix="/v1", tags=["recommendations"])

_MOST_EVENTS = 1000
Id = Annotated[Text | None, Query(max_length=100)]


class EventBatch(WebRequest):
    """What customers did; each is judged by itself."""

    events: list[Any] = Field(
        min_length=1,
        max_length=_MOST_EVENTS,
        examples=[
            [{"user_id": "C000042", "event": "view", "item_id": "SL-PH-1001", "at": "2026-11-24T12:00:00+08:00"}]
        ],
    )


class RuleBody(WebRequest):
    """Whether a rule holds."""

    is_on: bool


@router.post("/events")
def told(batch: EventBatch, caller: AdminCaller, services: ServicesDep) -> dict[str, Any]:  # noqa: ARG001 - admits
    """Take events in, each once however often it is sent (by its event_id, else word for word).

    What is no event is refused with its place in the batch; the others are kept.
    """
    taken, refused = [], []
    for at, fields in enumerate(batch.events):
        event = _event(fields)
        if isinstance(event, BehaviourEvent):
            taken.append(event)
        else:
            refused.append({"index": at, "code": event.code, "message": event.message})
    kept = _recommending(services).log.take(taken)
    return {"new": kept.new, "known": kept.known, "refused": refused}


@router.get("/recommendations")
def recommended(
    caller: AdminCaller,  # noqa: ARG001 - admits
    services: ServicesDep,
    customer_id: Id = None,
    visitor: Id = None,
    similar_to: Id = None,
    session: Annotated[list[Text] | None, Query(max_length=50)] = None,
    hidden: Annotated[list[Text] | None, Query(max_length=500)] = None,
    text: Annotated[Text, Query(max_length=500)] = "",
    category: Id = None,
    lowest_cents: Annotated[int | None, Query(ge=0)] = None,
    highest_cents: Annotated[int | None, Query(ge=0)] = None,
    top: Annotated[int, Query(ge=1, le=100)] = 10,
    placement: Annotated[str, Query(pattern=r"^[a-z][a-z0-9_-]{0,59}$")] = "home",
) -> dict[str, Any]:
    """What to show a customer, with the reason for each.

    The customer's own behaviour weighs only where they agreed to personalisation; what they look at in this visit
    (`session`, oldest first) always does.
    """
    wishes = Wishes(tuple(session or ()), text, category, lowest_cents, highest_cents, tuple(hidden or ()))
    place = _recommending(services).placement(placement)
    return _shown(_list(place, wishes, customer_id, visitor, similar_to, top))


@router.get("/admin/recommendations/effect")
def effect(
    caller: AdminCaller,  # noqa: ARG001 - admits
    services: ServicesDep,
    days: Annotated[float, Query(gt=0, le=366)] = 28,
    placement: Annotated[str, Query(pattern=r"^[a-z][a-z0-9_-]{0,59}$")] = "home",
) -> dict[str, Any]:
    """Lists that were shown, opened and bought from, by kind, and whether the difference could be chance."""
    return _recommending(services).placement(placement).effect(days=days).to_dict()


@router.get("/admin/recommendations/models")
def models(caller: AdminCaller, services: ServicesDep) -> dict[str, Any]:  # noqa: ARG001 - admits
    """Models that were put to use, newest first."""
    return {"models": _recommending(services).registry.listed()}


@router.get("/admin/recommendations/try")
def tried(
    caller: AdminCaller,  # noqa: ARG001 - admits
    services: ServicesDep,
    customer_id: Id = None,
    similar_to: Id = None,
    top: Annotated[int, Query(ge=1, le=50)] = 10,
) -> dict[str, Any]:
    """What a customer, or who looks at an item, would be shown and why; it counts as shown to nobody."""
    place = _recommending(services).placement("home")
    return {"items": [item.to_dict() for item in place.tried(customer_id, similar_to, top=top)]}


@router.get("/admin/recommendations/rules")
def rules(caller: AdminCaller, services: ServicesDep) -> dict[str, Any]:  # noqa: ARG001 - admits
    """The rules behind the model, and which of them are on."""
    off = _recommending(services).rules.off()
    return {"rules": [{"name": name, "is_on": name not in off} for name in RULES]}


@router.put("/admin/recommendations/rules/{name}")
def switched(name: str, body: RuleBody, caller: AdminCaller, services: ServicesDep) -> dict[str, Any]:
    """Switch a rule on or off, for every list from now on."""
    _recommending(services).rules.switch(name, is_on=body.is_on)
    return rules(caller, services)


@router.post("/admin/recommendations/models/{name}/activate")
def activated(name: str, caller: AdminCaller, services: ServicesDep) -> dict[str, Any]:  # noqa: ARG001 - admits
    """Put an earlier model to use again."""
    return {"model": _recommending(services).registry.roll_back(name)}


def _event(fields: Any) -> BehaviourEvent | BehaviourInvalid:
    try:
        return event_of(fields)
    except BehaviourInvalid as error:
        return error


def _list(
    place: Placement, wishes: Wishes, customer_id: str | None, visitor: str | None, similar_to: str | None, top: int
) -> ShownList:
    if similar_to is not None:
        return place.show_similar(similar_to, customer_id=customer_id, wishes=wishes, top=top, visitor=visitor or "")
    return place.show(customer_id, wishes=wishes, top=top, visitor=visitor or "")


def _shown(shown: ShownList) -> dict[str, Any]:
    return {
        "recommendation_id": shown.recommendation_id,
        "arm": shown.arm,
        "is_personal": shown.is_personal,
        "items": [item.to_dict() for item in shown.items],
    }


def _recommending(services: Services) -> Recommending:
    if services.recommending is None:
        raise RecommendationsOff("This service recommends nothing.")
    return services.recommending
