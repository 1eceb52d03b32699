"""One turn at a time in a conversation, between threads and between processes."""

from __future__ import annotations

import os
import socket
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

from sqlalchemy import delete, insert, select, update
from sqlalchemy.exc import IntegrityError

from app.conversations.errors import ConversationBusy
from app.conversations.tables import turns
from app.database import Database

_FIRST_LOOK_S, _LAST_LOOK_S = 0.01, 0.2
_PROCESS = uuid.uuid4().hex
"""Tells this process from an earlier one of the same number, as in a container that was started anew."""


class Turns:
    """Holds conversations by rows with an end; a holder whose process is gone from this machine holds nothing."""

    def __init__(
        self,
        database: Database,
        *,
        wait_s: float = 30.0,
        lease_s: float = 180.0,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        """Nothing is opened yet.

        Args:
            database: where the rows lie.
            wait_s: how long to wait for another turn.
            lease_s: longest that a turn takes; beyond, another machine may go on.
            clock: tells the time.
        """
        if wait_s < 0 or lease_s <= 0:
            raise ValueError(f"Expected wait_s >= 0 and lease_s > 0, got {wait_s} and {lease_s}.")
        self._database, self._wait_s, self._lease_s, self._clock = database, wait_s, lease_s, clock
        self._lock = threading.Lock()
        self._local: dict[str, tuple[threading.RLock, int]] = {}
        self._mine = threading.local()

    @contextmanager
    def held(self, conversation_id: str) -> Iterator[None]:
        """Hold one; a turn inside a turn of the same thread is part of it. Raises `ConversationBusy`."""
        give_up_at = time.monotonic() + self._wait_s
        lock = self._borrow(conversation_id)
        try:
            if not lock.acquire(timeout=self._wait_s):
                raise _busy(conversation_id)
            try:
                if self.is_mine(conversation_id):
                    yield
                    return
                holder = self._take(conversation_id, give_up_at)
                self._held().add(conversation_id)
                try:
                    yield
                finally:
                    self._held().discard(conversation_id)
                    self._let_go(conversation_id, holder)
            finally:
                lock.release()
        finally:
            self._give_back(conversation_id)

    def is_mine(self, conversation_id: str) -> bool:
        """Whether this thread holds it."""
        return conversation_id in self._held()

    def _held(self) -> set[str]:
        found: set[str] | None = getattr(self._mine, "held", None)
        if found is None:
            found = self._mine.held = set()
        return found

    def _borrow(self, conversation_id: str) -> threading.RLock:
        with self._lock:
            lock, users = self._local.get(conversation_id, (threading.RLock(), 0))
            self._local[conversation_id] = (lock, users + 1)
            return lock

    def _give_back(self, conversation_id: str) -> None:
        with self._lock:
            lock, users = self._local[conversation_id]
            if users == 1:
                del self._local[conversation_id]
            else:
                self._local[conversation_id] = (lock, users - 1)

    def _take(self, conversation_id: str, give_up_at: float) -> str:
        holder = f"{socket.gethostname()}|{os.getpid()}|{_PROCESS}|{uuid.uuid4().hex[:8]}"
        pause_s = _FIRST_LOOK_S
        while not self._try(conversation_id, holder):
            if time.monotonic() >= give_up_at:
                raise _busy(conversation_id)
            time.sleep(pause_s)
            pause_s = min(_LAST_LOOK_S, 2 * pause_s)
        return holder

    def _try(self, conversation_id: str, holder: str) -> bool:
        now = self._clock()
        mine = {"holder": holder, "until": now + timedelta(seconds=self._lease_s)}
        is_it = turns.c.conversation_id == conversation_id
        try:
            with self._database.writing() as connection:
                row = connection.execute(select(turns.c.holder, turns.c.until).where(is_it)).one_or_none()
                if row is None:
                    connection.execute(insert(turns).values(conversation_id=conversation_id, **mine))
                    return True
                if row.until > now and not _is_gone(row.holder):
                    return False
                taken = connection.execute(update(turns).where(is_it, turns.c.holder == row.holder).values(**mine))
                return taken.rowcount == 1
        except IntegrityError:  # another process was quicker
            return False

    def _let_go(self, conversation_id: str, holder: str) -> None:
        with self._database.writing() as connection:
            connection.execute(
                delete(turns).where(turns.c.conversation_id == conversation_id, turns.c.holder == holder)
            )


def _is_gone(holder: str) -> bool:
    """Whether the process of a holder ran on this machine and runs no more."""
    host, number, process, _ = holder.split("|")
    if host != socket.gethostname() or process == _PROCESS:
        return False
    if int(number) == os.getpid():
        return True
    try:
        os.kill(int(number), 0)
    except ProcessLookupError:
        return True
    except PermissionError:
        return False
    return False


def _busy(conversation_id: str) -> ConversationBusy:
    return ConversationBusy(
        f"The conversation {conversation_id[:100]} is still busy with an earlier message. Send this one again."
    )
