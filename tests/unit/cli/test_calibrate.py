"""`kefu calibrate` over a real index of the hashing embedder, and what `kefu doctor` then says."""

import json
from pathlib import Path
from typing import Any

import pytest

from app.cli import main

QUESTIONS = [
    {"id": "q1", "text": "签收后几天内可以退货？", "answerable": True, "must_include": ["7天"], "language": "zh"},
    {"id": "q2", "text": "How long do refunds take?", "answerable": True, "gold": ["re"], "language": "en"},
    {"id": "q3", "text": "How old is the founder?", "answerable": False, "language": "en", "kind": "off_topic"},
]
CORPUS = [
    {"_id": "returns", "title": "退货", "text": "签收后7天内可以退货。"},
    {"_id": "re", "title": "Refunds", "text": "Refunds take three days."},
]


def lines(path: Path, rows: list[dict[str, Any]]) -> None:
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")


@pytest.fixture
def shop(workplace: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Path:
    monkeypatch.setenv("KEFU_ANSWER__READER", "false")
    lines(workplace / "corpus.jsonl", CORPUS)
    lines(workplace / "questions.jsonl", QUESTIONS)
    assert main(["ingest", "corpus.jsonl"]) == 0
    capsys.readouterr()
    return workplace


def doctor(capsys: pytest.CaptureFixture[str]) -> list[dict[str, str]]:
    capsys.readouterr()
    main(["doctor", "--json"])
    return [item for item in json.loads(capsys.readouterr().out) if item["what"] == "calibration"]


def test_questions_are_asked_whatever_the_threshold_and_their_outcomes_kept(
    shop: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KEFU_ANSWER__MIN_CONFIDENCE", "1")

    assert main(["calibrate", "questions.jsonl", "--mode", "extractive", "--max-error", "0.5", "--json"]) == 0

    told = json.loads(capsys.readouterr().out)
    assert (told["questions"], told["answerable"], told["right_if_all_answered"]) == (3, 2, 2)
    assert told["basis"]["mode"] == "extractive"
    assert Path(told["file"]) == Path("var/calibration.jsonl")
    # 3 questions: (k + 1) / 4 <= .5 allows one wrong answer, and there is only one.
    assert told["thresholds"][0]["coverage"] == 1.0
    rows = [json.loads(line) for line in Path("var/calibration.jsonl").read_text(encoding="utf-8").splitlines()]
    assert [(row["question_id"], row["is_right"]) for row in rows[1:]] == [("q1", True), ("q2", True), ("q3", False)]
    assert not Path("var/receipts.sqlite").exists()


def test_documents_of_their_own_are_taken_in_apart(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["calibrate", "questions.jsonl", "--knowledge", "corpus.jsonl", "--out", "mine/c.jsonl"]) == 0

    assert Path("mine/c.jsonl").is_file()
    assert "3 questions of questions.jsonl" in capsys.readouterr().out
    assert len(list(Path("var/evaluation/stores").iterdir())) == 1


def test_the_report_of_the_sample_company_needs_no_index(workplace: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["calibrate", "--report", "--max-error", "0.0001", "--max-error", "0.1"]) == 0

    shown = capsys.readouterr().out
    assert "you have not calibrated yet" in shown
    assert "too few questions" in shown
    assert "0.100" in shown
    assert "zh: answered, wrong" in shown
    assert "█" in shown


@pytest.mark.parametrize(
    "arguments",
    [[], ["questions.jsonl", "--report"], ["--report", "--max-error", "0"], ["--report", "--max-error", "1.5"]],
)
def test_half_a_command_is_wrong_usage(workplace: Path, arguments: list[str]) -> None:
    assert main(["calibrate", *arguments]) == 2


def test_without_an_index_it_says_what_to_do(workplace: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lines(workplace / "questions.jsonl", QUESTIONS)

    assert main(["calibrate", "questions.jsonl"]) == 1

    assert "kefu ingest" in capsys.readouterr().err


def test_doctor_names_the_threshold_while_no_error_is_asked_for(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert [(item["state"], "min_confidence" in item["found"]) for item in doctor(capsys)] == [("ok", True)]


def test_doctor_says_that_the_sample_companys_calibration_is_of_another_program(
    shop: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KEFU_ANSWER__MAX_ERROR", "0.05")

    promised, misfit, live = doctor(capsys)

    assert promised["found"].startswith("at most 5.0% wrong")
    assert misfit["state"] == "note"
    assert "sample company's documents, not on yours" in misfit["found"]
    assert "hashing" in misfit["found"]
    assert "answer.reader was True, it is False" in misfit["found"]
    assert "kefu calibrate" in misfit["todo"]
    assert "Too few recent questions" in live["found"]


def test_doctor_is_content_with_a_calibration_of_this_index(
    shop: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    main(["calibrate", "questions.jsonl"])
    monkeypatch.setenv("KEFU_ANSWER__MAX_ERROR", "0.5")

    assert [item["state"] for item in doctor(capsys)] == ["ok", "ok"]

    lines(shop / "corpus.jsonl", [*CORPUS, {"_id": "new", "title": "New", "text": "Something else."}])
    main(["ingest", "corpus.jsonl"])
    assert "it was made on other documents" in doctor(capsys)[1]["found"]


def test_doctor_fails_where_everything_is_declined(
    shop: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    main(["calibrate", "questions.jsonl"])
    monkeypatch.setenv("KEFU_ANSWER__MAX_ERROR", "0.05")

    (found,) = doctor(capsys)

    assert (found["state"], "at least 19 questions" in found["found"]) == ("fail", True)


def test_an_answer_is_delivered_from_the_controlled_threshold_on(
    shop: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    main(["calibrate", "questions.jsonl"])
    statuses = {}
    for error in ("0.5", "0.05"):  # three questions: one may be wrong; none can vouch for so little
        monkeypatch.setenv("KEFU_ANSWER__MAX_ERROR", error)
        capsys.readouterr()
        main(["ask", "How long do refunds take?", "--json"])
        statuses[error] = json.loads(capsys.readouterr().out)["status"]

    assert statuses == {"0.5": "answered", "0.05": "declined"}


def test_a_damaged_file_of_outcomes_is_one_line(
    shop: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    Path("var/calibration.jsonl").write_text("{", encoding="utf-8")
    monkeypatch.setenv("KEFU_ANSWER__MAX_ERROR", "0.05")

    assert main(["ask", "How long do refunds take?"]) == 2

    assert "Write it again with `kefu calibrate QUESTIONS`" in capsys.readouterr().err


@pytest.mark.parametrize("value", ["0", "1", "-0.1", "often"])
def test_an_error_that_is_no_share_is_refused(
    workplace: Path, value: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KEFU_ANSWER__MAX_ERROR", value)

    assert main(["settings"]) == 2

    assert "KEFU_ANSWER__MAX_ERROR" in capsys.readouterr().err


def test_a_misspelt_error_is_named(workplace: Path, capsys: pytest.CaptureFixture[str], monkeypatch) -> None:
    monkeypatch.setenv("KEFU_ANSWER__MAX_EROR", "0.05")

    assert main(["settings"]) == 2

    assert "Did you mean KEFU_ANSWER__MAX_ERROR" in capsys.readouterr().err
