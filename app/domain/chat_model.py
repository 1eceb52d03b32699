"""The seam to language models."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol


@dataclass(frozen=True, slots=True)
class Message:
    """One message of a prompt."""

    role: Literal["system", "user", "assistant"]
    content: str

    def to_dict(self) -> dict[str, str]:
        """As JSON, and as chat templates and trainers read it."""
        return {"role": self.role, "content": self.content}


class ChatModel(Protocol):
    """Writes text for a prompt, piece by piece."""

    @property
    def name(self) -> str:
        """Name shown in answers, such as "qwen2.5-coder-1.5b-instruct-q4_k_m"."""

    @property
    def is_ready(self) -> bool:
        """Whether a request would be tried now: weights present, circuit closed. Cheap, asks nothing outside."""

    def stream(self, messages: Sequence[Message], *, max_tokens: int = 256) -> Generator[str, None, None]:
        """Yield the reply in pieces as they arrive; closing the iterator stops the generation.

        Raises a leaf of `app.generation.errors.ChatModelError` when the model cannot answer in time or at all.
        """
