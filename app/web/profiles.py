"""What a customer lets the assistant know: seen, corrected, taken along, erased.

Programs of the company ask on a customer's behalf, so the scope is `admin`; each request is written down with the key.
"""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Path, Response
from fastapi.responses import JSONResponse
from pydantic import Field

from app.domain.profile import Purpose
from app.profiles import Profiles
from app.profiles.json_form import preferences_of, profile_to_dict
from app.web.dependencies import AdminCaller, ServicesDep
from app.web.request_errors import NoteNotFound, ProfilesOff
from app.web.schemas import Text, WebRequest
from app.web.services import Services

router = APIRouter(prefix="/v1/customers/{customer_id}/profile", tags=["profiles"])

CustomerId = Annotated[str, Path(max_length=100)]


class QuietHoursBody(WebRequest):
    """When nothing is sent."""

    start: Text = Field(max_length=8, examples=["22:00"])
    end: Text = Field(max_length=8, examples=["08:00"])
    timezone: Text = Field(max_length=60, examples=["Asia/Shanghai"])


class PreferencesBody(WebRequest):
    """What somebody likes; takes the place of what was said before."""

    language: Text | None = Field(default=None, max_length=10)
    sizes: dict[Text, Text] = Field(default_factory=dict, examples=[{"鞋": "240"}])
    brands: list[Text] = Field(default_factory=list)
    categories: list[Text] = Field(default_factory=list)
    quiet_hours: QuietHoursBody | None = None


class ProfileChange(WebRequest):
    """What is said anew; what is left out stays as it is."""

    preferences: PreferencesBody | None = None
    consents: dict[Purpose, bool] | None = None
    source: Text = Field(default="api", min_length=1, max_length=100)
    """Where it was said, such as account page."""


@router.get("")
def shown(customer_id: CustomerId, caller: AdminCaller, services: ServicesDep) -> dict[str, Any]:
    """The profile; facts from past orders only where the customer agreed to personalisation."""
    return profile_to_dict(_profiles(services).get(customer_id, actor=f"key:{caller.key_id}"))


@router.put("")
def changed(customer_id: CustomerId, body: ProfileChange, caller: AdminCaller, services: ServicesDep) -> dict[str, Any]:
    """Preferences and consents; withdrawing `service` removes the notes kept under it."""
    profiles, actor = _profiles(services), f"key:{caller.key_id}"
    preferences = None if body.preferences is None else preferences_of(body.preferences.model_dump())
    profiles.update(customer_id, preferences=preferences, consents=body.consents, source=body.source, actor=actor)
    return profile_to_dict(profiles.get(customer_id, actor=actor))


@router.delete("")
def erased(customer_id: CustomerId, caller: AdminCaller, services: ServicesDep) -> dict[str, Any]:
    """Remove the profile; says what was removed and what the law keeps."""
    erasure = _profiles(services).erase(customer_id, actor=f"key:{caller.key_id}")
    if services.recommending is not None:
        services.recommending.log.erase(customer_id)
    return {
        "customer_id": erasure.customer_id,
        "at": erasure.at.isoformat(),
        "erased": dict(erasure.erased),
        "kept": dict(erasure.kept),
        "statement": {"zh": erasure.statement.zh, "en": erasure.statement.en},
    }


@router.get("/export")
def exported(customer_id: CustomerId, caller: AdminCaller, services: ServicesDep) -> JSONResponse:
    """All that is kept of the customer, as a file to take along."""
    data = _profiles(services).export(customer_id, actor=f"key:{caller.key_id}")
    if services.recommending is not None:
        data["behaviour"] = [event.to_dict() for event in services.recommending.log.of_user(customer_id, limit=100_000)]
    return JSONResponse(data, headers={"Content-Disposition": 'attachment; filename="profile.json"'})


@router.delete("/notes/{note_id}", status_code=204)
def note_removed(customer_id: CustomerId, note_id: str, caller: AdminCaller, services: ServicesDep) -> Response:
    """Forget one note."""
    if not _profiles(services).remove_note(customer_id, note_id, actor=f"key:{caller.key_id}"):
        raise NoteNotFound(f"Customer {customer_id} has no note {note_id!r}.")
    return Response(status_code=204)


def _profiles(services: Services) -> Profiles:
    if services.profiles is None:
        raise ProfilesOff("This service keeps no profiles.")
    return services.profiles
