"""A language model that says what it is told to, and fails as it is told to: for tests and demonstrations."""

from __future__ import annotations

import threading
from collections.abc import Callable, Generator, Sequence
from typing import Literal

from app.domain import Judged, Message, Probe
from app.generation.errors import ChatModelGarbage, ChatModelTimeout, ChatModelUnavailable

Fault = Literal["hang", "error", "garbage", "hang-midway", "error-midway"]


class ScriptedChatModel:
    """A `ChatModel` with given replies, one a request, from the first again after the last.

    `prompts` holds what it was asked, `closed` counts the replies whose reader left early.
    """

    def __init__(
        self,
        replies: Sequence[str] | Callable[[Sequence[Message]], str],
        *,
        name: str = "scripted",
        fault: Fault | None = None,
        is_ready: bool = True,
        piece: int = 4,
        hang_s: float = 60.0,
        judges: float | None = None,
    ) -> None:
        """Say how it behaves.

        Args:
            replies: the replies, or a function of the prompt.
            name: shown in answers.
            fault: what goes wrong with every request; "garbage" yields text that no model would.
            is_ready: whether it says that it would answer; may be changed later.
            piece: characters in a piece.
            judges: log-odds with which it answers probes; None where it takes none.
            hang_s: how long it hangs before it raises `ChatModelTimeout`; `release()` ends that.
        """
        self._judges = judges
        self._replies, self._name, self._piece, self._hang_s = replies, name, piece, hang_s
        self.fault, self.is_ready = fault, is_ready
        self.prompts: list[Sequence[Message]] = []
        self.closed = 0
        self._released = threading.Event()

    @property
    def name(self) -> str:
        """Name shown in answers."""
        return self._name

    @property
    def takes_probes(self) -> bool:
        """Whether it was told what to answer to them."""
        return self._judges is not None

    def release(self) -> None:
        """Let every request that hangs go on to its error."""
        self._released.set()

    def stream(
        self, messages: Sequence[Message], *, max_tokens: int = 256, probe: Probe | None = None
    ) -> Generator[str, None, None]:
        """The reply, at most `max_tokens` pieces of it; see `ChatModel`."""
        self.prompts.append(list(messages))
        reply = self._reply(messages, len(self.prompts) - 1)
        if probe is not None and self._judges is not None:
            yield Judged(self._judges)
        if self.fault == "hang":
            self._hang()
        if self.fault == "error":
            raise ChatModelUnavailable(f"The language model {self._name} was told to fail.")
        pieces = [reply[at : at + self._piece] for at in range(0, len(reply), self._piece)][:max_tokens]
        if not pieces:
            raise ChatModelGarbage(f"The language model {self._name} replied without any text.")
        try:
            for number, piece in enumerate(pieces):
                yield piece
                if number == (len(pieces) - 1) // 2 and self.fault == "hang-midway":
                    self._hang()
                if number == (len(pieces) - 1) // 2 and self.fault == "error-midway":
                    raise ChatModelUnavailable(f"The language model {self._name} was told to fail.")
        except GeneratorExit:
            self.closed += 1
            raise

    def _reply(self, messages: Sequence[Message], number: int) -> str:
        if self.fault == "garbage":
            return "\ufffd\x00<|im_end|>{]}" * 20
        if callable(self._replies):
            return self._replies(messages)
        return self._replies[number % len(self._replies)] if self._replies else ""

    def _hang(self) -> None:
        self._released.wait(self._hang_s)
        raise ChatModelTimeout(f"The language model {self._name} hung as it was told to.")
