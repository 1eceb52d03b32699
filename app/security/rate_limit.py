"""How often one caller may ask."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable


class RateLimit:
    """A bucket of tokens for each caller: `per_minute` at once, refilled evenly.

    Remembers the last `callers` callers; one that is forgotten starts with a full bucket, as does a new one.
    """

    def __init__(self, per_minute: int, *, callers: int = 10_000, clock: Callable[[], float] = time.monotonic) -> None:
        if per_minute < 1 or callers < 1:
            raise ValueError(f"Expected per_minute >= 1 and callers >= 1, got {per_minute} and {callers}.")
        self._per_minute, self._callers, self._clock = per_minute, callers, clock
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()
        self._lock = threading.Lock()

    def wait_s(self, caller: str) -> float:
        """Take a token: 0.0 when there was one, else the seconds until there is one (and none is taken)."""
        rate = self._per_minute / 60
        with self._lock:
            now = self._clock()
            tokens, at = self._buckets.pop(caller, (float(self._per_minute), now))
            tokens = min(float(self._per_minute), tokens + (now - at) * rate)
            is_free = tokens >= 1
            self._buckets[caller] = (tokens - 1 if is_free else tokens, now)
            while len(self._buckets) > self._callers:
                self._buckets.popitem(last=False)
        return 0.0 if is_free else (1 - tokens) / rate
