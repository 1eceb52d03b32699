"""Receipts written behind the answers' backs: an answer never waits for the disk, and never fails by it."""

from __future__ import annotations

import logging
import sqlite3
import threading
import time
import weakref
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from app.receipts.receipt import Receipt
from app.receipts.store import ReceiptStore

logger = logging.getLogger(__name__)

_SWEEP_EVERY = 1000
_SWEEP_AFTER_S = 3600.0
_LOOK_EVERY_S = 0.2
_END_S = 5.0


@dataclass(frozen=True, slots=True)
class ReceiptCounts:
    """What became of the receipts of this process."""

    written: int = 0
    lost: int = 0
    """Not written: disk full, file locked or damaged, or more waiting than allowed."""


class ReceiptWriter:
    """Takes receipts in microseconds and writes them in a thread of its own, started by the first.

    What was put is written within a fraction of a second, and before the program ends.
    """

    def __init__(self, store: ReceiptStore, *, most_waiting: int = 1000) -> None:
        if most_waiting < 1:
            raise ValueError(f"Expected most_waiting >= 1, got {most_waiting}.")
        self._work = _Work(store, most_waiting)
        # Called when nobody holds the writer any more, and at the end of the program.
        self._end = weakref.finalize(self, self._work.end)

    @property
    def counts(self) -> ReceiptCounts:
        """How many were written and lost so far."""
        return self._work.counts

    def put(self, make: Callable[[], Receipt]) -> None:
        """Write the receipt that `make` gives, soon; it is called in the thread. Never raises."""
        self._work.put(make)

    def flush(self, timeout_s: float = 5.0) -> bool:
        """Wait until everything that was put so far is written or lost; False when that takes longer."""
        return self._work.flush(timeout_s)

    def close(self) -> None:
        """Write what waits and end the thread; what is put later is lost."""
        self._end()


class _Work:
    """What the thread shares with the writer; it does not know the writer, so that that can be let go of."""

    def __init__(self, store: ReceiptStore, most_waiting: int) -> None:
        self._store, self._most_waiting = store, most_waiting
        self._waiting: list[Callable[[], Receipt]] = []
        self._changed = threading.Condition()
        self._thread: threading.Thread | None = None
        self._is_ending = self._is_failing = False
        self._taken = self._settled = 0
        self._written_since_sweep = _SWEEP_EVERY
        self._swept_at = 0.0
        self.counts = ReceiptCounts()

    def put(self, make: Callable[[], Receipt]) -> None:
        with self._changed:
            if self._is_ending or len(self._waiting) >= self._most_waiting:
                self._count(lost=1)
                return
            self._waiting.append(make)
            self._taken += 1
            # The thread is not woken: on a busy machine it would take the answer's place on the processor.
            if self._thread is None:
                self._start()

    def flush(self, timeout_s: float) -> bool:
        with self._changed:
            taken = self._taken
            if self._settled >= taken:
                return True
            self._changed.notify_all()
            return self._changed.wait_for(lambda: self._settled >= taken, timeout_s)

    def end(self) -> None:
        with self._changed:
            self._is_ending = True
            self._changed.notify_all()
            thread = self._thread
        if thread is not None and thread is not threading.current_thread():
            thread.join(_END_S)

    def _start(self) -> None:
        thread = threading.Thread(target=self._run, name="receipts", daemon=True)
        try:
            thread.start()
        except RuntimeError:  # no thread to be had
            self._count(lost=len(self._waiting))
            self._settled += len(self._waiting)
            self._waiting.clear()
        else:
            self._thread = thread

    def _run(self) -> None:
        while waiting := self._next():
            try:
                self._write(waiting)
            except Exception as error:
                # Whatever it is, it must cost no more than these receipts.
                self._failed(error, len(waiting))
            with self._changed:
                self._settled += len(waiting)
                self._changed.notify_all()

    def _next(self) -> Sequence[Callable[[], Receipt]]:
        """What is to be written now, once there is something; [] at the end."""
        with self._changed:
            while not self._waiting and not self._is_ending:
                self._changed.wait(_LOOK_EVERY_S)
            waiting, self._waiting = self._waiting, []
            return waiting

    def _write(self, waiting: Sequence[Callable[[], Receipt]]) -> None:
        receipts = []
        for make in waiting:
            try:
                receipts.append(make())
            except Exception as error:
                self._failed(error, 1)
        if not receipts:
            return
        try:
            self._store.add(receipts)
        except (sqlite3.Error, OSError) as error:
            self._failed(error, len(receipts))
            return
        self._is_failing = False
        self._count(written=len(receipts))
        self._written_since_sweep += len(receipts)
        if time.monotonic() - self._swept_at >= _SWEEP_AFTER_S or self._written_since_sweep >= _SWEEP_EVERY:
            self._swept_at, self._written_since_sweep = time.monotonic(), 0
            try:
                self._store.sweep()
            except (sqlite3.Error, OSError) as error:
                self._failed(error, 0)

    def _failed(self, error: Exception, lost: int) -> None:
        self._count(lost=lost)
        if not self._is_failing:
            self._is_failing = True
            logger.warning("receipts are not written, answers go on: %s: %s", type(error).__name__, error)

    def _count(self, *, written: int = 0, lost: int = 0) -> None:
        with self._changed:
            self.counts = ReceiptCounts(self.counts.written + written, self.counts.lost + lost)
