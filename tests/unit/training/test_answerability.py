import random

import pytest

from app.training.answerability import fit


def test_the_weights_tell_apart_what_the_examples_tell_apart():
    seeded = random.Random(7)
    examples = [({"near": seeded.gauss(1.0, 0.3), "noise": seeded.random()}, True) for _ in range(100)]
    examples += [({"near": seeded.gauss(0.0, 0.3), "noise": seeded.random()}, False) for _ in range(100)]

    weights = fit(examples)

    assert weights.probability({"near": 1.0, "noise": 0.5}) > 0.9
    assert weights.probability({"near": 0.0, "noise": 0.5}) < 0.1
    assert abs(weights.weights["noise"]) < abs(weights.weights["near"])


def test_a_feature_that_never_changes_is_harmless():
    weights = fit([({"near": 1.0, "fixed": 1.0}, True), ({"near": 0.0, "fixed": 1.0}, False)])

    assert weights.probability({"near": 1.0, "fixed": 1.0}) > 0.5


@pytest.mark.parametrize("examples", [[], [({"near": 1.0}, True)], [({"near": 1.0}, False)]])
def test_one_kind_of_example_is_refused(examples):
    with pytest.raises(ValueError, match="one kind only"):
        fit(examples)
