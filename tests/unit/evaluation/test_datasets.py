from datetime import date

import pytest

from app.evaluation.datasets import read_golden, read_retrieval_set
from app.evaluation.errors import DatasetUnreadable


def test_golden_questions_are_read_in_order(tmp_path):
    path = tmp_path / "q.jsonl"
    path.write_text(
        '{"id":"a","text":"几天？","type":"single","language":"zh","gold":["x"],"must_include":[["7天"]],"as_of":"2026-01-02"}\n'
        "\n"
        '{"_id":"b","text":"hi","type":"unanswerable","lang":"en"}\n'
        '{"_id":"c","text":"Is it 9 days?","type":"falsepremise","must_include":["7 days"],"answer":"No, 7."}\n',
        encoding="utf-8",
    )

    first, second, third = read_golden(path)

    assert (first.question_id, first.gold, first.must_include, first.as_of) == (
        "a",
        ("x",),
        (("7天",),),
        date(2026, 1, 2),
    )
    assert (second.question_id, second.is_answerable) == ("b", False)
    assert (third.language, third.has_false_premise, third.reference) == ("en", True, "No, 7.")
    assert third.must_include == (("7 days",),)


@pytest.mark.parametrize(
    "content",
    [
        "{",
        '{"id":"a"}',
        '{"id":"a","text":"x"}',
        '{"id":"a","text":"x","type":"unanswerable","as_of":"tomorrow"}',
        '{"id":"a","text":"x","type":"single"}',
    ],
)
def test_a_bad_line_is_named(tmp_path, content):
    path = tmp_path / "q.jsonl"
    path.write_text(content, encoding="utf-8")

    with pytest.raises(DatasetUnreadable, match="line 1"):
        read_golden(path)


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(DatasetUnreadable, match=r"none\.jsonl"):
        read_golden(tmp_path / "none.jsonl")


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "corpus.jsonl").write_text(
        '{"_id":"d1","title":"退货","text":"7天内可退。"}\n{"_id":"d2","title":"","text":"运费自理。"}\n'
        '{"_id":"d3","text":"x"}\n'
    )
    (tmp_path / "queries.jsonl").write_text(
        '{"_id":"q1","text":"几天能退？","type":"single","answers":["7天"]}\n{"_id":"q2","text":"b","lang":"zh"}\n'
    )
    (tmp_path / "qrels.tsv").write_text("query-id\tcorpus-id\tscore\nq1\td1\t1\nq1\td2\t2\n")
    return tmp_path


def test_a_retrieval_folder_keeps_the_judged_queries_and_documents(folder):
    data = read_retrieval_set(folder)

    (question,) = data.questions
    assert (question.question_id, question.text, question.type, question.language) == (
        "q1",
        "几天能退？",
        "single",
        "zh",
    )
    assert question.relevance == {"d1": 1, "d2": 2}
    assert question.answers == ("7天",)
    assert set(data.documents) == {"d1", "d2"}
    assert data.documents["d1"].title == "退货"


def test_a_blank_query_is_left_out_with_a_note(folder):
    (folder / "queries.jsonl").write_text('{"_id":"q1","text":" "}\n{"_id":"q2","text":"b"}\n')
    (folder / "qrels.tsv").write_text("q1\td1\t1\nq2\td2\t1\n")

    data = read_retrieval_set(folder)

    assert [question.question_id for question in data.questions] == ["q2"]
    assert data.notes == ("1 left out: their text is blank (q1).",)


def test_judgements_may_come_without_a_heading(folder):
    (folder / "qrels.tsv").write_text("q2\td3\t1\n\n")

    assert [question.question_id for question in read_retrieval_set(folder).questions] == ["q2"]


@pytest.mark.parametrize(
    ("lines", "told"),
    [
        ("q9\td1\t1", r"qrels\.tsv, line 2: no line of queries\.jsonl has the id q9"),
        ("q1\td9\t1", r"qrels\.tsv, line 2: no line of corpus\.jsonl has the id d9"),
        ("q1 d1 1", r"qrels\.tsv, line 2: expected query-id, corpus-id and score with tabs between, found 'q1 d1 1'"),
        ("q1\td1\tyes", r"qrels\.tsv, line 2: expected a whole number as score, found 'yes'"),
        ("", "judges no query with a text"),
    ],
)
def test_a_bad_judgement_is_told_with_its_line(folder, lines, told):
    (folder / "qrels.tsv").write_text(f"query-id\tcorpus-id\tscore\n{lines}\n")

    with pytest.raises(DatasetUnreadable, match=told):
        read_retrieval_set(folder)


@pytest.mark.parametrize("name", ["corpus.jsonl", "queries.jsonl", "qrels.tsv"])
def test_a_missing_or_garbled_file_of_a_retrieval_folder_is_named(folder, name):
    (folder / name).write_bytes(b"\xff\xfe\x00")
    with pytest.raises(DatasetUnreadable, match=rf"{name}.*UTF-8"):
        read_retrieval_set(folder)

    (folder / name).unlink()
    with pytest.raises(DatasetUnreadable, match=rf"Cannot read .*{name}"):
        read_retrieval_set(folder)
