"""The company's rules as they are now: the settings, and what was changed over HTTP since."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import insert, select

from app.database import Database
from app.handoff.errors import HandOffPolicyInvalid
from app.handoff.policy import HandOffPolicy, policy_of
from app.handoff.tables import policies

_LOOK_AGAIN_S = 2.0


class PolicyBook:
    """Reads rules and keeps changes; a change in another process is seen within two seconds."""

    def __init__(
        self,
        database: Database,
        base: Mapping[str, Any],
        *,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        """`base` holds the values of the settings, as JSON. Raises `HandOffPolicyInvalid`."""
        policy_of(base)
        self._database, self._base, self._clock = database, base, clock
        self._lock = threading.Lock()
        self._known: tuple[float, HandOffPolicy] | None = None

    def __call__(self) -> HandOffPolicy:
        """The rules."""
        with self._lock:
            if self._known is None or time.monotonic() - self._known[0] > _LOOK_AGAIN_S:
                self._known = (time.monotonic(), policy_of(self.values()))
            return self._known[1]

    def values(self) -> Mapping[str, Any]:
        """All values, as JSON."""
        return {**self._base, **self.changes()}

    def changes(self) -> Mapping[str, Any]:
        """What differs from the settings."""
        newest = select(policies.c.body).order_by(policies.c.number.desc()).limit(1)
        with self._database.reading() as connection:
            found: Mapping[str, Any] = connection.execute(newest).scalar_one_or_none() or {}
        return {name: value for name, value in found.items() if name in self._base}

    def change(self, values: Mapping[str, Any], *, by: str) -> Mapping[str, Any]:
        """These values from now on, in place of the settings'; null takes that of the settings again.

        Gives all values as they are then. Raises `HandOffPolicyInvalid` and changes nothing.
        """
        if unknown := sorted(set(values) - set(self._base)):
            raise HandOffPolicyInvalid(f"There is no rule {unknown[0][:60]!r}. There are: {', '.join(self._base)}.")
        with self._database.writing() as connection:
            merged = {**self.changes(), **values}
            merged = {name: value for name, value in merged.items() if value is not None}
            policy_of({**self._base, **merged})
            connection.execute(insert(policies).values(body=merged, changed_at=self._clock(), changed_by=by))
        with self._lock:
            self._known = None
        return self.values()
