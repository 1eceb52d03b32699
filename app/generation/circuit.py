"""Stops asking a model that keeps failing, so that customers do not wait for its time-outs."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Generator, Sequence
from typing import Literal

from app.domain import ChatModel, Message, Probe
from app.generation.errors import ChatModelBusy, ChatModelError, ChatModelUnavailable


class CircuitBreaker:
    """Closed until `failures` in a row; then open for `open_s` seconds; then one trial decides. Thread-safe.

    Source: Nygard, "Release It!", 2nd edition, section 5.2.
    """

    def __init__(self, *, failures: int = 3, open_s: float = 30.0, clock: Callable[[], float] = time.monotonic) -> None:
        if failures < 1 or open_s <= 0:
            raise ValueError(f"Expected failures >= 1 and open_s > 0, got {failures} and {open_s}.")
        self._limit, self._open_s, self._clock = failures, open_s, clock
        self._lock = threading.Lock()
        self._failures = 0
        self._opened_at: float | None = None
        self._on_trial = False

    @property
    def state(self) -> Literal["closed", "open", "half-open"]:
        """As it stands now."""
        with self._lock:
            return self._state()

    @property
    def would_allow(self) -> bool:
        """Whether a request would be let through now."""
        with self._lock:
            return self._allows()

    def enter(self) -> bool:
        """Ask to make a request; True obliges to one call of `succeeded`, `failed` or `withdrawn`."""
        with self._lock:
            if not self._allows():
                return False
            self._on_trial = self._opened_at is not None
            return True

    def succeeded(self) -> None:
        """The request was served: all is well again."""
        with self._lock:
            self._failures, self._opened_at, self._on_trial = 0, None, False

    def failed(self) -> None:
        """The request failed."""
        with self._lock:
            self._failures += 1
            if self._on_trial or self._failures >= self._limit:
                self._opened_at = self._clock()
            self._on_trial = False

    def withdrawn(self) -> None:
        """The request ended before it could show anything; a trial is left to the next one."""
        with self._lock:
            self._on_trial = False

    def _state(self) -> Literal["closed", "open", "half-open"]:
        if self._opened_at is None:
            return "closed"
        return "open" if self._clock() - self._opened_at < self._open_s else "half-open"

    def _allows(self) -> bool:
        state = self._state()
        return state == "closed" or (state == "half-open" and not self._on_trial)


class CircuitChatModel:
    """A `ChatModel` behind a circuit breaker: while it is open the model is not ready and requests fail at once."""

    def __init__(self, model: ChatModel, breaker: CircuitBreaker | None = None) -> None:
        self._model = model
        self._breaker = breaker or CircuitBreaker()

    @property
    def name(self) -> str:
        """Name of the model inside."""
        return self._model.name

    @property
    def is_ready(self) -> bool:
        """Whether the model is ready and would be asked."""
        return self._model.is_ready and self._breaker.would_allow

    @property
    def breaker(self) -> CircuitBreaker:
        """The breaker, to show its state."""
        return self._breaker

    @property
    def takes_probes(self) -> bool:
        """Whether the model inside does."""
        return self._model.takes_probes

    def stream(
        self, messages: Sequence[Message], *, max_tokens: int = 256, probe: Probe | None = None
    ) -> Generator[str, None, None]:
        """As the model inside; `ChatModelUnavailable` while the circuit is open."""
        if not self._breaker.enter():
            raise ChatModelUnavailable(
                f"The language model {self.name} failed repeatedly and is left alone for a while."
            )
        reply = self._model.stream(messages, max_tokens=max_tokens, probe=probe)
        outcome = self._breaker.withdrawn
        try:
            for piece in reply:
                outcome = self._breaker.succeeded  # closing early, as soon as enough is said, is no failure
                yield piece
            outcome = self._breaker.succeeded
        except ChatModelBusy:
            raise  # too many customers are no failure: opening the circuit would send all of them away
        except ChatModelError:
            outcome = self._breaker.failed
            raise
        finally:
            reply.close()
            outcome()
