"""What the units of an arm came to, and how far apart two arms are, with its variance.

Every number is a ratio of sums over units (a share or mean over rows, of which a unit may have several or none), since
units are drawn, not rows. Its variance is that of the ratio's first-order expansion (the delta method), by which it
behaves like a mean of (y - R d) / mean(d) over units.
Source: Deng, Knoblich and Lu, KDD 2018, Applying the Delta Method in Metric Analytics.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from app.domain.intervals import Z_95, median_interval

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class ArmOutcome:
    """One metric over the units of an arm."""

    totals: Floats
    """Sum of the rows' values, a unit each; (n,)."""
    counts: Floats
    """How many rows, a unit each; (n,). All 1 where a unit has one row."""
    before: Floats | None = None
    """Totals of the same units in the time before; (n,), 0 for a unit that was not there. None without such a time."""
    before_counts: Floats | None = None
    values: Floats = field(default_factory=lambda: np.zeros(0))
    """The rows themselves, for a median alone."""

    @property
    def units(self) -> int:
        """How many units."""
        return len(self.totals)


@dataclass(frozen=True, slots=True)
class Mean:
    """The value of an arm with the variance of that value."""

    value: float
    variance: float
    units: int

    @property
    def deviation(self) -> float:
        """Standard deviation of one unit's part."""
        return math.sqrt(self.variance * self.units)

    @classmethod
    def of_sums(cls, units: int, total: float, squares: float) -> Mean | None:
        """A plain mean from the sum and the sum of squares; None for fewer than two units."""
        if units < 2:
            return None
        mean = total / units
        return cls(mean, max(0.0, (squares - units * mean**2) / (units - 1)) / units, units)


@dataclass(frozen=True, slots=True)
class Contrast:
    """Treatment less control."""

    control: Mean
    treatment: Mean
    difference: float
    variance: float
    reduction: float = 0.0
    """Share of the variance that the time before took away."""

    @property
    def z(self) -> float:
        """The difference in its standard errors; 0.0 where nothing varies."""
        return self.difference / math.sqrt(self.variance) if self.variance > 0 else 0.0


def ratio_of(arm: ArmOutcome) -> Mean | None:
    """Sum of totals by sum of counts; None without rows or with fewer than two units."""
    rows = float(arm.counts.sum())
    if rows <= 0 or arm.units < 2:
        return None
    value = float(arm.totals.sum()) / rows
    parts = (arm.totals - value * arm.counts) / (rows / arm.units)
    return Mean(value, float(parts.var(ddof=1)) / arm.units, arm.units)


def median_of(arm: ArmOutcome) -> Mean | None:
    """The median of the rows; its variance from the width of its interval by ranks. None for fewer than 20 rows.

    Source: Woodruff, JASA 47 (1952), 635-646. Rows of one unit are taken as independent.
    """
    if len(arm.values) < 20 or arm.units < 2:
        return None
    low, high = median_interval(arm.values.tolist())
    return Mean(float(np.median(arm.values)), ((high - low) / (2 * Z_95)) ** 2, arm.units)


def contrast_of(control: Mean, treatment: Mean) -> Contrast:
    """Of two arms without a time before."""
    variance = control.variance + treatment.variance
    return Contrast(control, treatment, treatment.value - control.value, variance)


def contrast(control: ArmOutcome, treatment: ArmOutcome, *, is_median: bool = False) -> Contrast | None:
    """The difference of two arms, less what the time before explains of it (CUPED); None where there is too little.

    What units did before tells them apart whatever the arm, so taking it off leaves the effect and less noise.
    Source: Deng, Xu, Kohavi and Walker, WSDM 2013 (theta of the pooled covariance, section 3.2).
    """
    estimate = median_of if is_median else ratio_of
    first, second = estimate(control), estimate(treatment)
    if first is None or second is None:
        return None
    plain = contrast_of(first, second)
    if is_median or any(arm.before is None or arm.before_counts is None for arm in (control, treatment)):
        return plain
    return _adjusted(plain, control, treatment)


def _adjusted(plain: Contrast, control: ArmOutcome, treatment: ArmOutcome) -> Contrast:
    now = [_parts(arm.totals, arm.counts) for arm in (control, treatment)]
    before = _earlier_parts(control, treatment)
    if before is None:
        return plain
    centred = [part - part.mean() for part in now]
    other = [part - part.mean() for part in before]
    spread = sum(float(part @ part) for part in other)
    if spread <= 0:
        return plain
    theta = sum(float(one @ two) for one, two in zip(centred, other, strict=True)) / spread
    difference = plain.difference - theta * float(before[1].mean() - before[0].mean())
    variance = sum(float((one - theta * two).var(ddof=1)) / len(one) for one, two in zip(centred, other, strict=True))
    reduction = 1 - variance / plain.variance if plain.variance > 0 else 0.0
    if reduction <= 0:
        return plain
    return Contrast(plain.control, plain.treatment, difference, variance, reduction)


def _parts(totals: Floats, counts: Floats) -> Floats:
    rows = counts.sum()
    found: Floats = (totals - totals.sum() / rows * counts) / (rows / len(counts))
    return found


def _earlier_parts(control: ArmOutcome, treatment: ArmOutcome) -> list[Floats] | None:
    """Expanded around the ratio of both arms, which is one before the experiment."""
    arms = (control, treatment)
    totals = [arm.before for arm in arms if arm.before is not None]
    counts = [arm.before_counts for arm in arms if arm.before_counts is not None]
    rows = sum(float(part.sum()) for part in counts)
    if rows <= 0:
        return None
    ratio = sum(float(part.sum()) for part in totals) / rows
    scale = rows / sum(len(part) for part in counts)
    return [(total - ratio * count) / scale for total, count in zip(totals, counts, strict=True)]
