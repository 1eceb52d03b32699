"""Notes what was measured: on the screen always, in docs/scorecard.md when it was measured at full size."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path

import numpy as np

from app.evaluation.scorecard import Figure, Scorecard
from tests.benchmarks.scale import SCALE

ROOT = Path(__file__).parents[2]


class Measurements:
    """Figures of the benchmarks."""

    def __init__(self) -> None:
        path = ROOT / "docs" / "scorecard.md" if SCALE == 1 else ROOT / "var" / "benchmarks" / "scorecard.md"
        self._scorecard = Scorecard(path)

    def note(self, name: str, *, target: str, measured: str, is_met: bool, command: str = "make bench") -> None:
        """One figure; whether it is met is written down, not asserted: the machine may be busy."""
        print(f"\n{name}: {measured} (target {target}){'' if is_met else ', NOT MET'}", flush=True)
        self._scorecard.note(Figure(name, target, measured, is_met, command, date.today()))


def p50_p95(times_ms: Sequence[float]) -> tuple[float, float]:
    """Median and 95th percentile."""
    half, most = np.percentile(times_ms, [50, 95])
    return float(half), float(most)
