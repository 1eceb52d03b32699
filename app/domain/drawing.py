"""Drawing without a die: who gets what, decided by a name alone."""

from __future__ import annotations

import hashlib

SIDES = 1 << 64


def drawn(text: str) -> int:
    """In [0, SIDES), evenly; the same for the same text on every machine and every day."""
    return int.from_bytes(hashlib.sha256(text.encode("utf-8", "replace")).digest()[:8], "big")
