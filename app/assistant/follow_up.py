"""What a short follow-up question means: the question before it, asked of something else."""

from __future__ import annotations

from collections.abc import Sequence

from app.domain import Message
from index.text.follow_up import is_follow_up


def standalone_question(message: str, history: Sequence[Message]) -> str:
    """The message itself, or with the customer's last question before it when it cannot be understood alone."""
    before = next((item.content for item in reversed(history) if item.role == "user" and item.content.strip()), None)
    if before is None or not is_follow_up(message):
        return message
    return f"{before.strip()}\n{message}"
