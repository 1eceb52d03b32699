"""One message of a customer, with what is known about the moment."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from app.domain.chat_model import Message
from app.domain.conversation import Channel
from index.types import Language


@dataclass(frozen=True, slots=True)
class Turn:
    """A question to be answered."""

    message: str
    conversation_id: str | None = None
    history: tuple[Message, ...] = ()
    """Earlier messages, oldest first."""
    language: Language | None = None
    """Language of the reply; None takes that of the message."""
    as_of: date | None = None
    """Answer by the rules in force on that day; None means that of the order which the message names, else today."""
    access: frozenset[str] = field(default_factory=frozenset)
    """The caller's labels (see `index.types.Query.access`)."""
    mode: Literal["auto", "llm", "extractive"] = "auto"
    passages: tuple[str, ...] | None = None
    """Answer from these texts alone instead of the index."""
    owner: str = ""
    """Id of the key or page session that the conversation belongs to; "" keeps none."""
    channel: Channel = "api"
    customer_id: str | None = None
    """Whom the shop has vouched for; None lets the conversation find out."""
    request_id: str | None = None
    """The same id again, in a conversation that is kept, gets the first one's reply."""
