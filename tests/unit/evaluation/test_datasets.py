from datetime import date

import pytest

from app.evaluation.datasets import DatasetUnreadable, read_golden, read_retrieval_set


def test_golden_questions_are_read_in_order(tmp_path):
    path = tmp_path / "q.jsonl"
    path.write_text(
        '{"id":"a","text":"几天？","type":"single","language":"zh","gold":["x"],"must_include":[["7天"]],"as_of":"2026-01-02"}\n'
        "\n"
        '{"_id":"b","text":"hi","type":"unanswerable","lang":"en"}\n',
        encoding="utf-8",
    )

    first, second = read_golden(path)

    assert (first.question_id, first.gold, first.must_include, first.as_of) == (
        "a",
        ("x",),
        (("7天",),),
        date(2026, 1, 2),
    )
    assert (second.question_id, second.is_answerable) == ("b", False)


@pytest.mark.parametrize("content", ["{", '{"id":"a"}', '{"id":"a","text":"x","type":"single","as_of":"tomorrow"}'])
def test_a_bad_line_is_named(tmp_path, content):
    path = tmp_path / "q.jsonl"
    path.write_text(content, encoding="utf-8")

    with pytest.raises(DatasetUnreadable, match="line 1"):
        read_golden(path)


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(DatasetUnreadable, match=r"none\.jsonl"):
        read_golden(tmp_path / "none.jsonl")


def test_a_retrieval_folder_keeps_the_judged_queries(tmp_path):
    (tmp_path / "queries.jsonl").write_text('{"_id":"q1","text":"a"}\n{"_id":"q2","text":"b"}\n')
    (tmp_path / "qrels.tsv").write_text("query-id\tcorpus-id\tscore\nq1\td1\t1\nq1\td2\t2\n")

    data = read_retrieval_set(tmp_path)

    assert data.queries == {"q1": "a"}
    assert data.qrels == {"q1": {"d1": 1, "d2": 2}}
