import math
import random

import pytest
from scipy.stats import chi2

from app.calibration.drift import shares_differ, stability_index, stability_limit


def test_the_index_is_the_sum_over_bins_worked_by_hand():
    expected, live = [0.1, 0.2, 0.3, 0.4], [0.1, 0.35, 0.38, 0.4]

    index, bins = stability_index(expected, live, bins=2)

    # Cut at .3: 2 and 2 expected, 1 and 3 live; with half a question more each (2.5, 2.5) / 5 and (1.5, 3.5) / 5.
    assert bins == 2
    assert index == pytest.approx((0.3 - 0.5) * math.log(0.3 / 0.5) + (0.7 - 0.5) * math.log(0.7 / 0.5))


def test_the_same_sample_has_no_index():
    sample = [number / 100 for number in range(100)]

    assert stability_index(sample, sample) == (0.0, 10)


def test_ties_make_fewer_bins():
    assert stability_index([0.5] * 20, [0.5, 0.9]) == (0.0, 1)
    assert stability_index([0.1] * 10 + [0.9] * 10, [0.1, 0.9])[1] == 2


def test_an_empty_sample_is_refused():
    with pytest.raises(ValueError, match="not empty"):
        stability_index([], [0.5])


def test_the_limit_is_the_chi_square_quantile_of_another_library():
    for bins in (2, 5, 10):
        wanted = (1 / 400 + 1 / 200) * chi2.ppf(0.99, bins - 1)
        assert stability_limit(bins, 400, 200) == pytest.approx(wanted, rel=0.03)


def test_without_drift_the_limit_is_passed_about_once_in_a_hundred():
    chance = random.Random(7)
    over = 0
    for _ in range(400):
        expected, live = ([chance.random() for _ in range(count)] for count in (400, 200))
        index, bins = stability_index(expected, live)
        over += index > stability_limit(bins, 400, 200)

    assert over <= 16  # 4 expected; 16 has a chance of one in a hundred thousand


def test_shares_differ_only_beyond_chance():
    assert shares_differ(50, 100, 20, 100)
    assert not shares_differ(50, 100, 45, 100)
    assert not shares_differ(0, 10, 0, 10)
    assert not shares_differ(10, 10, 5, 5)
