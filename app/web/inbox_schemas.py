"""What agents send, and conversations as they travel."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field

from app.domain.conversation import Conversation, ConversationMessage
from app.handoff import Agent
from app.security.access import Caller
from app.web.schemas import Text, WebRequest
from app.web.services import Desk
from index.types import Language

_FOR_CUSTOMERS = frozenset(
    {
        "answer",
        "asks",
        "attachments",
        "choices",
        "citations",
        "closing",
        "confirms",
        "en",
        "kind",
        "prompt",
        "sentences",
        "status",
        "zh",
    }
)
"""Of what goes with a message; the rest (understanding, traces of rules) is for the company."""


class AssignRequest(WebRequest):
    """Who gets the conversation."""

    agent: Text | None = Field(default=None, min_length=1, max_length=100)
    """A colleague; who asks when left out."""


class ReleaseRequest(WebRequest):
    """Where the conversation goes."""

    to: Literal["queue", "assistant"] = "queue"


class ReplyRequest(WebRequest):
    """What the customer gets."""

    text: Text
    request_id: Text | None = Field(default=None, min_length=1, max_length=64)
    """Chosen by the client; sent again with the same one, nothing is sent twice."""
    receipt_id: Text | None = Field(default=None, max_length=100)
    """Of the suggestion that it was made from."""
    suggested: Text | None = Field(default=None, max_length=8000)
    """The suggestion as it was, to see what agents change."""
    citations: list[dict[str, Any]] = Field(default_factory=list, max_length=50)
    """Of the suggestion, for the customer to open."""

    def data(self) -> dict[str, Any]:
        """What is kept with the message."""
        return {"citations": self.citations} if self.citations else {}


class NoteRequest(WebRequest):
    """A note for colleagues."""

    text: Text


class LabelRequest(WebRequest):
    """Labels to put on and to take off."""

    add: list[Text] = Field(default_factory=list, max_length=20)
    remove: list[Text] = Field(default_factory=list, max_length=20)


class SuggestRequest(WebRequest):
    """A suggestion is wanted."""

    question: Text | None = Field(default=None, max_length=2000)
    """In place of what the customer has written last."""
    language: Language | None = None


class PresenceRequest(WebRequest):
    """A sign of life."""

    state: Literal["online", "away", "offline"] = "online"


class CannedRequest(WebRequest):
    """A canned reply."""

    title: Text = Field(default="", max_length=100)
    zh: Text = ""
    en: Text = ""


def agent_of(caller: Caller, desk: Desk) -> Agent:
    """The caller as an agent, by the name of their key."""
    return Agent(caller.name, caller.may("admin") or desk.policy().agent(caller.name).is_supervisor)


def conversation_dict(conversation: Conversation) -> dict[str, Any]:
    """A conversation without its messages and without the state of its dialogue, as JSON."""
    return {
        "conversation_id": conversation.conversation_id,
        "channel": conversation.channel,
        "status": conversation.status,
        "started_at": conversation.started_at.isoformat(),
        "changed_at": conversation.changed_at.isoformat(),
        "language": conversation.language,
        "customer_id": conversation.customer_id,
        "labels": list(conversation.labels),
    }


def message_dict(message: ConversationMessage, *, for_customer: bool = False) -> dict[str, Any]:
    """A message as JSON; for a customer without what is the company's own."""
    data = {name: value for name, value in message.data.items() if not for_customer or name in _FOR_CUSTOMERS}
    return {
        "message_id": message.message_id,
        "role": message.role,
        "text": message.text,
        "at": message.at.isoformat(),
        "author": message.author,
        "receipt_id": message.receipt_id,
        "data": data,
    }
