"""Marketing copy: written, checked, approved, published, and how it fares."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query
from pydantic import Field

from app.marketing import CHANNELS, CopyDesk, request_of
from app.marketing.store import CopyState
from app.web.dependencies import AdminCaller, ServicesDep
from app.web.request_errors import CopyOff
from app.web.schemas import Text, WebRequest
from app.web.services import Services

router = APIRouter(prefix="/v1/admin/copy", tags=["copy"])


class AttributeBody(WebRequest):
    """One thing that is known."""

    name: Text = Field(max_length=200, examples=["颜色"])
    value: Text = Field(max_length=2000, examples=["蓝色"])


class ReaderBody(WebRequest):
    """Who is written to."""

    segment: Text = Field(default="", max_length=200, examples=["新客"])
    customer_id: Text | None = Field(default=None, max_length=100)


class AboutBody(WebRequest):
    """What copy is about."""

    product_id: Text | None = Field(default=None, max_length=100, examples=["SL-PH-1001"])
    attributes: list[AttributeBody] = Field(default_factory=list, max_length=200)
    facts: list[Text] = Field(default_factory=list, max_length=200)

    def to_fields(self) -> dict[str, Any]:
        """As a request takes it."""
        return self.model_dump()


class CopyBody(AboutBody):
    """What to write."""

    channel: Text = Field(default="detail", max_length=40)
    language: Text | None = Field(default=None, max_length=20)
    audience: ReaderBody | None = None
    variants: int = Field(default=2, ge=1, le=10)
    mode: Literal["auto", "template", "llm"] = "auto"


class CheckBody(WebRequest):
    """What to look at."""

    text: Text = Field(min_length=1, max_length=20_000)
    channel: Text | None = Field(default=None, max_length=40)
    language: Literal["zh", "en"] | None = None
    about: AboutBody | None = None


class EditBody(WebRequest):
    """Another wording."""

    text: Text = Field(min_length=1, max_length=20_000)


class StepBody(WebRequest):
    """Why."""

    note: Text | None = Field(default=None, max_length=500)


class OutcomeBody(WebRequest):
    """What became of one showing."""

    copy_id: Text = Field(max_length=64)
    exposure_id: Text = Field(min_length=1, max_length=100)
    event: Literal["exposure", "click", "order"]
    at: Text | None = Field(default=None, max_length=40)


class OutcomesBody(WebRequest):
    """Several at once."""

    outcomes: list[OutcomeBody] = Field(min_length=1, max_length=1000)


@router.get("/channels")
def channels(_: AdminCaller) -> dict[str, Any]:
    """Where copy goes, with the limits."""
    return {"channels": [channel.to_dict() for channel in CHANNELS.values()]}


@router.get("/products")
def products(_: AdminCaller, services: ServicesDep) -> dict[str, Any]:
    """The products of the catalogue."""
    return {"products": _desk(services).writer.catalogue.listed()}


@router.post("")
def written(body: CopyBody, caller: AdminCaller, services: ServicesDep) -> dict[str, Any]:
    """Write variants and keep them as drafts."""
    desk, fields = _desk(services), body.model_dump(exclude={"mode"}, exclude_none=True)
    copy = desk.writer.write(request_of(fields), mode=body.mode)
    return {"copies": desk.keep(copy, fields, by=caller.name), "left_out": [item.to_dict() for item in copy.left_out]}


@router.post("/check")
def checked(body: CheckBody, _: AdminCaller, services: ServicesDep) -> dict[str, Any]:
    """Hold a text against the law, and against the facts where it is said what it is about."""
    about = request_of(body.about.to_fields()) if body.about is not None else None
    writer = _desk(services).writer
    return writer.check(body.text, channel=body.channel, language=body.language, about=about).to_dict()


@router.get("")
def listed(
    _: AdminCaller,
    services: ServicesDep,
    state: CopyState | None = None,
    product_id: Annotated[str | None, Query(max_length=100)] = None,
    channel: Annotated[str | None, Query(max_length=40)] = None,
    limit: Annotated[int, Query(ge=1, le=1000)] = 200,
) -> dict[str, Any]:
    """Copies, newest first."""
    return {"copies": _desk(services).all(state=state, product_id=product_id, channel=channel, limit=limit)}


@router.get("/effect")
def effect(
    _: AdminCaller,
    services: ServicesDep,
    channel: Annotated[str, Query(max_length=40)],
    product_id: Annotated[str | None, Query(max_length=100)] = None,
) -> dict[str, Any]:
    """The variants of a product in a channel side by side, with intervals and a test."""
    return _desk(services).effect(product_id=product_id, channel=channel)


@router.post("/outcomes")
def outcomes(body: OutcomesBody, _: AdminCaller, services: ServicesDep) -> dict[str, Any]:
    """Count exposures, clicks and orders; the same one again changes nothing."""
    return {"counted": _desk(services).note_outcomes([item.model_dump() for item in body.outcomes])}


@router.get("/{copy_id}")
def one(copy_id: str, _: AdminCaller, services: ServicesDep) -> dict[str, Any]:
    """One with its history and reach."""
    return _desk(services).get(copy_id)


@router.put("/{copy_id}")
def edited(copy_id: str, body: EditBody, caller: AdminCaller, services: ServicesDep) -> dict[str, Any]:
    """Another wording of a draft, checked anew."""
    return _desk(services).edit(copy_id, body.text, by=caller.name)


@router.post("/{copy_id}/approve")
def approved(copy_id: str, caller: AdminCaller, services: ServicesDep, body: StepBody | None = None) -> dict[str, Any]:
    """Say that a draft may go out."""
    return _desk(services).move(copy_id, "approved", by=caller.name, note=body.note if body else None)


@router.post("/{copy_id}/reject")
def rejected(copy_id: str, caller: AdminCaller, services: ServicesDep, body: StepBody | None = None) -> dict[str, Any]:
    """Say that it may not, or take it back."""
    return _desk(services).move(copy_id, "rejected", by=caller.name, note=body.note if body else None)


@router.post("/{copy_id}/publish")
def published(copy_id: str, caller: AdminCaller, services: ServicesDep, body: StepBody | None = None) -> dict[str, Any]:
    """Say that it is out."""
    return _desk(services).move(copy_id, "published", by=caller.name, note=body.note if body else None)


@router.post("/{copy_id}/reopen")
def reopened(copy_id: str, caller: AdminCaller, services: ServicesDep, body: StepBody | None = None) -> dict[str, Any]:
    """Take up again what was rejected."""
    return _desk(services).move(copy_id, "draft", by=caller.name, note=body.note if body else None)


def _desk(services: Services) -> CopyDesk:
    if services.copy is None:
        raise CopyOff("This service writes no copy.")
    return services.copy
