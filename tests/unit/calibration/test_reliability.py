import pytest

from app.calibration.outcomes import Outcome
from app.calibration.reliability import calibration_error, reliability_curve


def outcome(confidence: float, is_right: bool) -> Outcome:
    return Outcome("q", confidence, is_right, True, "single", "en")


def test_the_error_is_the_distance_of_confidence_and_rightness_weighted_by_questions():
    found = [outcome(0.9, True), outcome(0.95, False), outcome(0.3, False), outcome(0.35, False)]

    # [.9, 1]: mean .925, right 1/2, distance .425; [.3, .4): mean .325, right 0. (2 * .425 + 2 * .325) / 4
    assert calibration_error(found) == pytest.approx(0.375)
    assert [(item.low, item.questions, item.right) for item in reliability_curve(found)] == [
        (0.3, 2, 0.0),
        (0.9, 2, 0.5),
    ]


def test_certainty_falls_into_the_last_bin_and_no_question_has_no_error():
    assert reliability_curve([outcome(1.0, True)])[0].low == 0.9
    assert calibration_error([outcome(1.0, True)]) == 0.0
    assert calibration_error([]) == 0.0
    assert reliability_curve([]) == []


def test_no_bins_are_refused():
    with pytest.raises(ValueError, match="bins >= 1"):
        reliability_curve([], bins=0)
