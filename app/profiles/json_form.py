"""Profiles as JSON, for the database, for HTTP and for the customer's own copy."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, time
from typing import Any
from zoneinfo import available_timezones

from app.database import storable
from app.domain.profile import Facts, Preferences, Profile, QuietHours
from app.domain.shop import Order
from app.profiles.errors import PreferenceInvalid

_MOST = 50
"""Sizes, brands or categories."""
_LONGEST = 100
_SHOWN = 5
"""Notes and categories that an agent sees."""


def preferences_to_dict(preferences: Preferences) -> dict[str, Any]:
    """As JSON; the inverse of `preferences_of`."""
    quiet = preferences.quiet_hours
    return {
        "language": preferences.language,
        "sizes": dict(preferences.sizes),
        "brands": list(preferences.brands),
        "categories": list(preferences.categories),
        "quiet_hours": quiet
        and {"start": f"{quiet.start:%H:%M}", "end": f"{quiet.end:%H:%M}", "timezone": quiet.timezone},
    }


def preferences_of(fields: Mapping[str, Any]) -> Preferences:
    """From JSON; what is left out is not set. Raises `PreferenceInvalid`."""
    language = fields.get("language")
    if language not in (None, "zh", "en"):
        raise PreferenceInvalid(f"There is no language {language!r}; it is zh or en.")
    sizes = fields.get("sizes", {})
    if not isinstance(sizes, Mapping) or len(sizes) > _MOST:
        raise PreferenceInvalid(f"Sizes are at most {_MOST} categories with a size each.")
    quiet = fields.get("quiet_hours")
    return Preferences(
        language=language,
        sizes={_short(category): _short(size) for category, size in sizes.items()},
        brands=_names(fields.get("brands"), "brands"),
        categories=_names(fields.get("categories"), "categories"),
        quiet_hours=None if quiet is None else _quiet_hours(quiet),
    )


def _quiet_hours(fields: Any) -> QuietHours:
    try:
        start, end = time.fromisoformat(fields["start"]), time.fromisoformat(fields["end"])
        timezone = str(fields["timezone"])
    except (KeyError, TypeError, ValueError) as error:
        raise PreferenceInvalid(
            'Quiet hours are {"start": "22:00", "end": "08:00", "timezone": "Asia/Shanghai"}.'
        ) from error
    if timezone not in available_timezones() or start.tzinfo or end.tzinfo:
        raise PreferenceInvalid(f"{timezone!r} is no IANA time zone such as Asia/Shanghai.")
    return QuietHours(start, end, timezone)


def _names(value: Any, what: str) -> tuple[str, ...]:
    if value is None:
        return ()
    if not isinstance(value, list | tuple) or len(value) > _MOST:
        raise PreferenceInvalid(f"Expected a list of at most {_MOST} {what}.")
    return tuple(dict.fromkeys(_short(name) for name in value))


def _short(value: Any) -> str:
    text = storable(value).strip() if isinstance(value, str) else ""
    if not 0 < len(text) <= _LONGEST:
        raise PreferenceInvalid(f"Sizes, brands and categories are texts of 1 to {_LONGEST} characters.")
    return text


def profile_to_dict(profile: Profile) -> dict[str, Any]:
    """As JSON."""
    return {
        "customer_id": profile.customer_id,
        "name": profile.name,
        "tier": profile.tier,
        "language": profile.language,
        "consents": {
            purpose: {"is_given": consent.is_given, "at": consent.at.isoformat(), "source": consent.source}
            for purpose, consent in profile.consents.items()
        },
        "preferences": preferences_to_dict(profile.preferences),
        "notes": [
            {"note_id": note.note_id, "text": note.text, "source": note.source, "at": note.created_at.isoformat()}
            for note in profile.notes
        ],
        "facts": None if profile.facts is None else _facts_to_dict(profile.facts),
    }


def _facts_to_dict(facts: Facts) -> dict[str, Any]:
    return {
        "orders": facts.orders,
        "sizes": {category: list(sizes) for category, sizes in facts.sizes.items()},
        "categories": list(facts.categories),
        "products": list(facts.products),
        "first_order_at": _moment(facts.first_order_at),
        "last_order_at": _moment(facts.last_order_at),
    }


def agents_view(profile: Profile) -> dict[str, Any]:
    """What an agent sees beside a conversation; what there is nothing of is left out."""
    facts, said = profile.facts, profile.preferences
    sizes = {category: names[0] for category, names in facts.sizes.items() if names} if facts is not None else {}
    shown = {
        "name": profile.name,
        "tier": profile.tier,
        "language": profile.language,
        "sizes": sizes | dict(said.sizes),
        "brands": list(said.brands),
        "categories": list(said.categories or (facts.categories[:_SHOWN] if facts is not None else ())),
        "orders": facts.orders if facts is not None else None,
        "last_order_at": _moment(facts.last_order_at) if facts is not None else None,
        "notes": [note.text for note in profile.notes[-_SHOWN:]],
    }
    return {name: value for name, value in shown.items() if value}


def order_to_dict(order: Order) -> dict[str, Any]:
    """What a customer's own copy says of an order."""
    return {
        "order_id": order.order_id,
        "status": order.status,
        "placed_at": _moment(order.placed_at),
        "total_cents": order.total_cents,
        "currency": order.currency,
        "lines": [
            {"sku": line.sku, "name": line.name, "options": dict(line.options), "quantity": line.quantity}
            for line in order.lines
        ],
        "cases": [{"case_id": case.case_id, "kind": case.kind, "status": case.status} for case in order.cases],
    }


def access_to_dict(row: Mapping[Any, Any]) -> dict[str, Any]:
    """As JSON."""
    return {"at": _moment(row["at"]), "actor": row["actor"], "action": row["action"], "details": row["details"]}


def _moment(at: datetime | None) -> str | None:
    return None if at is None else at.isoformat()
