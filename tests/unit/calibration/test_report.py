from app.calibration.outcomes import Basis, Calibration, Outcome
from app.calibration.report import report_of

BASIS = Basis("2026-11-24T10:00:00+00:00", "q.jsonl", "extractive", "g1", "abc", "e5@1")


def test_each_error_is_told_with_its_coverage_by_language():
    rows = [(0.9, True, "zh"), (0.8, True, "en"), (0.7, False, "zh"), (0.6, True, "en")]
    found = report_of(
        Calibration(
            BASIS, tuple(Outcome(f"q{at}", c, right, True, "", lang) for at, (c, right, lang) in enumerate(rows))
        ),
        errors=[0.4, 0.1, 0.2],
    )

    # n = 4: .1 is out of reach (1/5), .2 delivers no wrong answer, .4 one.
    strict, one, two = found["thresholds"]
    assert (strict["is_reachable"], strict["coverage"], strict["smallest_error"]) == (False, 0.0, 0.2)
    assert (one["coverage"], one["error"], one["wrong_of_answered"]) == (0.5, 0.0, 0.0)
    assert (two["coverage"], two["error"], two["wrong_of_answered"]) == (1.0, 0.25, 0.25)
    assert two["by_language"]["zh"] == {"questions": 2, "coverage": 1.0, "error": 0.5, "wrong_of_answered": 0.5}
    assert two["by_type"] == {}
    assert found["reliability"]["curve"][-1]["right"] == 1.0


def test_a_calibration_without_questions_has_a_report():
    found = report_of(Calibration(BASIS, ()))

    assert found["questions"] == 0
    assert {row["is_reachable"] for row in found["thresholds"]} == {False}
