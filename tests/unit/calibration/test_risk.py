"""The threshold of conformal risk control, against numbers worked by hand and the promise itself."""

import math
import random

import pytest

from app.calibration.outcomes import Outcome
from app.calibration.risk import DECLINES_ALL, controlled_threshold


def outcomes(*pairs: tuple[float, bool]) -> list[Outcome]:
    return [
        Outcome(f"q{number}", confidence, is_right, True, "single", "zh")
        for number, (confidence, is_right) in enumerate(pairs)
    ]


NINE = outcomes(
    (0.9, True),
    (0.8, True),
    (0.7, False),
    (0.6, True),
    (0.5, True),
    (0.4, False),
    (0.3, True),
    (0.2, False),
    (0.1, True),
)


@pytest.mark.parametrize(
    ("max_error", "answered", "wrong"),
    [
        # n = 9: (k + 1) / 10 <= max_error, so k = 10 * max_error - 1 wrong answers may be delivered.
        (0.1, 2, 0),  # k = 0: all above .7
        (0.19, 2, 0),
        (0.2, 5, 1),  # k = 1: .7 is delivered, everything down to above .4
        (0.3, 7, 2),
        (0.4, 9, 3),  # k = 3: all the wrong ones there are
        (0.9, 9, 3),
    ],
)
def test_as_many_wrong_answers_are_delivered_as_the_error_allows(max_error, answered, wrong):
    found = controlled_threshold(NINE, max_error)

    assert (found.answered, found.wrong) == (answered, wrong)
    assert found.bound == pytest.approx((wrong + 1) / 10)
    assert found.bound <= max_error + 1e-12


def test_the_threshold_lies_just_above_the_first_wrong_answer_that_is_one_too_many():
    assert controlled_threshold(NINE, 0.2).value == math.nextafter(0.4, 1)
    assert controlled_threshold(NINE, 0.4).value == 0.0


def test_too_few_questions_decline_everything_and_say_what_they_can_vouch_for():
    found = controlled_threshold(NINE, 0.09)

    assert not found.is_reachable
    assert (found.value, found.answered) == (DECLINES_ALL, 0)
    assert found.smallest_error == pytest.approx(0.1)


def test_no_question_vouches_for_nothing():
    found = controlled_threshold([], 0.5)

    assert (found.value, found.is_reachable, found.smallest_error, found.coverage) == (DECLINES_ALL, False, 1.0, 0.0)


def test_questions_that_are_all_answered_rightly_let_everything_through():
    assert controlled_threshold(outcomes((0.2, True), (0.7, True)), 0.34).value == 0.0


def test_of_equally_confident_questions_all_are_delivered_or_none():
    tied = outcomes((0.9, True), (0.5, False), (0.5, True), (0.5, False), (0.2, True), (0.1, False), (0.1, True))

    # n = 7; .25 allows 8 * .25 - 1 = 1 wrong answer, but the two wrong ones at .5 stand or fall together.
    assert (controlled_threshold(tied, 0.25).answered, controlled_threshold(tied, 0.25).wrong) == (1, 0)
    assert (controlled_threshold(tied, 0.375).answered, controlled_threshold(tied, 0.375).wrong) == (5, 2)


def test_errors_are_taken_by_their_decimal_digits():
    """0.29 * 100 is 28.999999999999996 in floating point, which would allow one wrong answer less."""
    many = outcomes(*((1 - number / 200, False) for number in range(99)))

    assert controlled_threshold(many, 0.29).wrong == 28


@pytest.mark.parametrize("max_error", [0.0, 1.0, -0.1, 1.5])
def test_an_error_that_is_no_share_is_refused(max_error):
    with pytest.raises(ValueError, match="between 0 and 1"):
        controlled_threshold(NINE, max_error)


@pytest.mark.parametrize("max_error", [0.05, 0.1, 0.2])
def test_over_many_draws_the_share_of_wrong_answers_is_what_was_promised(max_error):
    """2,000 times 100 calibration questions and one more; theorem 1 promises at most max_error, theorem 2 at least
    max_error - 2 / (n + 1) where confidences are continuous."""
    chance, draws, n = random.Random(20261124), 2000, 100

    def drawn() -> tuple[float, bool]:
        confidence = chance.random()
        return confidence, chance.random() < confidence**0.5  # well ordered, badly calibrated

    wrong = 0
    for _ in range(draws):
        found = controlled_threshold(outcomes(*(drawn() for _ in range(n))), max_error)
        confidence, is_right = drawn()
        wrong += confidence >= found.value and not is_right

    three_errors = 3 * math.sqrt(max_error * (1 - max_error) / draws)
    assert max_error - 2 / (n + 1) - three_errors <= wrong / draws <= max_error + three_errors
