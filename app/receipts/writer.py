"""Receipts written behind the answers' backs: an answer never waits for the disk, and never fails by it."""

from __future__ import annotations

import logging
import sqlite3
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from app.receipts.receipt import Receipt
from app.receipts.store import ReceiptStore

logger = logging.getLogger(__name__)

_SWEEP_EVERY = 1000
_SWEEP_AFTER_S = 3600.0


@dataclass(frozen=True, slots=True)
class ReceiptCounts:
    """What became of the receipts of this process."""

    written: int = 0
    lost: int = 0
    """Not written: disk full, file locked or damaged, or more waiting than allowed."""


class ReceiptWriter:
    """Takes receipts in microseconds and writes them in a thread that lives only while there is something to write.

    The thread is no daemon: a command that ends waits for the last receipt.
    """

    def __init__(self, store: ReceiptStore, *, most_waiting: int = 1000) -> None:
        if most_waiting < 1:
            raise ValueError(f"Expected most_waiting >= 1, got {most_waiting}.")
        self._store, self._most_waiting = store, most_waiting
        self._waiting: list[Callable[[], Receipt]] = []
        self._changed = threading.Condition()
        self._thread: threading.Thread | None = None
        self._counts = ReceiptCounts()
        self._taken = self._settled = 0
        self._is_failing = False
        self._written_since_sweep = _SWEEP_EVERY
        self._swept_at = -_SWEEP_AFTER_S

    @property
    def counts(self) -> ReceiptCounts:
        """How many were written and lost so far."""
        return self._counts

    def put(self, make: Callable[[], Receipt]) -> None:
        """Write the receipt that `make` gives, soon; it is called in the thread. Never raises."""
        with self._changed:
            if len(self._waiting) >= self._most_waiting:
                self._count(lost=1)
                return
            self._waiting.append(make)
            self._taken += 1
            if self._thread is None:
                self._start()

    def flush(self, timeout_s: float = 5.0) -> bool:
        """Wait until everything that was put so far is written or lost; False when that takes longer."""
        with self._changed:
            taken = self._taken
            return self._changed.wait_for(lambda: self._settled >= taken, timeout_s)

    def _start(self) -> None:
        thread = threading.Thread(target=self._run, name="receipts")
        try:
            thread.start()
        except RuntimeError:  # no thread to be had, or the interpreter is ending
            self._count(lost=len(self._waiting))
            self._settled += len(self._waiting)
            self._waiting.clear()
        else:
            self._thread = thread

    def _run(self) -> None:
        while True:
            with self._changed:
                waiting, self._waiting = self._waiting, []
                if not waiting:
                    self._thread = None
                    return
            try:
                self._write(waiting)
            except Exception as error:
                # Whatever it is, it must cost no more than these receipts.
                self._failed(error, len(waiting))
            with self._changed:
                self._settled += len(waiting)
                self._changed.notify_all()

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
        is_due = time.monotonic() - self._swept_at >= _SWEEP_AFTER_S
        if is_due or self._written_since_sweep >= _SWEEP_EVERY:
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
            self._counts = ReceiptCounts(self._counts.written + written, self._counts.lost + lost)
