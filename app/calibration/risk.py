"""The threshold at which wrong answers are as rare as the operator asks.

Source: Angelopoulos, Bates, Fisch, Lei and Schuster, Conformal Risk Control, arXiv:2208.02814 (ICLR 2024), section 2.1.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from fractions import Fraction
from typing import Any

from app.calibration.outcomes import Outcome

DECLINES_ALL = 1.0
"""A confidence is a logistic function and never reaches it."""


@dataclass(frozen=True, slots=True)
class RiskThreshold:
    """From which confidence on answers are delivered, and what that comes to on the calibration questions."""

    max_error: float
    value: float
    """An answer is delivered when its confidence is at least this."""
    questions: int
    answered: int
    wrong: int
    """Delivered and wrong."""

    @property
    def smallest_error(self) -> float:
        """The smallest error that so many questions can vouch for, 1 / (n + 1)."""
        return 1 / (self.questions + 1)

    @property
    def is_reachable(self) -> bool:
        """Whether there are questions enough for the error that was asked for; if not, everything is declined."""
        return _allowed(self.max_error, self.questions) >= 0

    @property
    def bound(self) -> float:
        """What the expected error is held below: (wrong + 1) / (n + 1)."""
        return (self.wrong + 1) / (self.questions + 1)

    @property
    def coverage(self) -> float:
        """Share of the calibration questions that are answered; 0.0 without questions."""
        return self.answered / self.questions if self.questions else 0.0

    def to_dict(self) -> dict[str, Any]:
        """As JSON."""
        return {
            **asdict(self),
            "coverage": round(self.coverage, 4),
            "bound": round(self.bound, 4),
            "is_reachable": self.is_reachable,
            "smallest_error": round(self.smallest_error, 4),
        }


def controlled_threshold(outcomes: Sequence[Outcome], max_error: float) -> RiskThreshold:
    """The lowest threshold whose risk is controlled at `max_error`.

    The loss of a question at threshold t is 1 when its answer is delivered (confidence >= t) and wrong, else 0: it
    never rises with t, and is 0 where everything is declined. Let k(t) be the sum of the losses of the n calibration
    questions. Then, for a further question exchangeable with these, the expected loss at the lowest t with

        (k(t) + 1) / (n + 1) <= max_error

    is at most `max_error` (theorem 1 with B = 1). The expectation is over the calibration questions and the further one
    together: it holds on average over both, not for each language or topic by itself, not given these calibration
    questions, and not when other questions are asked than were calibrated on. Of equally confident questions either all
    are delivered or none.

    With n + 1 < 1 / max_error no threshold fulfils it; everything is declined then, which does.
    """
    if not 0 < max_error < 1:
        raise ValueError(f"Expected max_error between 0 and 1, got {max_error}.")
    wrong = sorted((item.confidence for item in outcomes if not item.is_right), reverse=True)
    allowed = _allowed(max_error, len(outcomes))
    if allowed < 0:
        value = DECLINES_ALL
    elif allowed >= len(wrong):
        value = 0.0
    else:  # just above the first wrong one that may not be delivered
        value = math.nextafter(wrong[allowed], math.inf)
    return threshold_at(outcomes, value, max_error)


def threshold_at(outcomes: Sequence[Outcome], value: float, max_error: float) -> RiskThreshold:
    """What a threshold comes to on these questions."""
    delivered = [item for item in outcomes if item.confidence >= value]
    return RiskThreshold(max_error, value, len(outcomes), len(delivered), sum(not item.is_right for item in delivered))


def _allowed(max_error: float, questions: int) -> int:
    """Wrong answers that may be delivered; -1 where not even none is few enough. Exact in the decimal digits given."""
    return math.floor(Fraction(str(max_error)) * (questions + 1)) - 1
