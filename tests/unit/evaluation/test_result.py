import json

import pytest

from app.evaluation.errors import ResultUnreadable
from app.evaluation.result import read_result, write_result
from tests.unit.evaluation.samples import question_of, result_of


def test_a_result_comes_back_as_it_was_written(tmp_path):
    result = result_of(question_of("q1", right=True), question_of("q2", right=False))

    path = write_result(result, tmp_path / "new" / "folder")

    assert read_result(path) == read_result(path.parent)
    back = read_result(path)
    assert back.sections[0].questions == result.sections[0].questions
    assert back.summary() == result.summary()
    assert "几天内能退" in path.read_text(encoding="utf-8")
    assert [item.name for item in path.parent.iterdir()] == ["result.json"]


def test_figures_are_there_for_all_and_by_type_and_language(tmp_path):
    questions = (
        question_of("q1", right=True),
        question_of("q2", right=False, type="multi", language="en"),
        question_of("q3", right=True, type="multi"),
    )

    body = json.loads(write_result(result_of(*questions), tmp_path).read_text(encoding="utf-8"))

    figures = {figure["name"]: figure for figure in body["sections"][0]["figures"]}
    assert figures["right"]["value"] == pytest.approx(2 / 3)
    assert figures["right"]["count"] == 3
    assert figures["right"]["by_type"]["multi"]["value"] == 0.5
    assert figures["right"]["by_language"]["en"]["value"] == 0.0
    assert "unanswerable_declined" not in figures


def written(tmp_path, **changes):
    path = write_result(result_of(question_of("q1", right=True)), tmp_path)
    body = json.loads(path.read_text(encoding="utf-8"))
    path.write_text(json.dumps({**body, **changes}), encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"format": None}, "is no result of `kefu eval`"),
        ({"format": 9}, "has the format 9, this version reads 1"),
        ({"settings": {}}, "lacks 'seed'"),
        ({"sections": [{}]}, "lacks 'name'"),
        ({"sections": "many"}, "is damaged"),
        ({"sections": None}, "is damaged"),
    ],
)
def test_a_file_that_is_no_result_is_told(tmp_path, changes, told):
    with pytest.raises(ResultUnreadable, match=told):
        read_result(written(tmp_path, **changes))


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"{", r"result\.json is not JSON \(line 1: "),
        (b"[1]", "is no result"),
        (b"\xff", "is not UTF-8"),
        (b"[" * 100_000, "nested too deeply"),
    ],
)
def test_a_file_that_is_not_even_json_is_told(tmp_path, content, told):
    (tmp_path / "result.json").write_bytes(content)

    with pytest.raises(ResultUnreadable, match=told):
        read_result(tmp_path)


def test_a_missing_result_says_what_writes_it(tmp_path):
    with pytest.raises(ResultUnreadable, match=r"Cannot read .*result\.json: .*kefu eval FOLDER"):
        read_result(tmp_path)
