import random

import pytest
from scipy.stats import false_discovery_control

from app.domain.discoveries import discovery_limit


def test_the_limit_is_that_of_the_paper():
    # Benjamini and Hochberg 1995, section 3.2: of fifteen tests the first four are finds at 5 %
    chances = [
        0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459, 0.3240, 0.4262, 0.5719, 0.6528,
        0.7590, 1.0000,
    ]  # fmt: skip

    assert discovery_limit(chances, share=0.05) == 0.0095


@pytest.mark.parametrize("seed", range(20))
def test_the_finds_are_those_of_another_library(seed):
    draw = random.Random(seed)
    chances = [draw.random() ** draw.choice([1, 4]) for _ in range(draw.randrange(1, 40))]

    limit = discovery_limit(chances, share=0.05)

    adjusted = false_discovery_control(chances)
    assert [chance <= limit for chance in chances] == [p <= 0.05 for p in adjusted]


def test_tests_without_a_chance_of_their_own_make_the_others_harder():
    assert discovery_limit([0.01, 0.9], share=0.05) == 0.01
    assert discovery_limit([0.01, 0.9], share=0.05, tests=6) == -1.0


def test_nothing_tested_is_nothing_found():
    assert discovery_limit([], share=0.05) == -1.0
