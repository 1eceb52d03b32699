"""Errors of language models.

ChatModelError
├── ChatModelTimeout       no answer, or no next piece, within the time limit
├── ChatModelUnavailable   refused, unreachable, or the circuit is open
│   └── ChatModelBusy      works, but has more to do than it can take
└── ChatModelGarbage       answered with something that is not a completion
"""

from __future__ import annotations

from index.errors import KefuError


class ChatModelError(KefuError):
    """A language model could not answer; the caller falls back to the next one."""

    code = "chat_model"


class ChatModelTimeout(ChatModelError):
    """No answer, or no next piece of it, within the time limit."""

    code = "chat_model_timeout"


class ChatModelUnavailable(ChatModelError):
    """The model refused, cannot be reached, or its circuit is open after repeated failures."""

    code = "chat_model_unavailable"


class ChatModelBusy(ChatModelUnavailable):
    """The model works on other requests; this is no sign that anything is wrong with it."""

    code = "chat_model_busy"


class ChatModelGarbage(ChatModelError):
    """The reply is not a completion."""

    code = "chat_model_garbage"
