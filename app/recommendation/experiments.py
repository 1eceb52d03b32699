"""Whether recommendations sell: who is shown which kind of list, and whether the difference could be chance.

In an A/B comparison a customer always gets the same kind; in a switchback everybody gets the same kind for some hours,
which also tells kinds apart that compete for the same stock.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from statistics import NormalDist
from typing import Any, Literal

import numpy as np

from app.domain.behaviour import BehaviourEvent
from app.domain.drawing import SIDES, drawn
from app.recommendation.events import Shown

Design = Literal["off", "ab", "switchback"]
_DRAWS = 10_000
_WORK = 3e7
"""Units that are drawn in all: a second or two; of many units a thousand draws are enough."""
_FEWEST = 4
"""Units of each arm below which nothing is said of chance."""


@dataclass(frozen=True, slots=True)
class Experiment:
    """Two kinds of lists under comparison."""

    name: str
    design: Design = "off"
    arms: tuple[str, str] = ("model", "popular")
    """The first is what is shown when nothing is compared."""
    hours: int = 6
    """Of a switchback's turn."""
    share: float = 0.5
    """Of customers, or of turns, with the first arm."""

    def __post_init__(self) -> None:
        if self.hours < 1 or not 0 < self.share < 1 or len(set(self.arms)) != 2:
            raise ValueError(f"Expected hours >= 1, share in (0, 1) and two arms, got {self}.")

    def arm_of(self, user_id: str, at: datetime) -> str:
        """The kind of list for somebody at a time; the same for the same unit, whatever process asks."""
        if self.design == "off":
            return self.arms[0]
        is_first = drawn(f"{self.name}/{self.unit_of(user_id, at)}") / SIDES < self.share
        return self.arms[0 if is_first else 1]

    def unit_of(self, user_id: str, at: datetime) -> str:
        """What is drawn: a customer, or a turn of some hours."""
        if self.design != "switchback":
            return user_id
        return str(int(at.astimezone(UTC).timestamp() // (self.hours * 3600)))


@dataclass(frozen=True, slots=True)
class ArmFigures:
    """What came of one kind of list."""

    arm: str
    units: int
    lists: int
    clicked: int
    """Lists of which something was opened."""
    ordered: int
    """Lists of which something was bought within the days that are looked at."""

    def to_dict(self) -> dict[str, Any]:
        """As JSON."""
        return {
            "arm": self.arm,
            "units": self.units,
            "lists": self.lists,
            "clicked": self.clicked,
            "ordered": self.ordered,
            "click_rate": round(self.clicked / self.lists, 5) if self.lists else None,
            "order_rate": round(self.ordered / self.lists, 5) if self.lists else None,
        }


@dataclass(frozen=True, slots=True)
class Difference:
    """First arm less second, of the mean rate of the units."""

    value: float
    low: float
    high: float
    """Bounds of the 95 % interval (bootstrap over units)."""
    p: float
    """Of a difference as large by chance alone (permutation of units between the arms, two-sided)."""

    def to_dict(self) -> dict[str, float]:
        """As JSON."""
        return {"value": round(self.value, 5), "low": round(self.low, 5), "high": round(self.high, 5), "p": self.p}


@dataclass(frozen=True, slots=True)
class ExperimentReport:
    """Exposure, click and order of both arms."""

    arms: tuple[ArmFigures, ...]
    clicks: Difference | None
    """None with fewer than 4 units in an arm."""
    orders: Difference | None

    def to_dict(self) -> dict[str, Any]:
        """As JSON."""
        return {
            "arms": [arm.to_dict() for arm in self.arms],
            "clicks": self.clicks and self.clicks.to_dict(),
            "orders": self.orders and self.orders.to_dict(),
        }


def report(
    experiment: Experiment,
    shown: Sequence[Shown],
    events: Iterable[BehaviourEvent],
    *,
    days: float = 7,
    seed: int = 1,
) -> ExperimentReport:
    """Figures of the lists of an experiment.

    A list counts as clicked when an event names it or its customer opens one of its items in the days after; as ordered
    when its customer buys one of its items in these days. Chance is judged by the units that were drawn (customers or
    turns): lists of one customer are alike, and counting each would make anything look sure.
    """
    mine = [one for one in shown if one.experiment == experiment.name and one.arm in experiment.arms]
    clicked, ordered = _followed(mine, events, days)
    counts: dict[str, dict[str, np.ndarray]] = {arm: {} for arm in experiment.arms}
    for one in mine:
        units = counts[one.arm]
        unit = units.setdefault(experiment.unit_of(one.user_id, one.at), np.zeros(3))
        unit += (1, one.recommendation_id in clicked, one.recommendation_id in ordered)
    tables = {arm: np.array(list(units.values())).reshape(-1, 3) for arm, units in counts.items()}
    figures = tuple(
        ArmFigures(arm, len(table), *(int(total) for total in table.sum(0))) for arm, table in tables.items()
    )
    first, second = (tables[arm] for arm in experiment.arms)
    return ExperimentReport(figures, difference(first, second, 1, seed=seed), difference(first, second, 2, seed=seed))


def difference(
    first: np.ndarray, second: np.ndarray, column: int, *, seed: int = 1, draws: int = _DRAWS
) -> Difference | None:
    """Of the ratios of sums of two sets of units, (n, columns), column 0 being what the others are a share of."""
    if min(len(first), len(second)) < _FEWEST:
        return None
    rng = np.random.default_rng(seed)
    everything = np.concatenate([first, second])
    observed = _rate(first, column) - _rate(second, column)
    count = int(min(max(_WORK / len(everything), 1000), draws))
    resampled, beyond = np.empty(count), 0
    for at in range(count):
        order = rng.permutation(len(everything))
        by_chance = _rate(everything[order[: len(first)]], column) - _rate(everything[order[len(first) :]], column)
        beyond += abs(by_chance) >= abs(observed) - 1e-12
        one = first[rng.integers(0, len(first), len(first))]
        other = second[rng.integers(0, len(second), len(second))]
        resampled[at] = _rate(one, column) - _rate(other, column)
    low, high = np.quantile(resampled, (0.025, 0.975))
    return Difference(observed, float(low), float(high), (beyond + 1) / (count + 1))


def _rate(table: np.ndarray, column: int) -> float:
    total = float(table[:, 0].sum())
    return float(table[:, column].sum()) / total if total else 0.0


def _followed(
    shown: Sequence[Shown], events: Iterable[BehaviourEvent], days: float
) -> tuple[frozenset[str], frozenset[str]]:
    """Ids of the lists that were opened and of those that were bought from."""
    by_user: defaultdict[str, list[Shown]] = defaultdict(list)
    for one in shown:
        by_user[one.user_id].append(one)
    within, clicked, ordered = timedelta(days=days), set(), set()
    for event in events:
        if event.event not in ("click", "view", "buy"):
            continue
        for one in by_user.get(event.user_id, ()):
            if event.item_id not in one.items or not one.at <= event.at <= one.at + within:
                continue
            if event.event == "buy":
                ordered.add(one.recommendation_id)
            elif event.event == "view" or event.recommendation_id in (None, one.recommendation_id):
                clicked.add(one.recommendation_id)
    return frozenset(clicked), frozenset(ordered)


def needed_units(rate: float, lift: float, *, power: float = 0.8, alpha: float = 0.05) -> int:
    """Units of each arm that a relative lift of a rate wants to be found with some power.

    Source: two proportions, normal approximation; Fleiss, Levin and Paik, Statistical Methods for Rates and
    Proportions, section 4.2 (without the correction for continuity).
    """
    other = rate * (1 + lift)
    if not 0 < rate < 1 or not 0 < other < 1 or lift == 0:
        raise ValueError(f"Expected rates in (0, 1) and a lift other than 0, got {rate} and {lift}.")
    middle = (rate + other) / 2
    z = NormalDist().inv_cdf(1 - alpha / 2) * math.sqrt(2 * middle * (1 - middle))
    z += NormalDist().inv_cdf(power) * math.sqrt(rate * (1 - rate) + other * (1 - other))
    return math.ceil((z / (other - rate)) ** 2)
