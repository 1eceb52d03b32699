"""What was said in a conversation, and where it is kept."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal, Protocol

from index.types import Language

Role = Literal["customer", "assistant", "agent", "note", "system"]
"""note: for agents alone; system: a fact of the conversation, such as that an agent took over."""
Channel = Literal["page", "widget", "api", "openai", "cli", "mcp"]
ConversationStatus = Literal["open", "waiting", "with_agent", "resolved"]
"""open: with the assistant; waiting: in the queue for a person."""


@dataclass(frozen=True, slots=True)
class ConversationMessage:
    """One thing that was said. `at` is aware, in UTC."""

    message_id: str
    conversation_id: str
    role: Role
    text: str
    at: datetime
    author: str = ""
    """Of an agent: who."""
    receipt_id: str | None = None
    """Of an answer from the knowledge base."""
    data: Mapping[str, Any] = field(default_factory=dict)
    """What goes with it as JSON: citations, choices, attachments, understanding, the outcome of an action."""


@dataclass(frozen=True, slots=True)
class Conversation:
    """Everything but the messages."""

    conversation_id: str
    channel: Channel
    status: ConversationStatus
    started_at: datetime
    changed_at: datetime
    language: Language | None = None
    customer_id: str | None = None
    """Once identified."""
    owner: str = ""
    """Id of the key or page session that started it: nobody else may read it without the scope for it."""
    state: Mapping[str, Any] = field(default_factory=dict)
    """Of the dialogue, as JSON."""
    labels: tuple[str, ...] = ()
    version: int = 0
    """How often it was changed by `update`, as the store counts; 0 before it was kept."""


class ConversationStore(Protocol):
    """Keeps conversations."""

    def turn(self, conversation_id: str) -> AbstractContextManager[None]:
        """Holds the conversation for one turn, so that two messages at once are served one after the other.

        Also between processes; gives up with `ConversationBusy` after half a minute.
        """

    def start(self, conversation: Conversation) -> Conversation:
        """Keep a new one; one that exists already is given back as it is."""

    def get(self, conversation_id: str) -> Conversation | None:
        """None where there is none of that id."""

    def update(self, conversation: Conversation) -> None:
        """Keep what has changed but the messages. Raises `ConversationMissing`.

        It neither hands a conversation to the desk nor takes it from there: a turn that began before an agent took over
        would undo it. `move` does that. Outside `turn` a conversation that was changed meanwhile raises
        `ConversationMoved`.
        """

    def move(self, conversation_id: str, status: ConversationStatus) -> None:
        """Say who has it: the assistant, the queue, an agent, or nobody any more. Raises `ConversationMissing`."""

    def relabel(self, conversation_id: str, labels: Sequence[str]) -> None:
        """These labels in place of those it has. Raises `ConversationMissing`."""

    def add(self, message: ConversationMessage, *, request_id: str | None = None) -> None:
        """Keep a message, in the order of arrival; a request id is remembered with it."""

    def messages(
        self, conversation_id: str, *, after: str | None = None, limit: int | None = None
    ) -> Sequence[ConversationMessage]:
        """Oldest first; those behind a message id, or the last `limit` of all."""

    def replies_to(self, conversation_id: str, request_id: str) -> Sequence[ConversationMessage] | None:
        """What was answered to a request that was served before; None where it was not."""

    def erase(self, *, conversation_id: str | None = None, customer_id: str | None = None) -> int:
        """Remove one, or all of a customer, with their messages; how many."""
