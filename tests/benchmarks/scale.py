"""How large the benchmarks are: as in docs/scorecard.md, or a fraction of it while one works on them."""

from __future__ import annotations

import os

SCALE = float(os.environ.get("KEFU_BENCH_SCALE", "1"))
"""KEFU_BENCH_SCALE=0.02 makes everything small; its figures then stay out of docs/scorecard.md."""


def scaled(count: int, *, least: int = 1) -> int:
    """`count`, or the wanted fraction of it."""
    return max(least, round(count * SCALE))
