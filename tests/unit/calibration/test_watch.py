from dataclasses import dataclass
from pathlib import Path

import pytest

from app.calibration.outcomes import Basis, Calibration, Outcome
from app.calibration.watch import CalibrationWatch, Now

WEIGHTS = {"reader.safetensors": "aa"}
SETTINGS = {"answer.reader": True, "answer.min_confidence": 0.4, "retrieval.top": 8, "llm.local.model": "1.5b"}
BASIS = Basis("2026-11-24T10:00:00+00:00", "q.jsonl", "extractive", "g1", "abc", "e5@1", SETTINGS, WEIGHTS)
NOW = Now("e5@1", SETTINGS, WEIGHTS, "abc")


@dataclass(frozen=True)
class Line:
    confidence: float
    is_answered: bool


def watch(home: Path, *, max_error: float | None = 0.1, basis: Basis = BASIS) -> CalibrationWatch:
    """A hundred questions, confidence .00 to .99; those below .50 are answered wrongly."""
    path = CalibrationWatch.path_in(home)
    Calibration(
        basis,
        tuple(Outcome(f"q{n}", n / 100, n >= 50, n >= 30, "single", "zh" if n % 2 else "en") for n in range(100)),
    ).write(path)
    return CalibrationWatch(path, max_error=max_error, min_confidence=0.4)


def test_without_an_error_asked_for_the_threshold_is_the_one_that_is_set(tmp_path: Path):
    found = CalibrationWatch(tmp_path / "missing", max_error=None, min_confidence=0.4)

    assert (found.threshold, found.controlled, found.digest) == (0.4, None, None)


def test_an_error_asked_for_takes_the_place_of_the_threshold(tmp_path: Path):
    found = watch(tmp_path)

    # n = 100: .1 allows 101 * .1 - 1 = 9 wrong ones, .49 down to .41; just above .40 everything is delivered.
    assert found.threshold == pytest.approx(0.4, abs=1e-9)
    assert found.controlled is not None
    assert (found.controlled.answered, found.controlled.wrong) == (59, 9)
    assert found.is_own
    assert found.digest == found.calibration.digest


def test_before_a_company_calibrates_the_outcomes_are_those_of_the_sample_company(tmp_path: Path):
    found = CalibrationWatch(tmp_path / "missing", max_error=0.05, min_confidence=0.4)

    assert not found.is_own
    assert found.misfits(NOW)[-1].en == "it was made on the sample company's documents, not on yours"


def test_an_error_that_the_questions_cannot_vouch_for_is_told_to_the_log(tmp_path: Path, caplog):
    assert watch(tmp_path, max_error=0.005).threshold == 1.0

    assert "100 calibration questions cannot vouch for an error of 0.005" in caplog.text
    assert "at least 199 questions" in caplog.text


def test_the_same_program_fits_and_thresholds_and_unused_models_do_not_count(tmp_path: Path):
    other = {**SETTINGS, "answer.min_confidence": 0.9, "answer.max_error": 0.1, "llm.local.model": "0.5b"}

    assert watch(tmp_path).misfits(Now("e5@1", other, {**WEIGHTS, "calibration.jsonl": "cc"}, "abc")) == []
    assert watch(tmp_path).misfits(Now("e5@1", SETTINGS, WEIGHTS, None)) == []


def test_everything_that_outcomes_depend_on_is_named(tmp_path: Path):
    now = Now("other@2", {**SETTINGS, "retrieval.top": 4}, {"reader.safetensors": "bb"}, "def")

    assert [misfit.en for misfit in watch(tmp_path).misfits(now)] == [
        "the embedder was e5@1, it is other@2",
        "reader.safetensors has other weights",
        "retrieval.top was 8, it is 4",
        "it was made on other documents",
    ]


def test_outcomes_of_a_language_model_depend_on_which(tmp_path: Path):
    from dataclasses import replace

    found = watch(tmp_path, basis=replace(BASIS, mode="llm"))

    (misfit,) = found.misfits(Now("e5@1", {**SETTINGS, "llm.local.model": "0.5b"}, WEIGHTS, "abc"))
    assert misfit.en == "llm.local.model was 1.5b, it is 0.5b"


def test_questions_like_those_calibrated_on_are_steady(tmp_path: Path):
    live = [Line(n / 100, n > 40) for n in range(100)]

    found = watch(tmp_path).compared(live)

    assert (found["state"], found["has_drifted"]) == ("steady", False)
    assert found["expected_coverage"] == found["live"]["coverage"] == 0.59
    assert found["stability_index"] == 0.0
    assert "can be relied on" in found["words"]["en"]
    assert "可以信赖" in found["words"]["zh"]


def test_other_questions_have_drifted_and_both_languages_say_how(tmp_path: Path):
    found = watch(tmp_path).compared([Line(0.2 + n / 1000, False) for n in range(100)])

    assert found["has_drifted"]
    assert found["stability_index"] > found["stability_limit"]
    assert "0% are answered where 59% were expected" in found["words"]["en"]
    assert "从 59% 变为 0%" in found["words"]["zh"]


@pytest.mark.parametrize("count", [0, 49])
def test_a_few_questions_show_no_drift(tmp_path: Path, count: int):
    found = watch(tmp_path).compared([Line(0.0, False)] * count)

    assert (found["state"], found["has_drifted"], found["stability_index"]) == ("too few", False, None)
    assert f"{count} 个" in found["words"]["zh"]
