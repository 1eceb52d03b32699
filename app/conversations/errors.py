"""Errors of conversations.

ConversationError
├── ConversationMissing     none of that id, or one of somebody else
├── ConversationBusy        another message of it has been worked on for too long
└── ConversationMoved       it was changed since it was read
InputError
└── CursorInvalid           the place in a list is none that was given out
"""

from __future__ import annotations

from index.errors import InputError, KefuError


class ConversationError(KefuError):
    """A conversation cannot be used as asked."""

    code = "conversation"


class ConversationMissing(ConversationError):
    """There is no conversation of that id."""

    code = "conversation_missing"


class ConversationBusy(ConversationError):
    """The conversation is still busy with an earlier message."""

    code = "conversation_busy"


class ConversationMoved(ConversationError):
    """The conversation was changed since it was read."""

    code = "conversation_moved"


class CursorInvalid(InputError):
    """The place in the list is none that was given out."""

    code = "cursor_invalid"
