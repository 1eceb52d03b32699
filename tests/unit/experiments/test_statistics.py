"""Statistics against tables, other libraries and simulation."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats

from app.experiments.assignment import SLOTS, arm_of, disguised, free_slots, slot_of
from app.experiments.balance import mismatch_p
from app.experiments.boundaries import boundaries, crossing
from app.experiments.errors import ExperimentInvalid
from app.experiments.mixture import mixture_bound, mixture_p
from app.experiments.outcomes import ArmOutcome, Mean, contrast, contrast_of, median_of, ratio_of
from app.experiments.planning import SPENT, Plan, detectable
from app.experiments.simulation import simulate
from app.experiments.verdict import SequentialTest


def arm(totals, counts=None, before=None) -> ArmOutcome:
    totals = np.asarray(totals, dtype=float)
    counts = np.ones_like(totals) if counts is None else np.asarray(counts, dtype=float)
    earlier = None if before is None else np.asarray(before, dtype=float)
    return ArmOutcome(totals, counts, earlier, None if earlier is None else np.ones_like(earlier))


def test_boundaries_are_those_of_the_table_for_five_even_looks():
    found = boundaries([0.2, 0.4, 0.6, 0.8, 1.0], 0.05)

    # gsDesign 3.6, gsDesign(k = 5, test.type = 2, alpha = 0.025, sfu = sfLDOF)
    assert found == pytest.approx([4.8769, 3.3569, 2.6803, 2.2898, 2.0310], abs=2e-4)


def test_boundaries_spend_the_whole_level_however_looks_are_spread():
    fractions = [0.07, 0.31, 0.33, 0.8, 0.95, 1.0]

    found = crossing(fractions, boundaries(fractions, 0.05), drift=0.0)

    assert sum(above + below for above, below in found) == pytest.approx(0.05, abs=1e-6)


def test_one_look_is_the_ordinary_test():
    assert boundaries([1.0], 0.05) == pytest.approx([1.959964], abs=1e-5)
    assert crossing([1.0], [1.959964], drift=2.8)[0][0] == pytest.approx(stats.norm.sf(1.959964 - 2.8))


def test_looks_that_go_back_are_a_mistake():
    with pytest.raises(ValueError, match="growing"):
        boundaries([0.5, 0.4], 0.05)


def test_the_mixture_test_reaches_its_level_where_its_ratio_says():
    bound = mixture_bound(0.04, 0.5, 0.05)

    assert mixture_p(bound * 0.2, 0.04, 0.5) == pytest.approx(0.05)
    assert mixture_p(0.0, 0.04, 0.5) == 1.0


def test_sizes_of_arms_are_judged_as_by_another_library():
    expected = stats.chisquare([5200, 4800], [5000, 5000]).pvalue

    assert mismatch_p([5200, 4800], [1, 1]) == pytest.approx(expected)
    assert mismatch_p([0, 0], [1, 1]) == 1.0


def test_a_unit_stays_in_its_arm_and_arms_fill_by_their_weights():
    arms = [arm_of("salt", f"c{number}", [1, 3]) for number in range(20_000)]

    assert arms == [arm_of("salt", f"c{number}", [1, 3]) for number in range(20_000)]
    assert sum(arms) / len(arms) == pytest.approx(0.75, abs=0.01)


def test_layers_and_arms_are_drawn_independently():
    units = [f"客户{number}" for number in range(20_000)]
    table = np.zeros((2, 2))
    for unit in units:
        table[slot_of("one", unit) < SLOTS / 2, arm_of("one", unit, [1, 1])] += 1

    assert stats.chi2_contingency(table).pvalue > 0.001


def test_slots_are_given_once_and_in_one_piece():
    assert free_slots([], SLOTS) == (0, SLOTS)
    assert free_slots([(0, 3000), (5000, 9000)], 2000) == (3000, 5000)
    assert free_slots([(0, 3000), (5000, 9000)], 2001) is None


def test_a_unit_in_disguise_cannot_be_told_from_its_name():
    assert disguised("salt", "C1") != disguised("other", "C1")
    assert "C1" not in disguised("salt", "C1")


def test_a_mean_over_units_has_the_variance_of_the_textbook():
    values = [1.0, 0.0, 0.0, 1.0, 1.0]

    found = ratio_of(arm(values))

    assert found is not None
    assert found.value == pytest.approx(0.6)
    assert math.sqrt(found.variance) == pytest.approx(stats.sem(values))


def test_a_customer_with_many_rows_counts_as_one():
    draw = np.random.default_rng(1)
    ratios, variances = [], []
    for _ in range(800):
        counts = draw.integers(1, 9, 300)
        rates = draw.beta(2, 2, 300)
        found = ratio_of(arm(draw.binomial(counts, rates), counts))
        ratios.append(found.value)
        variances.append(found.variance)

    assert np.mean(variances) == pytest.approx(np.var(ratios), rel=0.12)


def test_the_variance_of_a_median_is_that_of_drawn_medians():
    draw = np.random.default_rng(2)
    found = [median_of(ArmOutcome(np.ones(400), np.ones(400), values=draw.lognormal(0, 1, 400))) for _ in range(500)]

    drawn = np.var([item.value for item in found])
    assert drawn <= np.mean([item.variance for item in found]) <= 1.4 * drawn  # ranks are rounded outwards


def test_what_units_did_before_takes_noise_away_and_leaves_the_effect():
    draw = np.random.default_rng(3)
    differences, reductions = [], []
    for _ in range(300):
        habit = draw.normal(10, 3, 2000)
        now = habit + draw.normal(0, 2, 2000) + np.repeat([0.0, 0.5], 1000)
        found = contrast(arm(now[:1000], before=habit[:1000]), arm(now[1000:], before=habit[1000:]))
        differences.append(found.difference)
        reductions.append(found.reduction)

    assert np.mean(differences) == pytest.approx(0.5, abs=0.02)
    assert np.mean(reductions) == pytest.approx(9 / 13, abs=0.02)  # habit's share of the variance
    assert np.std(differences) == pytest.approx(math.sqrt(2 * 4 / 1000), rel=0.1)


def test_too_little_is_no_number():
    assert ratio_of(arm([1.0])) is None
    assert ratio_of(arm([0.0, 0.0], [0, 0])) is None
    assert contrast(arm([1.0]), arm([1.0, 2.0])) is None
    assert Mean.of_sums(1, 1.0, 1.0) is None


def test_units_for_a_fixed_test_are_those_of_the_textbook():
    plan = Plan.of_share(0.1, 0.05, test="fixed", alpha=0.05 / SPENT)  # the whole level of 5 %

    # (1.95996 + 0.84162)^2 (.1 * .9 + .105 * .895) / .005^2 = 57,763 an arm; Fleiss 1981, formula 3.14
    assert plan.units() / 2 == pytest.approx(57_763, rel=1e-3)


def test_power_agrees_with_the_effect_that_can_be_seen():
    plan = Plan.of_share(0.2, 0.1)
    units = plan.units()

    assert plan.power_of(units) == pytest.approx(0.8, abs=1e-3)
    assert detectable(plan, units) == pytest.approx(plan.effect, rel=1e-2)
    assert plan.power_of(units, 0.0) == pytest.approx(plan.level / 2, abs=1e-4)


@pytest.mark.parametrize("baseline", [0.0, 1.0, 1.4])
def test_a_share_that_cannot_be_is_refused(baseline):
    with pytest.raises(ExperimentInvalid, match="share"):
        Plan.of_share(baseline, 0.05)


def test_an_effect_that_nobody_could_see_is_refused():
    with pytest.raises(ExperimentInvalid, match="larger"):
        Plan.of_share(0.1, 1e-5).units()


def test_a_test_says_nothing_before_its_bound_and_something_behind_it():
    plan = Plan(0.0, 1.0, 0.2)
    units = plan.units()
    test = SequentialTest(plan, units)
    error = math.sqrt(4 / (units / 2))

    early = test.look(contrast_of(Mean(0, error**2 / 2, 9), Mean(2.2 * error, error**2 / 2, 9)), fraction=0.5)
    late = test.look(contrast_of(Mean(0, error**2 / 2, 9), Mean(2.2 * error, error**2 / 2, 9)), fraction=1.0)

    assert (early.is_significant, late.is_significant) == (False, True)
    assert early.low < 0 < early.high
    assert late.low > 0


def test_nothing_varies_and_nothing_is_said():
    look = SequentialTest(Plan(0.5, 0.5, 0.1), 100).look(contrast_of(Mean(1, 0, 9), Mean(1, 0, 9)), fraction=0.5)

    assert (look.is_significant, look.p) == (False, 1.0)


@pytest.mark.parametrize("test", ["group_sequential", "mixture"])
def test_the_same_seed_gives_the_same_result(test):
    one, two = (simulate("conversion", experiments=30, lift=0.05, seed=5, test=test) for _ in range(2))

    assert one == two
