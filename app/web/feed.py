"""One look at the database for all streams that wait for the same news."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable

from starlette.concurrency import run_in_threadpool


class Feed:
    """Knows how far something has got, and looks again only when what it knows is old.

    A thousand open pages cost three small reads a second, not three thousand.
    """

    def __init__(self, newest: Callable[[], int], *, every_s: float = 0.3) -> None:
        """`newest` gives a number that grows with each piece of news; quick, called in a thread."""
        if every_s <= 0:
            raise ValueError(f"Expected every_s > 0, got {every_s}.")
        self._newest, self._every_s = newest, every_s
        self._lock = asyncio.Lock()
        self._known, self._looked_at = 0, float("-inf")
        self.is_open = True

    def close(self) -> None:
        """The service ends: who waits goes on at once, and looks at `is_open`."""
        self.is_open = False

    async def now(self) -> int:
        """How far it has got, at most `every_s` ago."""
        async with self._lock:
            if time.monotonic() - self._looked_at >= self._every_s:
                self._known = await run_in_threadpool(self._newest)
                self._looked_at = time.monotonic()
            return self._known

    async def beyond(self, number: int, *, timeout_s: float) -> int | None:
        """How far it has got once that is beyond a number; None when nothing came in time, or it was closed."""
        give_up_at = time.monotonic() + timeout_s
        while (known := await self.now()) <= number:
            if not self.is_open or time.monotonic() >= give_up_at:
                return None
            await asyncio.sleep(self._every_s)
        return known
