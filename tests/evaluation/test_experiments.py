"""The engine of experiments on experiments whose truth is known."""

from __future__ import annotations

from datetime import date

import pytest

from app.evaluation.scorecard import Figure
from app.experiments.simulation import KINDS, simulate

SEED = 20261125
EXPERIMENTS = 1000
LIFT = 0.05
MOST_FALSE = 0.05
TOLERANCE = 0.03
COMMAND = "kefu experiment simulate"

pytestmark = pytest.mark.evaluation


@pytest.mark.parametrize("test", ["group_sequential", "mixture"])
@pytest.mark.parametrize("kind", KINDS)
def test_false_alarms_stay_below_the_level_and_power_is_as_computed(scorecard, kind, test):
    null = simulate(kind, experiments=EXPERIMENTS, lift=0.0, seed=SEED, test=test)
    lifted = simulate(kind, experiments=EXPERIMENTS, lift=LIFT, seed=SEED, test=test)

    command = COMMAND if test == "group_sequential" else f"{COMMAND} --test {test}"
    off = abs(lifted.share - lifted.planned)
    scorecard.note(
        Figure(
            f"experiments, {kind}, {test}: false alarms in {EXPERIMENTS:,} without an effect, 20 looks each",
            f"<= {MOST_FALSE:.0%}",
            f"{null.share:.1%}",
            null.share <= MOST_FALSE,
            command,
            date.today(),
        ),
        Figure(
            f"experiments, {kind}, {test}: power in {EXPERIMENTS:,} with a lift of {LIFT:.0%}, against that computed",
            f"within {100 * TOLERANCE:.0f} points",
            f"{lifted.share:.1%} ({lifted.planned:.1%} computed)",
            off <= TOLERANCE,
            command,
            date.today(),
        ),
    )
    assert null.share <= MOST_FALSE
    assert off <= TOLERANCE
    assert lifted.wrong_way == 0
