"""A language model that joins while the service runs: when its weights have arrived and are loaded."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Generator, Sequence

from app.domain import ChatModel, Message, Probe
from app.generation.errors import ChatModelUnavailable
from index.errors import KefuError

logger = logging.getLogger(__name__)


class LazyChatModel:
    """A `ChatModel` that is built on its first use, or ahead of it in the background.

    With `in_background`, the first look at `is_ready` that finds the model available starts a thread which builds it
    and warms it up; it is ready when that is done, so that no customer waits for the loading. Without, it is ready as
    soon as it is available, and the first request builds it: right for a program that asks once and ends.
    """

    def __init__(
        self,
        build: Callable[[], ChatModel],
        *,
        name: str | Callable[[], str],
        is_available: Callable[[], bool] = lambda: True,
        in_background: bool = False,
        takes_probes: bool = False,
    ) -> None:
        """Nothing is built yet.

        Args:
            build: makes the model and does whatever has to be done before the first request; may raise a `KefuError`.
            name: known before the model is; a function where it changes with what serves.
            is_available: whether `build` would find what it needs; cheap.
            in_background: see above.
            takes_probes: said of the model before it is built.
        """
        self._build, self._name = build, name
        self._is_available, self._in_background = is_available, in_background
        self._takes_probes = takes_probes
        self._model: ChatModel | None = None
        self._failure: str | None = None
        self._thread: threading.Thread | None = None
        self._lock, self._build_lock = threading.Lock(), threading.Lock()

    @property
    def name(self) -> str:
        """Name shown in answers."""
        return self._name if isinstance(self._name, str) else self._name()

    @property
    def is_ready(self) -> bool:
        """Whether a request would be tried now."""
        if self._model is not None:
            return self._model.is_ready
        if self._failure is not None or not self._is_available():
            return False
        if not self._in_background:
            return True
        self.prepare()
        return False

    @property
    def failure(self) -> str | None:
        """Why it could not be built; it is not tried again."""
        return self._failure

    def prepare(self) -> None:
        """Start to build it in the background; does nothing while that runs or after it."""
        with self._lock:
            if self._thread is None and self._model is None:
                self._thread = threading.Thread(target=self._prepare, name=f"load {self.name}", daemon=True)
                self._thread.start()

    @property
    def takes_probes(self) -> bool:
        """Whether the model does, or will."""
        return self._takes_probes if self._model is None else self._model.takes_probes

    def stream(
        self, messages: Sequence[Message], *, max_tokens: int = 256, probe: Probe | None = None
    ) -> Generator[str, None, None]:
        """As the model, which is built first where needed; raises what building it raised as `ChatModelUnavailable`."""
        yield from self._built().stream(messages, max_tokens=max_tokens, probe=probe)

    def _prepare(self) -> None:
        try:
            self._built()
        except ChatModelUnavailable as error:
            logger.warning("language model %s cannot be used: %s", self.name, error.message)

    def _built(self) -> ChatModel:
        if self._model is None:
            with self._build_lock:
                if self._model is None:
                    if self._failure is not None:
                        raise ChatModelUnavailable(self._failure)
                    try:
                        self._model = self._build()
                    except (KefuError, OSError) as error:
                        self._failure = str(error)
                        raise ChatModelUnavailable(self._failure) from error
        return self._model
