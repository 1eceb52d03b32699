from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path

import pytest

from app.evaluation.cases import CaseStore, TestCase
from app.evaluation.datasets import read_golden
from app.evaluation.errors import CaseMissing, ResultsDiffer, ResultUnreadable, RunMissing
from app.evaluation.layouts import layout_of
from app.evaluation.result import write_result
from app.evaluation.runs import EvaluationRuns
from tests.unit.evaluation.samples import question_of, result_of

CASE = TestCase("退款多久到账？", "single", ("zh/refunds.md",), (("3个工作日", "三个工作日"),), date(2026, 11, 1))


def test_what_is_kept_can_be_evaluated_as_it_stands(tmp_path: Path) -> None:
    store = CaseStore(tmp_path / "cases")
    store.add(CASE)
    store.add(TestCase("Do you ship to the moon?", "unanswerable"))

    layout = layout_of(store.folder)
    questions = read_golden(layout.golden[0])

    assert layout.parts == ("answers",)
    assert [(item.text, item.language, item.is_answerable) for item in questions] == [
        ("退款多久到账？", "zh", True),
        ("Do you ship to the moon?", "en", False),
    ]
    assert questions[0].must_include == (("3个工作日", "三个工作日"),)
    assert questions[0].as_of == date(2026, 11, 1)


def test_a_case_that_is_removed_can_come_back_under_its_id(tmp_path: Path) -> None:
    store = CaseStore(tmp_path)
    kept = store.add(CASE)

    store.remove(kept.case_id)
    assert store.list() == []
    with pytest.raises(CaseMissing):
        store.remove(kept.case_id)
    store.add(kept)

    assert [line["id"] for line in store.list()] == [kept.case_id]


def test_lines_written_by_hand_stay(tmp_path: Path) -> None:
    line = {"_id": "mine", "text": "运费？", "type": "single", "must_include": ["10元"], "comment": "from the forum"}
    (tmp_path / "queries.jsonl").write_text(json.dumps(line, ensure_ascii=False) + "\n", encoding="utf-8")

    CaseStore(tmp_path).add(CASE)

    assert CaseStore(tmp_path).list()[0] == line


def test_many_at_once_are_all_kept(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda number: CaseStore(tmp_path).add(TestCase(f"Q{number}", "unanswerable")), range(24)))

    assert len(CaseStore(tmp_path).list()) == 24


@pytest.mark.parametrize(
    ("text", "kind", "words"),
    [
        (" ", "unanswerable", ()),
        ("问", "single", ()),
        ("问", "false_premise", ()),
        ("问", "single", ((" ",),)),
        ("问", "single", ((),)),
    ],
)
def test_a_case_that_could_not_be_judged_is_refused(text: str, kind: str, words: tuple[tuple[str, ...], ...]) -> None:
    with pytest.raises(ValueError, match="Expected"):
        TestCase(text, kind, (), words)  # type: ignore[arg-type]


def test_runs_are_named_by_their_folder_and_a_broken_one_says_why(tmp_path: Path) -> None:
    (tmp_path / "good").mkdir()
    result = {"format": 1, "set": "own", "settings": {"seed": 1}, "sections": []}
    (tmp_path / "good" / "result.json").write_text(json.dumps(result))
    (tmp_path / "bad").mkdir()
    (tmp_path / "bad" / "result.json").write_text("{")
    runs = EvaluationRuns(tmp_path)

    lines = {line["name"]: line["fault"] for line in runs.list()}

    assert lines["good"] is None
    assert "not JSON" in lines["bad"]
    assert runs.get("good")["set"] == "own"
    with pytest.raises(ResultUnreadable):
        runs.get("bad")
    with pytest.raises(ResultsDiffer):
        runs.compare("good", "good")


def test_looking_at_runs_draws_no_interval_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    result = result_of(question_of("q1", right=True), question_of("q2", right=False))
    write_result(result, tmp_path / "one")
    expected = json.loads(json.dumps(result.summary()))
    monkeypatch.setattr("app.evaluation.measures.bootstrap_interval", lambda *_, **__: 1 / 0)
    monkeypatch.setattr("app.evaluation.measures.wilson_interval", lambda *_, **__: 1 / 0)
    runs = EvaluationRuns(tmp_path)

    (line,) = runs.list()

    assert line["sections"] == expected["sections"]
    assert [question["id"] for question in runs.get("one")["sections"][0]["questions"]] == ["q1", "q2"]
    monkeypatch.setattr("app.evaluation.runs.read_written", lambda _: 1 / 0)
    assert runs.list() == [line], "what has not changed is not read again"


def test_a_run_that_was_written_again_is_read_again(tmp_path: Path) -> None:
    runs = EvaluationRuns(tmp_path)
    write_result(result_of(question_of("q1", right=True)), tmp_path / "one")
    (before,) = runs.list()
    write_result(result_of(question_of("q1", right=False), question_of("q2", right=True)), tmp_path / "one")
    (after,) = runs.list()

    assert before["sections"][0]["figures"][0]["count"] == 1
    assert after["sections"][0]["figures"][0]["count"] == 2


@pytest.mark.parametrize("name", ["none", "..", "../good", ".hidden", "", "a/b", "x" * 300])
def test_no_name_leads_out_of_the_folder(tmp_path: Path, name: str) -> None:
    (tmp_path / "result.json").write_text("{}")

    with pytest.raises(RunMissing):
        EvaluationRuns(tmp_path / "results").get(name)
    assert EvaluationRuns(tmp_path / "results").list() == []
