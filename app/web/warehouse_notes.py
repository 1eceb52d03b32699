"""Notes to couriers as constraints, and the list of those that a person has to decide."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any
from zoneinfo import ZoneInfo, available_timezones

from fastapi import APIRouter, Path, Query
from pydantic import Field, field_validator, model_validator

from app.domain.delivery_note import ConstraintType
from app.warehouse.notes import LONGEST_NOTE, NoteDesk
from app.warehouse.notes.reviews import State
from app.web.dependencies import AdminCaller, ServicesDep
from app.web.request_errors import NotesOff
from app.web.schemas import Text, WebRequest
from app.web.services import Services

router = APIRouter(prefix="/v1/admin/warehouse/notes", tags=["warehouse"])

_MOST = 500


class NoteBody(WebRequest):
    """A note, or the order that has one."""

    id: Text = Field(max_length=200)
    text: Text | None = Field(default=None, max_length=LONGEST_NOTE)
    order_id: Text | None = Field(default=None, max_length=100)
    now: datetime | None = None
    """From which its words are counted; by default the present, or when the order was placed."""

    @model_validator(mode="after")
    def _has_one(self) -> NoteBody:
        if (self.text is None) == (self.order_id is None):
            raise ValueError("Give text or order_id, not both.")
        return self


class NotesBody(WebRequest):
    """Notes to read."""

    notes: list[NoteBody] = Field(min_length=1, max_length=_MOST)
    time_zone: Text = Field(default="Asia/Shanghai", max_length=60)
    keep_unclear: bool = True
    """Whether what is unclear goes on the list of reviews."""

    @field_validator("time_zone")
    @classmethod
    def _is_known(cls, name: str) -> str:
        if name not in available_timezones():
            raise ValueError("is no IANA time zone such as Asia/Shanghai")
        return name


class DecidedConstraint(WebRequest):
    """What a person takes a note to mean."""

    type: ConstraintType
    value: Any


class DecisionBody(WebRequest):
    """The constraints that are meant; null dismisses the note."""

    constraints: list[DecidedConstraint] | None = Field(max_length=50)


@router.post("")
def read(body: NotesBody, _: AdminCaller, services: ServicesDep) -> dict[str, Any]:
    """The constraints of each note, in order; `review_id` says where an unclear one waits for a person."""
    desk, zone = _desk(services), ZoneInfo(body.time_zone)
    return {"notes": [_read(desk, note, zone, keep=body.keep_unclear) for note in body.notes]}


@router.get("/reviews")
def waiting(
    _: AdminCaller,
    services: ServicesDep,
    state: State = "open",
    limit: Annotated[int, Query(ge=1, le=500)] = 100,
) -> dict[str, Any]:
    """Notes that wait for a person, oldest first, or those that were decided."""
    return {"reviews": [review.to_json() for review in _desk(services).reviews.waiting(limit=limit, state=state)]}


@router.post("/reviews/{review_id}")
def decided(
    review_id: Annotated[str, Path(max_length=100)], body: DecisionBody, caller: AdminCaller, services: ServicesDep
) -> dict[str, Any]:
    """Decide what a note means."""
    decision = None if body.constraints is None else [one.model_dump() for one in body.constraints]
    return _desk(services).reviews.decide(review_id, decision, by=f"key:{caller.key_id}").to_json()


def _read(desk: NoteDesk, body: NoteBody, zone: ZoneInfo, *, keep: bool) -> dict[str, Any]:
    now = None if body.now is None else body.now if body.now.tzinfo else body.now.replace(tzinfo=zone)
    if body.order_id is not None:
        note, review_id = desk.read_order(body.order_id, zone, now=now)
    else:
        source = f"note:{body.id}" if keep else None
        note, review_id = desk.read(body.text or "", now or datetime.now(zone), source=source)
    return {"id": body.id, **note.to_json(), "needs_person": note.needs_person, "review_id": review_id}


def _desk(services: Services) -> NoteDesk:
    if services.notes is None:
        raise NotesOff("This service reads no notes to couriers.")
    return services.notes
