"""Does a confidence of .8 mean that eight of ten are right?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from app.calibration.outcomes import Outcome


@dataclass(frozen=True, slots=True)
class ReliabilityBin:
    """The questions whose confidence is in [low, high), the last bin with its end."""

    low: float
    high: float
    questions: int
    confidence: float
    """Mean."""
    right: float
    """Share."""

    def to_dict(self) -> dict[str, Any]:
        """As JSON."""
        return {name: round(value, 4) for name, value in asdict(self).items()}


def reliability_curve(outcomes: Sequence[Outcome], *, bins: int = 10) -> list[ReliabilityBin]:
    """Bins of equal width from 0 to 1; those without questions are left out."""
    if bins < 1:
        raise ValueError(f"Expected bins >= 1, got {bins}.")
    members: dict[int, list[Outcome]] = {}
    for item in outcomes:
        members.setdefault(min(int(item.confidence * bins), bins - 1), []).append(item)
    return [
        ReliabilityBin(
            at / bins,
            (at + 1) / bins,
            len(found),
            sum(item.confidence for item in found) / len(found),
            sum(item.is_right for item in found) / len(found),
        )
        for at, found in sorted(members.items())
    ]


def calibration_error(outcomes: Sequence[Outcome], *, bins: int = 10) -> float:
    """Expected calibration error: how far confidence and share of right ones are apart, weighted by questions.

    0.0 without questions. Source: Guo, Pleiss, Sun and Weinberger, ICML 2017, equation 3.
    """
    found = reliability_curve(outcomes, bins=bins)
    return sum(item.questions * abs(item.confidence - item.right) for item in found) / max(1, len(outcomes))
