"""Weights of a model that arrive while the service runs already."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Literal

from index.errors import KefuError
from index.weights import Weights

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Arrival:
    """How far it is."""

    state: Literal["missing", "arriving", "ready", "failed"]
    model: str
    done: int = 0
    """Bytes."""
    total: int = 0
    message: str | None = None
    """Why it failed and what to do."""


class ModelArrival:
    """Pulls one model in a thread of its own; the service answers without it until then.

    The thread is a daemon: what has arrived is kept by `Weights`, so that ending in the middle loses nothing.
    """

    def __init__(
        self, weights: Weights, name: str, *, retry_s: float = 600, on_ready: Callable[[], object] = lambda: None
    ) -> None:
        """`on_ready` is called in the thread that pulled, once the weights are there."""
        self._weights, self._name, self._retry_s = weights, weights.spec(name).name, retry_s
        self._on_ready = on_ready
        self._lock = threading.Lock()
        self._stopped = threading.Event()
        self._thread: threading.Thread | None = None
        self._arrival = Arrival("missing", self._name)

    def start(self) -> None:
        """Pull what is missing; a second call changes nothing."""
        with self._lock:
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="model-arrival", daemon=True)
                self._thread.start()

    def stop(self) -> None:
        """Try no more. A pull that runs ends with the process."""
        self._stopped.set()

    def state(self) -> Arrival:
        """As it stands now; cheap."""
        with self._lock:
            arrival, is_running = self._arrival, self._thread is not None
        if not is_running and arrival.state == "missing" and self._weights.state(self._name) == "ready":
            return replace(arrival, state="ready")
        return arrival

    def _run(self) -> None:
        while not self._stopped.is_set():
            try:
                self._weights.pull(self._name, on_progress=self._progress)
            except (KefuError, OSError) as error:
                message = error.message if isinstance(error, KefuError) else str(error)
                logger.warning("model %s did not arrive: %s", self._name, message)
                self._set(Arrival("failed", self._name, message=message))
                self._stopped.wait(self._retry_s)
            else:
                self._set(Arrival("ready", self._name))
                self._on_ready()
                return

    def _progress(self, done: int, total: int) -> None:
        self._set(Arrival("arriving", self._name, done, total))

    def _set(self, arrival: Arrival) -> None:
        with self._lock:
            self._arrival = arrival
