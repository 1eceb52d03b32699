import random

import pytest

from app.assistant.answerability import LogisticWeights
from app.training.answerability import cross_fitted, fit, for_passages


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


def test_a_weight_keeps_the_sign_that_its_feature_may_have():
    seeded = random.Random(5)
    examples = [({"lacks": seeded.gauss(1.0, 0.3), "near": seeded.gauss(1.0, 0.5)}, True) for _ in range(60)]
    examples += [({"lacks": seeded.gauss(0.0, 0.3), "near": seeded.gauss(0.0, 0.5)}, False) for _ in range(60)]

    free, held = fit(examples), fit(examples, directions={"lacks": -1, "near": 1})

    assert free.weights["lacks"] > 0
    assert held.weights["lacks"] == 0.0 < held.weights["near"]


@pytest.mark.parametrize("examples", [[], [({"near": 1.0}, True)], [({"near": 1.0}, False)]])
def test_one_kind_of_example_is_refused(examples):
    with pytest.raises(ValueError, match="one kind only"):
        fit(examples)


def test_the_confidence_of_an_example_does_not_know_its_own_label():
    """Noise alone: weights that know the labels find an order in it, those of the other folds cannot."""
    seeded = random.Random(11)
    examples = [({str(at): seeded.gauss(0, 1) for at in range(40)}, number % 2 == 0) for number in range(120)]

    found = cross_fitted(examples, strength=10.0)

    fitted = fit(examples, strength=10.0)
    assert _order([fitted.probability(features) for features, _ in examples], examples) > 0.75
    assert 0.35 < _order(found, examples) < 0.65


def _order(confidence, examples) -> float:
    """Share of pairs of a right and a wrong one in which the right one is surer (area under the curve)."""
    right = [value for value, (_, label) in zip(confidence, examples, strict=True) if label]
    wrong = [value for value, (_, label) in zip(confidence, examples, strict=True) if not label]
    return sum(one > other for one in right for other in wrong) / (len(right) * len(wrong))


def test_of_passages_that_are_handed_in_it_counts_what_others_say_and_how_often_one_is_right():
    known = LogisticWeights(0.0, {"x": 1.0, "agreeing": 0.0})
    examples = [({"x": at / 10, "agreeing": float(at % 2), "handed_in": 1.0}, bool(at % 2)) for at in range(20)]

    weights = for_passages(known, examples, threshold=0.3)

    assert weights.weights["agreeing"] > 1
    right = [weights.probability(features) for features, is_right in examples if is_right]
    wrong = [weights.probability(features) for features, is_right in examples if not is_right]
    assert min(right) >= 0.3 - 1e-9
    assert max(wrong) < 0.3


def test_without_passages_of_both_kinds_nothing_is_added():
    known = LogisticWeights(0.5, {"x": 1.0})

    weights = for_passages(known, [({"x": 1.0}, True)], threshold=0.3)

    assert weights.probability({"x": 1.0, "handed_in": 1.0, "agreeing": 1.0}) == known.probability({"x": 1.0})
