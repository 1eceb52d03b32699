"""Ctrl-C that is never lost."""

from __future__ import annotations

import signal
import threading
from types import FrameType, TracebackType


class Interruption:
    """Remembers a Ctrl-C, so that it counts even where the exception was swallowed on its way up.

    Python raises `KeyboardInterrupt` wherever it happens to be; inside a destructor or a callback of a native library
    it is printed or dropped, and the work goes on to its end. Use as a context around the work and call `check`
    between its steps. Outside the main thread it does nothing: signals arrive there alone.
    """

    def __init__(self) -> None:
        self._is_asked = False
        self._is_installed = False

    def check(self) -> None:
        """Raises `KeyboardInterrupt` if Ctrl-C was pressed."""
        if self._is_asked:
            raise KeyboardInterrupt

    def __enter__(self) -> Interruption:
        if threading.current_thread() is threading.main_thread() and (
            signal.getsignal(signal.SIGINT) is signal.default_int_handler
        ):
            signal.signal(signal.SIGINT, self._ask)
            self._is_installed = True
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._is_installed:
            signal.signal(signal.SIGINT, signal.default_int_handler)
        if kind is None:
            self.check()

    def _ask(self, number: int, frame: FrameType | None) -> None:
        self._is_asked = True
        signal.default_int_handler(number, frame)
