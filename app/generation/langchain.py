"""Any LangChain chat model as an `app.domain.ChatModel`, with time limits that hold even when it hangs."""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable, Generator, Iterator, Sequence
from contextvars import copy_context
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from app.domain import Judged, Message, Probe
from app.domain.tokens import Counted
from app.generation.errors import ChatModelError, ChatModelGarbage, ChatModelTimeout, ChatModelUnavailable
from app.generation.probe import LOG_ODDS

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel
    from langchain_core.messages import BaseMessage

_CHARACTERS_A_TOKEN = 12  # above what any tokeniser packs into one, on average
_GARBAGE = (ValueError, TypeError, KeyError, IndexError, AttributeError)


@dataclass(frozen=True, slots=True)
class ChatTimeouts:
    """Limits in seconds: until the first piece, between two pieces, and for the whole reply."""

    first_piece_s: float = 20.0
    next_piece_s: float = 15.0
    total_s: float = 120.0

    def __post_init__(self) -> None:
        if min(self.first_piece_s, self.next_piece_s, self.total_s) <= 0:
            raise ValueError(f"Expected limits above 0, got {self}.")


class LangChainChatModel:
    """Fulfils `ChatModel`; usable from several threads.

    The model runs in a thread of its own for each reply. When a limit passes, the caller gets its error at once and
    the thread is left to end with the model's own time limit; it stops at the next sign of life.
    """

    def __init__(
        self,
        model: BaseChatModel,
        *,
        name: str,
        timeouts: ChatTimeouts | None = None,
        is_available: Callable[[], bool] = lambda: True,
    ) -> None:
        self._model, self._name = model, name
        self._timeouts = timeouts or ChatTimeouts()
        self._is_available = is_available

    @property
    def name(self) -> str:
        """Name shown in answers."""
        return self._name

    @property
    def is_ready(self) -> bool:
        """Whether a request would be tried now."""
        return self._is_available()

    @property
    def model(self) -> BaseChatModel:
        """The LangChain model inside, for chains of one's own."""
        return self._model

    @property
    def takes_probes(self) -> bool:
        """Whether the LangChain model has an attribute that says so, and then takes one as the argument `probe`."""
        return bool(getattr(self._model, "takes_probes", False))

    def stream(
        self, messages: Sequence[Message], *, max_tokens: int = 256, probe: Probe | None = None
    ) -> Generator[str, None, None]:
        """Yield the reply in pieces; see `ChatModel`. A model that goes on beyond `max_tokens` is cut off.

        Raises `ChatModelTimeout`, `ChatModelUnavailable`, or `ChatModelGarbage` for a reply without text too.
        """
        arrivals: queue.SimpleQueue[str | BaseException | None] = queue.SimpleQueue()
        stopped = threading.Event()
        # Daemon: a model that hangs must not keep the process from ending.
        # In the context of the caller: which adapter serves may hang on the conversation.
        threading.Thread(
            target=copy_context().run, args=(self._run, messages, max_tokens, probe, arrivals, stopped),
            name=f"chat {self._name}", daemon=True,
        ).start()  # fmt: skip
        room = max_tokens * _CHARACTERS_A_TOKEN
        try:
            for piece in self._pieces(arrivals):
                room -= len(piece)
                yield piece
                if room <= 0:
                    return
        finally:
            stopped.set()

    def _pieces(self, arrivals: queue.SimpleQueue[str | BaseException | None]) -> Iterator[str]:
        clock, limits = time.monotonic, self._timeouts
        end = clock() + limits.total_s
        deadline = min(end, clock() + limits.first_piece_s)
        has_text = False
        while True:
            try:
                arrived = arrivals.get(timeout=max(0.0, deadline - clock()))
            except queue.Empty:
                what = "no next piece" if has_text else "no answer"
                raise ChatModelTimeout(f"The language model {self._name} gave {what} within its time limit.") from None
            if arrived is None:
                if not has_text:
                    raise ChatModelGarbage(f"The language model {self._name} replied without any text.")
                return
            if isinstance(arrived, ChatModelError):
                raise arrived
            if isinstance(arrived, BaseException):
                raise _mapped(arrived, self._name) from arrived
            if isinstance(arrived, Judged):
                yield arrived
            elif arrived or (has_text and isinstance(arrived, Counted)):
                has_text = True
                yield arrived
            if has_text:  # an empty piece is a sign of life, but the first text has its own limit
                deadline = min(end, clock() + limits.next_piece_s)

    def _run(
        self,
        messages: Sequence[Message],
        max_tokens: int,
        probe: Probe | None,
        arrivals: queue.SimpleQueue[str | BaseException | None],
        stopped: threading.Event,
    ) -> None:
        try:
            asked: dict[str, Any] = {"probe": probe} if probe is not None and self.takes_probes else {}
            chunks: Any = self._model.stream(_to_langchain(messages), max_tokens=max_tokens, **asked)
            try:
                tokens = 0
                for chunk in chunks:
                    if stopped.is_set():
                        return
                    judged = chunk.response_metadata.get(LOG_ODDS)
                    arrivals.put(str(chunk.text) if judged is None else Judged(judged))
                    tokens += int((getattr(chunk, "usage_metadata", None) or {}).get("total_tokens", 0))
            finally:
                chunks.close()
            if tokens:
                arrivals.put(Counted("", tokens))
            arrivals.put(None)
        except BaseException as error:
            arrivals.put(error)  # raised where the reply is read


def _to_langchain(messages: Sequence[Message]) -> list[BaseMessage]:
    from langchain_core.messages import AIMessage, HumanMessage, SystemMessage

    kinds: dict[str, type[BaseMessage]] = {"system": SystemMessage, "user": HumanMessage, "assistant": AIMessage}
    return [kinds[message.role](content=message.content) for message in messages]


def _mapped(error: BaseException, name: str) -> ChatModelError:
    """Our own error for what a library raised; libraries differ, so time-outs are known by their names too."""
    reason = " ".join(f"{type(error).__name__}: {error}".split())[:200]
    if isinstance(error, TimeoutError) or any("Timeout" in kind.__name__ for kind in type(error).__mro__):
        return ChatModelTimeout(f"The language model {name} did not answer in time ({reason}).")
    if isinstance(error, _GARBAGE):
        return ChatModelGarbage(f"The language model {name} sent something that is no completion ({reason}).")
    return ChatModelUnavailable(f"The language model {name} cannot be used now ({reason}).")
