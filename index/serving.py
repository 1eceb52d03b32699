"""The newest generation for everybody who asks, without waiting and without mixing two."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from index.errors import StoreError
from index.generation import Generation
from index.store import Store

_log = logging.getLogger(__name__)

_Stamp = tuple[int, int, int] | None


@dataclass(slots=True)
class _Held:
    """An open generation and how many read it."""

    generation: Generation
    readers: int = 0
    is_superseded: bool = False


class Serving:
    """Lends the current generation of a store to any number of threads.

    A reader keeps the generation it was lent; one that was superseded is closed when its last reader leaves. Whether
    the store has a newer one is looked up at most every `check_every_s` seconds, by the time stamp of one file; while
    one thread opens it, the others go on with the old.
    """

    def __init__(
        self, store: Store, *, check_every_s: float = 0.5, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._store, self._check_every_s, self._clock = store, check_every_s, clock
        self._lock = threading.Lock()
        self._opening = threading.Lock()
        self._held: _Held | None = None
        self._stamp: _Stamp = None
        self._checked_at = float("-inf")

    @property
    def generation_name(self) -> str | None:
        """Name of the generation that a reader would be lent now, as far as known; None before the first was opened."""
        held = self._held
        return held.generation.name if held else None

    @contextmanager
    def borrow(self) -> Iterator[Generation]:
        """Lend the newest published generation for the length of a `with`.

        Raises:
            StoreMissing: nothing was published yet.
            GenerationDamaged, StoreFormatUnknown: it cannot be opened and no earlier one is open.
        """
        held = self._lend()
        try:
            yield held.generation
        finally:
            self._take_back(held)

    def refresh(self) -> str | None:
        """Look for a newer generation now; returns the name of the one served, None when there is none."""
        self._checked_at = float("-inf")
        if self._store.current_name() is None:
            return None
        with self.borrow() as generation:
            return generation.name

    def close(self) -> None:
        """Close the generation once its readers have left; a later borrow opens it again."""
        with self._opening:
            self._supersede(None)
            self._stamp, self._checked_at = None, float("-inf")

    def _lend(self) -> _Held:
        while True:
            self._look()
            with self._lock:
                if self._held is not None:
                    self._held.readers += 1
                    return self._held

    def _look(self) -> None:
        if self._held is not None and self._clock() - self._checked_at < self._check_every_s:
            return
        # Without anything open everybody has to wait; otherwise one looks and the rest go on.
        if not self._opening.acquire(blocking=self._held is None):
            return
        try:
            if self._held is not None and self._clock() - self._checked_at < self._check_every_s:
                return
            self._checked_at = self._clock()
            stamp = self._pointer_stamp()
            if self._held is None or stamp != self._stamp:
                self._open_current(stamp)
        finally:
            self._opening.release()

    def _open_current(self, stamp: _Stamp) -> None:
        held = self._held
        try:
            if held is None or self._store.current_name() != held.generation.name:
                self._supersede(_Held(self._store.current()))
            self._stamp = stamp
        except StoreError as error:
            if held is None:
                raise
            _log.warning("The new generation cannot be served, %s stays: %s", held.generation.name, error.message)
            self._stamp = stamp

    def _supersede(self, new: _Held | None) -> None:
        with self._lock:
            old, self._held = self._held, new
            if old is not None:
                old.is_superseded = True
            is_free = old is not None and old.readers == 0
        if old is not None and is_free:
            old.generation.close()

    def _take_back(self, held: _Held) -> None:
        with self._lock:
            held.readers -= 1
            is_last = held.is_superseded and held.readers == 0
        if is_last:
            held.generation.close()

    def _pointer_stamp(self) -> _Stamp:
        try:
            stat = self._store.pointer.stat()
        except FileNotFoundError:
            return None
        return stat.st_ino, stat.st_mtime_ns, stat.st_size
