"""What can go wrong when numbers and gaps are asked for.

InsightError
├── MetricUnknown       no metric of that name
├── PeriodInvalid       days that are none, or in the wrong order
├── GapMissing          no gap of that id
├── GapStepInvalid      the gap is not in a state from which this can be done
└── DraftInvalid        a draft that cannot be published as it is
"""

from __future__ import annotations

from index.errors import KefuError


class InsightError(KefuError):
    """Numbers or gaps cannot be had as asked."""

    code = "insight"


class MetricUnknown(InsightError):
    """There is no metric of that name."""

    code = "metric_unknown"


class PeriodInvalid(InsightError):
    """The period is none."""

    code = "period_invalid"


class GapMissing(InsightError):
    """There is no gap of that id."""

    code = "gap_missing"


class GapStepInvalid(InsightError):
    """The gap is not in a state from which this can be done."""

    code = "gap_step_invalid"


class DraftInvalid(InsightError):
    """The draft cannot be published as it is."""

    code = "draft_invalid"
