"""Sends what is in the outbox, at least once, again and again later where it is not taken."""

from __future__ import annotations

import logging
import random
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
from sqlalchemy import ColumnElement, Row, insert, select, update

from app.database import Database
from app.webhooks.address import Resolve, target_of
from app.webhooks.errors import EndpointInvalid
from app.webhooks.outbox import Outbox
from app.webhooks.signing import signed_headers
from app.webhooks.tables import attempts, deliveries, endpoints

logger = logging.getLogger(__name__)

RETRIES_S: tuple[float, ...] = (5, 30, 120, 600, 1800, 7200, 21_600, 43_200, 86_400)
"""Seconds to each next attempt: about two days in all."""
_JITTER = 0.1
_AT_ONCE = 8
_KEEP = timedelta(days=30)
_CLEAN_EVERY_S = 3600.0
_GONE = 410


@dataclass(frozen=True, slots=True)
class Attempt:
    """How one went."""

    status: int | None
    error: str | None
    took_ms: int
    is_final: bool = False
    """Trying again is of no use."""

    @property
    def is_taken(self) -> bool:
        """Whether the receiver said so."""
        return self.status is not None and 200 <= self.status < 300


class Dispatcher:
    """Any number of processes may run one: a delivery that is being sent is left alone for a while by the others."""

    def __init__(
        self,
        database: Database,
        outbox: Outbox,
        *,
        allow_private: bool = False,
        timeout_s: float = 10.0,
        retries_s: Sequence[float] = RETRIES_S,
        poll_s: float = 1.0,
        resolve: Resolve | None = None,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        """Nothing is opened yet.

        Args:
            database: where the outbox lies.
            outbox: whose endpoints are disabled when they are gone for good.
            allow_private: whether an endpoint may lie inside this network.
            timeout_s: for one request.
            retries_s: seconds to each next attempt.
            poll_s: how often to look for something new.
            resolve: from names to addresses; the system's by default.
            clock: tells the time.
        """
        if timeout_s <= 0 or poll_s <= 0:
            raise ValueError(f"Expected timeout_s > 0 and poll_s > 0, got {timeout_s} and {poll_s}.")
        self._database, self._outbox, self._allow_private = database, outbox, allow_private
        self._timeout_s, self._retries_s, self._poll_s = timeout_s, tuple(retries_s), poll_s
        self._resolve, self._clock = resolve, clock
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None

    def deliver_due(self) -> int:
        """Send what is due, several at a time; how many attempts were made."""
        due = self._claim()
        if len(due) == 1:
            self._deliver(due[0])
        elif due:
            with ThreadPoolExecutor(max_workers=_AT_ONCE, thread_name_prefix="webhook") as pool:
                list(pool.map(self._deliver, due))
        return len(due)

    def send_now(self, delivery_id: str) -> Attempt:
        """Send one without waiting for its turn. ValueError where there is none that waits."""
        rows = self._claim(deliveries.c.delivery_id == delivery_id)
        if not rows:
            raise ValueError(f"There is no delivery {delivery_id} that waits.")
        return self._deliver(rows[0])

    def start(self) -> None:
        """Send in the background."""
        if self._thread is None:
            self._stopping.clear()
            self._thread = threading.Thread(target=self._run, name="webhooks", daemon=True)
            self._thread.start()

    def stop(self, timeout_s: float = 15.0) -> None:
        """Send nothing any more; what was not sent waits for the next start."""
        self._stopping.set()
        if self._thread is not None:
            self._thread.join(timeout_s)
            self._thread = None

    def _run(self) -> None:
        cleaned_at = 0.0
        while not self._stopping.is_set():
            sent = 0
            try:
                sent = self.deliver_due()
                if time.monotonic() - cleaned_at > _CLEAN_EVERY_S:
                    self._outbox.forget(before=self._clock() - _KEEP)
                    cleaned_at = time.monotonic()
            except Exception:
                logger.exception("webhooks could not be sent; trying again")
            if not sent:
                self._stopping.wait(self._poll_s)

    def _claim(self, *conditions: ColumnElement[bool]) -> Sequence[Row[Any]]:
        now = self._clock()
        wanted = (
            select(deliveries, endpoints.c.url, endpoints.c.secret)
            .join(endpoints, endpoints.c.endpoint_id == deliveries.c.endpoint_id)
            .where(deliveries.c.state == "pending", deliveries.c.next_at <= now, endpoints.c.disabled_at.is_(None))
            .where(*conditions)
            .order_by(deliveries.c.number)
            .limit(_AT_ONCE)
            .with_for_update(skip_locked=True, of=deliveries)
        )
        with self._database.writing() as connection:
            rows = connection.execute(wanted).all()
            for row in rows:
                # Counted before it is sent: one that brings the process down is not tried for ever.
                later = now + timedelta(seconds=max(self._wait_s(row.attempts), 3 * self._timeout_s))
                is_it = deliveries.c.number == row.number
                connection.execute(update(deliveries).where(is_it).values(attempts=row.attempts + 1, next_at=later))
        return rows

    def _deliver(self, row: Row[Any]) -> Attempt:
        result = self._send(row)
        now = self._clock()
        is_last = result.is_final or row.attempts + 1 > len(self._retries_s)
        with self._database.writing() as connection:
            connection.execute(
                insert(attempts).values(
                    delivery_id=row.delivery_id,
                    at=now,
                    status=result.status,
                    error=result.error,
                    took_ms=result.took_ms,
                )
            )
            values: dict[str, Any] = {"next_at": now + timedelta(seconds=self._wait_s(row.attempts))}
            if result.is_taken or is_last:
                values = {"state": "delivered" if result.is_taken else "failed", "ended_at": now}
            connection.execute(update(deliveries).where(deliveries.c.number == row.number).values(**values))
        if not result.is_taken:
            logger.warning("webhook %s to %s: %s", row.event, row.endpoint_id, result.error or result.status)
        if result.status == _GONE:
            self._outbox.disable(row.endpoint_id, "The receiver answered 410 Gone.")
        return result

    def _send(self, row: Row[Any]) -> Attempt:
        started = time.perf_counter()
        body = row.body.encode()
        headers = signed_headers(
            row.secret, delivery_id=row.delivery_id, timestamp=int(self._clock().timestamp()), body=body
        )
        headers |= {"Content-Type": "application/json", "User-Agent": "kefu-webhooks/1"}
        try:
            target = target_of(row.url, allow_private=self._allow_private, resolve=self._resolve)
            headers["Host"] = target.host
            # No proxy and no redirect: either would lead elsewhere than the address that was looked at.
            with httpx.Client(timeout=self._timeout_s, follow_redirects=False, trust_env=False) as client:
                request = client.build_request(
                    "POST", target.url, content=body, headers=headers, extensions={"sni_hostname": target.name}
                )
                response = client.send(request, stream=True)
                status = response.status_code
                response.close()
        except (EndpointInvalid, httpx.InvalidURL) as error:
            return Attempt(None, str(error)[:300], _ms(started), is_final=True)
        except (httpx.HTTPError, OSError) as error:
            return Attempt(None, f"{type(error).__name__}: {error}"[:300], _ms(started))
        error_text = None if 200 <= status < 300 else f"answered {status}"
        return Attempt(status, error_text, _ms(started), is_final=status == _GONE)

    def _wait_s(self, attempts: int) -> float:
        """Seconds behind attempt number `attempts`, counted from 0."""
        if not self._retries_s:
            return 0.0
        base = self._retries_s[min(attempts, len(self._retries_s) - 1)]
        return base * random.uniform(1 - _JITTER, 1 + _JITTER)


def _ms(started: float) -> int:
    return round((time.perf_counter() - started) * 1000)
