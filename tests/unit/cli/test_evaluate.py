import json
from pathlib import Path
from typing import Any

import pytest

from app.cli import main

QUERIES = [
    {"_id": "q1", "text": "签收后几天内可以退货？", "type": "single", "must_include": [["7天"]], "gold": ["returns"]},
    {"_id": "q2", "text": "How long do refunds take?", "type": "single", "must_include": [["9 days"]], "gold": ["re"]},
]
CORPUS = [
    {"_id": "returns", "title": "退货", "text": "签收后7天内可以退货。"},
    {"_id": "re", "title": "Refunds", "text": "Refunds take three days."},
]


def _lines(path: Path, rows: list[dict[str, Any]]) -> None:
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")


@pytest.fixture
def shop(workplace: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a search to be judged and answers, and an assistant that answers everything."""
    monkeypatch.setenv("KEFU_ANSWER__MIN_CONFIDENCE", "0")
    monkeypatch.setenv("KEFU_ANSWER__READER", "false")
    folder = workplace / "shop"
    folder.mkdir()
    _lines(folder / "corpus.jsonl", CORPUS)
    _lines(folder / "queries.jsonl", QUERIES)
    (folder / "qrels.tsv").write_text("query-id\tcorpus-id\tscore\nq1\treturns\t1\nq2\tre\t1\n")
    return folder


def test_a_folder_is_evaluated_and_both_files_written(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["eval", "shop", "--mode", "extractive", "--out", "out/today"]) == 0

    shown = capsys.readouterr().out
    assert "Search  2 questions" in shown
    assert "Answers from the documents  2 questions" in shown
    assert "right 50.0% 9.5–90.5 2" in " ".join(shown.split())
    result = json.loads(Path("out/today/result.json").read_text(encoding="utf-8"))
    assert [section["name"] for section in result["sections"]] == ["retrieval", "answers"]
    assert "签收后几天内可以退货" in Path("out/today/result.json").read_text(encoding="utf-8")
    page = Path("out/today/report.html").read_text(encoding="utf-8")
    assert "How long do refunds take?" in page
    assert {path.name for path in Path("out/today").iterdir()} == {"result.json", "report.html"}


def test_json_holds_the_figures_and_where_the_rest_is(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["eval", "run", "shop", "--only", "retrieval", "--json"]) == 0

    body = json.loads(capsys.readouterr().out)
    assert body["sections"][0]["figures"][0]["name"] == "hit@1"
    assert "questions" not in body["sections"][0]
    assert Path(body["result"]).is_file()
    assert Path(body["report"]).is_file()
    assert Path(body["result"]).is_relative_to("var/evaluation/results")


def test_options_may_stand_before_the_folder(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["eval", "--limit", "1", "--only", "answers", "--mode", "extractive", "shop", "--json"]) == 0

    assert json.loads(capsys.readouterr().out)["settings"]["limit"] == 1


def test_documents_that_were_refused_are_told_at_the_end(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    _lines(shop / "corpus.jsonl", [*CORPUS, {"_id": "empty", "title": "x", "text": " "}])

    assert main(["eval", "shop", "--only", "retrieval"]) == 3

    captured = capsys.readouterr()
    assert "hit@1" in captured.out
    assert "refused empty: " in captured.err


def test_two_results_are_compared(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["eval", "shop", "--mode", "extractive", "--out", "a"]) == 0
    (shop / "corpus.jsonl").write_text((shop / "corpus.jsonl").read_text().replace("three days", "9 days"))
    assert main(["eval", "shop", "--mode", "extractive", "--out", "b"]) == 0
    capsys.readouterr()

    assert main(["eval", "compare", "a", "b/result.json"]) == 0
    shown = capsys.readouterr().out
    assert "answers right: won q2; lost none" in shown
    assert "The question files differ" in shown

    assert main(["eval", "compare", "a", "b", "--json"]) == 0
    figures = {(f["section"], f["name"]): f for f in json.loads(capsys.readouterr().out)["figures"]}
    right = figures["answers", "right"]
    assert (right["first"], right["second"], right["difference"], right["p"]) == (0.5, 1.0, 0.5, 1.0)
    assert (right["won"], right["lost"]) == (["q2"], [])


def _broken(folder: Path, name: str, text: str | None) -> None:
    path = folder / name
    if text is None:
        path.unlink()
    else:
        path.write_text(text, encoding="utf-8")


@pytest.mark.parametrize(
    ("name", "text", "told"),
    [
        ("queries.jsonl", '{"_id": "q1"\n', "queries.jsonl, line 1: not JSON"),
        ("queries.jsonl", '{"_id": "q1", "text": 5}\n{"_id": "q2"}\n', 'line 1: expected a string under "text"'),
        ("corpus.jsonl", '{"_id": "returns", "text": "x"}\n5\n', "corpus.jsonl, line 2: expected a JSON object"),
        ("qrels.tsv", "q1\treturns\t1\nq7\tre\t1\n", "qrels.tsv, line 2: no line of queries.jsonl has the id q7"),
        ("qrels.tsv", "q1\tnothing\t1\n", "qrels.tsv, line 1: no line of corpus.jsonl has the id nothing"),
        ("corpus.jsonl", None, "has qrels.tsv but no corpus.jsonl"),
        ("queries.jsonl", None, "has qrels.tsv but no queries.jsonl"),
    ],
)  # fmt: skip
def test_a_fault_in_a_question_set_is_one_line_and_exit_code_2(
    shop: Path, capsys: pytest.CaptureFixture[str], name: str, text: str | None, told: str
) -> None:
    _broken(shop, name, text)

    assert main(["eval", "shop", "--mode", "extractive"]) == 2

    error = capsys.readouterr().err
    assert error.startswith("kefu: ")
    assert told in error
    assert error.count("\n") == 1
    assert not Path("var/evaluation/results").exists()


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["eval", "nowhere"], "nowhere is not there"),
        (["eval", "empty"], "empty holds nothing, and no question set"),
        (["eval", "notes"], "notes holds a.md, and no question set"),
        (["eval", "shop", "--only", "zh_int"], "holds retrieval, answers, not zh_int"),
        (["eval", "shop", "--knowledge", "notes"], "leave --knowledge out"),
        (["eval", "compare", "shop", "shop"], "Cannot read shop/result.json"),
    ],
)
def test_what_cannot_be_evaluated_is_one_line_and_exit_code_2(
    shop: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], told: str
) -> None:
    Path("empty").mkdir()
    Path("notes").mkdir()
    Path("notes/a.md").write_text("x")

    assert main(arguments) == 2

    error = capsys.readouterr().err
    assert told in error
    assert error.count("\n") == 1


def test_results_of_different_sets_are_not_compared(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["eval", "shop", "--only", "retrieval", "--out", "a"]) == 0
    _lines(shop / "queries.jsonl", [{**row, "text": f"{row['text']} 请问"} for row in QUERIES])
    assert main(["eval", "shop", "--only", "retrieval", "--out", "b"]) == 0
    capsys.readouterr()

    assert main(["eval", "compare", "a", "b", "--json"]) == 2
    captured = capsys.readouterr()
    assert json.loads(captured.out)["error"]["code"] == "results_differ"
    assert "no question in common" in captured.err


def test_a_model_that_is_not_there_is_an_error_not_another_figure(
    shop: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["eval", "shop", "--only", "answers", "--mode", "llm"]) == 1
    assert "No language model is ready" in capsys.readouterr().err


@pytest.mark.parametrize(
    "arguments",
    [
        ["eval", "run"],
        ["eval", "shop", "--limit", "0"],
        ["eval", "shop", "--noise", "1.5"],
        ["eval", "shop", "--mode", "loud"],
        ["eval", "shop", "--as-of", "soon"],
        ["eval", "shop", "--out", "shop/qrels.tsv"],
        ["eval", "compare", "shop"],
    ],
)
def test_wrong_usage_ends_with_2_and_no_traceback(
    shop: Path, arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(arguments) == 2
    assert "Traceback" not in capsys.readouterr().err


def test_help_of_the_group_names_both_commands(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["eval", "--help"]) == 0

    shown = capsys.readouterr().out
    assert "run" in shown
    assert "compare" in shown
