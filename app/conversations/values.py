"""What goes into a turn of a conversation, and what comes out of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Literal, Protocol

from app.domain import Answer, AnswerEvent, Turn
from app.domain.conversation import Channel, ConversationMessage, ConversationStatus
from app.domain.handoff import HandOffTicket
from index.types import Language


class Answerer(Protocol):
    """Answers questions from the knowledge base; an `Assistant`, with or without kept answers."""

    def stream(self, turn: Turn) -> Iterator[AnswerEvent]:
        """Sentence by sentence; the last event holds the whole answer."""


@dataclass(frozen=True, slots=True)
class Incoming:
    """A customer's message as it arrives."""

    message: str
    conversation_id: str | None = None
    """None begins a new one."""
    request_id: str | None = None
    """The same id again is given the first one's replies, and nothing is done twice."""
    channel: Channel = "api"
    owner: str = ""
    """Id of the key or page session; a conversation of another owner looks like none."""
    customer_id: str | None = None
    """Who is signed in, as the shop vouches for; None lets the conversation find out."""
    language: Language | None = None
    """Of the replies; None takes that of the customer."""
    as_of: date | None = None
    access: frozenset[str] = field(default_factory=frozenset)
    mode: Literal["auto", "llm", "extractive"] = "auto"


@dataclass(frozen=True, slots=True)
class TurnReply:
    """What a turn came to."""

    conversation_id: str
    messages: tuple[ConversationMessage, ...]
    """What the customer is told, in order; none where an agent reads along and answers."""
    language: Language
    status: ConversationStatus
    customer_id: str | None = None
    answer: Answer | None = None
    """From the knowledge base, where it was asked."""
    ticket: HandOffTicket | None = None
    """Where this turn went to a person."""
    is_repeated: bool = False
    """Whether these are the replies to an earlier request of the same id."""

    @property
    def text(self) -> str:
        """All that the customer is told."""
        return "\n\n".join(message.text for message in self.messages)


@dataclass(frozen=True, slots=True)
class TurnDone:
    """Always the last event of a turn."""

    reply: TurnReply


ReplyEvent = AnswerEvent | ConversationMessage | TurnDone
"""Sentences of an answer as they come, each message once it is whole, and the end."""
