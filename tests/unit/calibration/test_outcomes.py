from pathlib import Path

import pytest

from app.calibration.errors import CalibrationUnreadable
from app.calibration.outcomes import Basis, Calibration, Outcome, documents_digest

BASIS = Basis("2026-11-24T10:00:00+00:00", "questions.jsonl", "extractive", "g1", "abc", "e5@1", {"a": 1}, {"w": "ff"})
OUTCOME = Outcome("q1", 0.123456789, True, True, "单问", "zh")


def test_what_is_written_is_read_again(tmp_path: Path):
    made = Calibration(BASIS, (OUTCOME,))

    made.write(tmp_path / "new" / "calibration.jsonl")

    assert Calibration.read(tmp_path / "new" / "calibration.jsonl") == made


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "kefu calibrate"),
        ("no json", "kefu calibrate"),
        ('{"format": 2}', "newer version"),
        ("[]", "kefu calibrate"),
        ('{"made_at": ""}', "kefu calibrate"),
        (Calibration(BASIS, ()).to_text() + '{"question_id": "q1"}', "kefu calibrate"),
        (Calibration(BASIS, (Outcome("q1", 1.5, True, True, "", "en"),)).to_text(), "not within 0 and 1"),
    ],
)
def test_anything_else_is_told_with_what_to_do(text, why):
    with pytest.raises(CalibrationUnreadable, match=why):
        Calibration.of_text(text, "calibration.jsonl")


def test_a_missing_file_and_one_that_is_no_text_are_told(tmp_path: Path):
    (tmp_path / "binary").write_bytes(b"\xff\xfe\x00")

    for name in ("missing", "binary"):
        with pytest.raises(CalibrationUnreadable, match=name):
            Calibration.read(tmp_path / name)


def test_the_digest_of_documents_does_not_depend_on_their_order():
    assert documents_digest([("a", "1"), ("b", "2")]) == documents_digest([("b", "2"), ("a", "1")])
    assert documents_digest([("a", "1")]) != documents_digest([("a", "2")])


def test_the_outcomes_that_come_with_kefu_hold_both_languages_and_confidences_of_questions_not_fitted_on():
    shipped = Calibration.shipped()

    assert shipped.basis.is_cross_fitted
    assert {item.language for item in shipped.outcomes} == {"zh", "en"}
    assert any(item.is_right for item in shipped.outcomes)
    assert not any(item.is_right and not item.is_answerable for item in shipped.outcomes)
