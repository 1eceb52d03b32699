"""What agents do, as events of the service."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from app.domain.service_events import EventKind, EventLog, ServiceEvent

_KINDS: Mapping[str, EventKind] = {
    "handoff.opened": "handed_off",
    "handoff.reopened": "reopened",
    "handoff.assigned": "agent_joined",
    "handoff.requeued": "agent_left",
    "handoff.returned": "agent_left",
    "handoff.resolved": "resolved",
    "message.from_agent": "agent_replied",
}
_KEPT = ("reason", "topic", "agent", "amount_cents", "suggested", "is_edited")


def logged(
    log: EventLog, publish: Callable[[str, Mapping[str, Any]], object]
) -> Callable[[str, Mapping[str, Any]], None]:
    """Publishes as before, and writes what is counted into the log, in the same transaction."""

    def both(name: str, data: Mapping[str, Any]) -> None:
        publish(name, data)
        kind = _KINDS.get(name)
        if kind is not None:
            log.append(_event(kind, data))

    return both


def _event(kind: EventKind, data: Mapping[str, Any]) -> ServiceEvent:
    what: dict[str, Any] = {key: data[key] for key in _KEPT if data.get(key) is not None}
    if kind == "resolved":
        what["by"] = "silence" if data.get("event") == "idle" else "agent"
    language = data.get("language")
    message = data.get("message_id")
    return ServiceEvent(
        kind=kind,
        at=datetime.fromisoformat(str(data.get("at") or data["changed_at"])),
        conversation_id=data.get("conversation_id"),
        customer_id=data.get("customer_id"),
        language=language if language in ("zh", "en", "mixed") else None,
        intent=str(data.get("intent") or ""),
        receipt_id=data.get("receipt_id") or None,
        text=data.get("text"),
        data=what,
        event_id=f"{message}:{kind}" if message else uuid.uuid4().hex,
    )
