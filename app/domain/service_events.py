"""What happened in the service of customers, one line each, from which every published number is computed."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal, Protocol

from app.domain.conversation import Channel
from index.types import Language

EventKind = Literal[
    "conversation_started",
    "customer_wrote",
    "answered",
    "declined",
    "action_done",
    "handed_off",
    "agent_joined",
    "agent_replied",
    "agent_left",
    "resolved",
    "reopened",
    "rated",
    "survey_asked",
    "survey_answered",
    "citation_opened",
    "order_placed",
    "exposed",
]
"""
kind                  who or what, `text`, and the keys of `data`
conversation_started  the first message arrived
customer_wrote        each message of the customer; `text`: the message
answered              a reply from the knowledge base; `text`: the question; `status` answered or partial, `confidence`,
                      `citations` (how many), `seconds`, `tokens`, `mode`, `off_topic` (bool, from understanding)
declined              the base does not hold it; as `answered`
action_done           a tool did something for the customer (a return, a cancellation); `name`
handed_off            queued for a person; `reason`, `topic`
agent_joined          a person took over; `agent`
agent_replied         `text`: what the agent wrote; `agent`, `suggested` (what was proposed), `is_edited`
agent_left            given back, or closed; `agent`, `handling_s` where the desk measures it itself
resolved              `by`: customer (said so), agent (closed it), action (what was asked for was done) or silence
                      (nobody wrote any more)
reopened              the customer came back to it
rated                 thumbs on an answer; `rating` up or down, `reasons`
survey_asked          `survey_id`, `survey` csat or nps
survey_answered       `survey_id`, `survey`, `score` (csat 1 to 5, nps 0 to 10)
citation_opened       a customer opened a source; `marker`
order_placed          `order_id`, `amount_cents`, `currency`; of a customer, seldom within a conversation
exposed               served by an arm of an experiment; `experiment`, `arm`, `unit` (in disguise)
"""


@dataclass(frozen=True, slots=True)
class ServiceEvent:
    """Something that happened. `at` is aware, in UTC."""

    kind: EventKind
    at: datetime
    conversation_id: str | None = None
    customer_id: str | None = None
    """Once identified."""
    channel: Channel | None = None
    language: Language | None = None
    intent: str = ""
    """As understood; "" where nothing was."""
    receipt_id: str | None = None
    """Of the answer that it is about."""
    text: str | None = None
    """Words of a person; they are erased with the person, the event stays and is counted."""
    data: Mapping[str, Any] = field(default_factory=dict)
    """What a kind has besides, as JSON."""
    event_id: str = field(default_factory=lambda: uuid.uuid4().hex)
    """One that is there already is not written again, so that a repeated request counts once."""


class EventLog(Protocol):
    """Takes events, in any order; none is ever changed."""

    def append(self, *events: ServiceEvent) -> None:
        """Keep them, in one transaction. Raises `DatabaseUnavailable`."""
