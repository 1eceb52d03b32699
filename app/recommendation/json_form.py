"""Events as JSON, from files and over HTTP; what is not one is refused with the reason."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, cast, get_args

from app.database import is_storable
from app.domain.behaviour import BehaviourEvent, EventKind
from app.recommendation.errors import BehaviourInvalid

KINDS: tuple[EventKind, ...] = get_args(EventKind)
_LONGEST_ID = 100
_LONGEST_QUERY = 500
_MOST_QUANTITY = 1_000_000
_TEXTS = {
    "session_id": _LONGEST_ID,
    "item_id": _LONGEST_ID,
    "sku": _LONGEST_ID,
    "order_id": _LONGEST_ID,
    "recommendation_id": _LONGEST_ID,
    "event_id": _LONGEST_ID,
    "query": _LONGEST_QUERY,
}
_KNOWN = frozenset({"user_id", "event", "at", "quantity", *_TEXTS})
_WITHOUT_ITEM = frozenset({"search"})


def event_of(fields: Any) -> BehaviourEvent:
    """From JSON; an `id` beside the fields is of no account. Raises `BehaviourInvalid`."""
    if not isinstance(fields, Mapping):
        raise BehaviourInvalid('An event is an object such as {"user_id": "u1", "event": "view", "item_id": "p1"}.')
    unknown = sorted(str(name) for name in fields if name not in _KNOWN and name != "id")
    if unknown:
        raise BehaviourInvalid(f"An event has no field {unknown[0][:60]!r}; it has {', '.join(sorted(_KNOWN))}.")
    kind = fields.get("event")
    if kind not in KINDS:
        raise BehaviourInvalid(f"Expected one of {', '.join(KINDS)} under event, got {_shown(kind)}.")
    user_id = _text(fields, "user_id", _LONGEST_ID)
    if not user_id:
        raise BehaviourInvalid("An event needs a user_id, a text of 1 to 100 characters.")
    texts = {name: _text(fields, name, most) for name, most in _TEXTS.items()}
    if kind not in _WITHOUT_ITEM and not texts["item_id"]:
        raise BehaviourInvalid(f"An event of the kind {kind} needs an item_id.")
    if kind == "search" and not texts["query"]:
        raise BehaviourInvalid("A search needs its query.")
    quantity = fields.get("quantity")
    if quantity is not None and (type(quantity) is not int or not 0 < quantity <= _MOST_QUANTITY):
        raise BehaviourInvalid(f"Expected a whole number from 1 under quantity, got {_shown(quantity)}.")
    return BehaviourEvent(
        user_id=user_id,
        event=cast(EventKind, kind),
        at=_moment(fields.get("at")),
        session_id=texts.pop("session_id") or "",
        quantity=quantity,
        **texts,
    )


def _text(fields: Mapping[str, Any], name: str, most: int) -> str | None:
    value = fields.get(name)
    if value is None:
        return None
    if not isinstance(value, str) or not 0 < len(value.strip()) <= most or not is_storable(value):
        raise BehaviourInvalid(f"Expected a text of 1 to {most} characters under {name}, got {_shown(value)}.")
    return value.strip()


def _moment(value: Any) -> datetime:
    try:
        at = datetime.fromisoformat(value)
        return at.astimezone(UTC) if at.tzinfo is not None else at.replace(tzinfo=UTC)
    except (TypeError, ValueError, OverflowError):
        raise BehaviourInvalid(
            f"Expected a time such as 2026-11-24T12:00:00+00:00 under at, got {_shown(value)}."
        ) from None


def _shown(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:57]}…"
