import pytest
from scipy.stats import binomtest

from app.domain.intervals import bootstrap_interval, median_interval, wilson_interval


def test_wilson_of_five_in_ten_is_that_of_the_textbook():
    low, high = wilson_interval(5, 10)

    # (0.5 + 1.96²/20 ± 1.96 · sqrt(0.025 + 1.96²/400)) / (1 + 1.96²/10)
    assert (low, high) == pytest.approx((0.2366, 0.7634), abs=5e-5)


@pytest.mark.parametrize(("successes", "trials"), [(0, 1), (0, 20), (1, 1), (20, 20), (3, 7), (544, 1000)])
def test_wilson_is_that_of_another_library(successes, trials):
    other = binomtest(successes, trials).proportion_ci(method="wilson")

    assert wilson_interval(successes, trials) == pytest.approx((other.low, other.high))


@pytest.mark.parametrize(("successes", "trials"), [(0, 0), (-1, 2), (3, 2)])
def test_wilson_refuses_counts_that_cannot_be(successes, trials):
    with pytest.raises(ValueError, match="trials"):
        wilson_interval(successes, trials)


def test_the_bootstrap_of_even_values_is_near_the_normal_interval():
    low, high = bootstrap_interval([0.0, 1.0] * 200, seed=1)

    assert low == pytest.approx(0.5 - 1.96 * 0.5 / 20, abs=0.01)  # standard error: .5 / sqrt(400)
    assert high == pytest.approx(0.5 + 1.96 * 0.5 / 20, abs=0.01)


def test_the_bootstrap_is_the_same_for_the_same_seed_and_a_point_for_one_value():
    values = [n * n / 900 for n in range(30)]

    assert bootstrap_interval(values, seed=3) == bootstrap_interval(values, seed=3)
    assert bootstrap_interval(values, seed=3) != bootstrap_interval(values, seed=4)
    assert bootstrap_interval([0.7], seed=0) == pytest.approx((0.7, 0.7))
    with pytest.raises(ValueError, match="at least one"):
        bootstrap_interval([], seed=0)


def test_the_interval_of_a_median_is_all_of_few_values_and_refuses_none():
    assert median_interval([3.0, 1.0, 2.0]) == (1.0, 3.0)
    with pytest.raises(ValueError, match="at least one"):
        median_interval([])
