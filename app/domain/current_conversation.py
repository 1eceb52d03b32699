"""In which conversation this thread is serving a message, for choices that hold for a whole conversation."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class CurrentConversation:
    """A conversation while one of its messages is served."""

    conversation_id: str
    started_at: datetime
    """Aware."""


_current: ContextVar[CurrentConversation | None] = ContextVar("kefu_conversation", default=None)


def current_conversation() -> CurrentConversation | None:
    """The conversation; None outside one."""
    return _current.get()


@contextmanager
def within_conversation(conversation_id: str, started_at: datetime) -> Iterator[None]:
    """Serve a message of this conversation."""
    token = _current.set(CurrentConversation(conversation_id, started_at))
    try:
        yield
    finally:
        _current.reset(token)
