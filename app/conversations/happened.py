"""What a turn was, as events of the service: the numbers that are published are made of these."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from app.conversations.values import Incoming
from app.domain import Answer
from app.domain.service_events import EventKind, ServiceEvent
from app.domain.understanding import Understanding
from index.types import Language


@dataclass(frozen=True, slots=True)
class Happened:
    """A turn that is over."""

    incoming: Incoming
    conversation_id: str
    message_id: str
    """Of the customer's message: a repeated one counts once."""
    at: datetime
    language: Language
    customer_id: str | None = None
    is_first: bool = False
    understood: Understanding | None = None
    """None where a person has the conversation."""
    answer: Answer | None = None
    outcomes: tuple[dict[str, Any], ...] = ()
    """Of actions; see `app.conversations.telling.outcome_data`."""
    writes: frozenset[str] = frozenset()
    """Names of the actions that change anything."""


def events_of(turn: Happened) -> Iterator[ServiceEvent]:
    """In the order in which they came about."""
    if turn.is_first:
        yield _event(turn, "conversation_started")
    yield _event(turn, "customer_wrote", text=turn.incoming.message)
    answer = turn.answer
    if answer is not None:
        yield _event(
            turn,
            "declined" if answer.status == "declined" else "answered",
            text=turn.incoming.message,
            receipt_id=answer.receipt_id or None,
            data={
                "status": answer.status,
                "confidence": round(answer.confidence, 4),
                "citations": len(answer.citations),
                "seconds": round(answer.timings_ms.total / 1000, 3),
                "tokens": answer.tokens,
                "mode": answer.mode,
                "off_topic": turn.understood is not None and turn.understood.out_of_scope,
            },
        )
    for number, outcome in enumerate(turn.outcomes):
        if outcome["status"] == "done" and outcome["action"] in turn.writes:
            yield _event(turn, "action_done", data={"name": outcome["action"]}, number=number)


def _event(
    turn: Happened,
    kind: EventKind,
    *,
    text: str | None = None,
    receipt_id: str | None = None,
    data: dict[str, Any] | None = None,
    number: int = 0,
) -> ServiceEvent:
    understood = turn.understood
    return ServiceEvent(
        kind=kind,
        at=turn.at,
        conversation_id=turn.conversation_id,
        customer_id=turn.customer_id,
        channel=turn.incoming.channel,
        language=turn.language,
        intent=understood.intent if understood is not None and not understood.out_of_scope else "",
        receipt_id=receipt_id,
        text=text,
        data=data or {},
        event_id=f"{turn.message_id}:{kind}:{number}",
    )
