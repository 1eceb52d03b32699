import pytest
from scipy.stats import binomtest

from app.evaluation.significance import mcnemar_exact, swap_test


@pytest.mark.parametrize(
    ("won", "lost", "p"),
    [
        (0, 0, 1.0),
        (1, 0, 1.0),  # 2 · 1/2
        (5, 0, 0.0625),  # 2 · 1/32
        (1, 5, 0.21875),  # 2 · (1 + 6)/64
        (3, 3, 1.0),
    ],
)
def test_mcnemar_is_twice_the_smaller_tail(won, lost, p):
    assert mcnemar_exact(won, lost) == p


@pytest.mark.parametrize(("won", "lost"), [(7, 19), (40, 12), (600, 500)])
def test_mcnemar_is_the_binomial_test_of_another_library(won, lost):
    assert mcnemar_exact(won, lost) == pytest.approx(binomtest(won, won + lost).pvalue)


def test_mcnemar_refuses_negative_counts():
    with pytest.raises(ValueError, match="counts"):
        mcnemar_exact(-1, 2)


def _means(*differences: float):
    return [((0.0, 1.0), (difference, 1.0)) for difference in differences]


def test_few_pairs_are_swapped_in_every_way():
    assert swap_test(_means(1, 1, 1), seed=0) == 2 / 8  # only all kept and all swapped reach the observed mean
    assert swap_test(_means(1, 1, -1), seed=0) == 1.0  # every sum of three signs is at least 1 away from 0
    assert swap_test(_means(3, 1), seed=0) == 2 / 4  # sums 4, 2, -2, -4


def test_pairs_without_a_difference_change_nothing():
    assert swap_test([], seed=0) == 1.0
    assert swap_test(_means(0, 0), seed=0) == 1.0
    assert swap_test(_means(1, 1, 1, 0, 0, 0), seed=0) == 2 / 8


def test_a_pooled_ratio_weighs_questions_by_what_they_hold():
    # 9 faults in 10 against none in 10, and none in 1 against one in 1: -9/11 + 1/11. Swaps: ±8/11, ±10/11.
    pairs = [((9.0, 10.0), (0.0, 10.0)), ((0.0, 1.0), (1.0, 1.0))]

    assert swap_test(pairs, seed=0) == 1.0
    assert swap_test([pairs[0], ((1.0, 1.0), (0.0, 1.0))], seed=0) == 2 / 4


def test_many_pairs_are_drawn_with_a_seed_and_never_give_zero():
    clear, unclear = _means(*[1.0] * 40), _means(*[1.0, -1.0] * 20)

    assert swap_test(clear, seed=0) == pytest.approx(1 / 10_001)
    assert swap_test(unclear, seed=0) == 1.0
    mixed = _means(*[0.1 * (at % 7) - 0.2 for at in range(30)])
    assert swap_test(mixed, seed=5) == swap_test(mixed, seed=5)


def test_drawn_swaps_come_near_the_exact_value():
    # 14 pairs, ten up and four down: two-sided binomial of at most 4 or at least 10 in 14 = 2 · 1471 / 16384.
    assert swap_test(_means(*[1.0] * 10, *[-1.0] * 4), seed=0) == pytest.approx(2 * 1471 / 16384, abs=0.01)
