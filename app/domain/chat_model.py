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


@dataclass(frozen=True, slots=True)
class Probe:
    """A question with two answers that a model is asked before it replies; put behind the last message."""

    text: str
    yes: tuple[str, ...]
    no: tuple[str, ...]
    """How the first token of either answer begins, in small letters."""


class Judged(str):
    """A piece without text that comes before the reply: what the model answered to a probe."""

    log_odds: float

    def __new__(cls, log_odds: float) -> Judged:
        """Log-odds of yes against no; 0 is even."""
        made = super().__new__(cls, "")
        made.log_odds = log_odds
        return made


class ChatModel(Protocol):
    """Writes text for a prompt, piece by piece."""

    @property
    def name(self) -> str:
        """Name shown in answers, such as "qwen2.5-coder-1.5b-instruct-q4_k_m"."""

    @property
    def is_ready(self) -> bool:
        """Whether a request would be tried now: weights present, circuit closed. Cheap, asks nothing outside."""

    @property
    def takes_probes(self) -> bool:
        """Whether it would answer a probe now: it can tell how likely a word was."""

    def stream(
        self, messages: Sequence[Message], *, max_tokens: int = 256, probe: Probe | None = None
    ) -> Generator[str, None, None]:
        """Yield the reply in pieces as they arrive; closing the iterator stops the generation.

        With a `probe` the first piece is a `Judged`, from a model that `takes_probes`.

        Raises a leaf of `app.generation.errors.ChatModelError` when the model cannot answer in time or at all.
        """
