"""The states of a handed-off conversation and what leads from one to another, as data."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, get_args

from app.domain.conversation import ConversationStatus
from app.handoff.errors import TransitionRefused

State = Literal["queued", "assigned", "answered", "returned", "resolved"]
"""queued: waits for an agent. assigned: an agent has it and owes a reply. answered: an agent has it and the customer is
to write. returned: the assistant has it again. resolved: over, until the customer writes."""
Event = Literal[
    "opened",
    "assigned",
    "replied",
    "customer_wrote",
    "released",
    "agent_away",
    "overdue",
    "breached",
    "returned",
    "resolved",
    "reopened",
    "idle",
]
"""released: an agent put it back into the queue. agent_away: their page is gone. breached: a clock ran out, the owner
keeps it. overdue: it ran out twice for one agent, who loses it. idle: the customer has not answered for long."""

STATES: tuple[State, ...] = get_args(State)
EVENTS: tuple[Event, ...] = get_args(Event)
WITH_AGENT: tuple[State, ...] = ("assigned", "answered")
ACTIVE: tuple[State, ...] = ("queued", *WITH_AGENT)
"""Somebody of the desk has to do something with it."""

TRANSITIONS: Mapping[State, Mapping[Event, State]] = {
    "queued": {
        "opened": "queued",
        "assigned": "assigned",
        "customer_wrote": "queued",
        "breached": "queued",
        "resolved": "resolved",
    },
    "assigned": {
        "opened": "assigned",
        "assigned": "assigned",
        "replied": "answered",
        "customer_wrote": "assigned",
        "released": "queued",
        "agent_away": "queued",
        "breached": "assigned",
        "overdue": "queued",
        "resolved": "resolved",
    },
    "answered": {
        "opened": "assigned",
        "assigned": "answered",
        "replied": "answered",
        "customer_wrote": "assigned",
        "released": "queued",
        "agent_away": "queued",
        "returned": "returned",
        "idle": "resolved",
        "resolved": "resolved",
    },
    "returned": {"opened": "queued", "assigned": "assigned", "reopened": "queued"},
    "resolved": {"opened": "queued", "reopened": "queued"},
}
"""There is no way from `assigned` to `returned`: who gives a conversation back has answered the customer first."""

STATUS: Mapping[State, ConversationStatus] = {
    "queued": "waiting",
    "assigned": "with_agent",
    "answered": "with_agent",
    "returned": "open",
    "resolved": "resolved",
}
"""What the conversation's own status is."""

_ASKED: Mapping[Event, str] = {
    "replied": "replied to",
    "released": "put back into the queue",
    "returned": "given back to the assistant",
    "resolved": "resolved",
    "reopened": "reopened",
    "assigned": "assigned",
}


def after(state: State, event: Event) -> State:
    """The state that an event leads to. Raises `TransitionRefused`."""
    try:
        return TRANSITIONS[state][event]
    except KeyError:
        what = _ASKED.get(event, event)
        if state == "assigned" and event == "returned":
            reason = "the customer still waits for an answer. Reply first."
        elif state == "queued":
            reason = "it is in the queue. Take it first."
        else:
            reason = f"it is {state}."
        raise TransitionRefused(f"The conversation cannot be {what}: {reason}") from None
