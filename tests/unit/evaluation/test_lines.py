from datetime import date

import pytest

from app.evaluation.errors import DatasetUnreadable
from app.evaluation.lines import Entry, read_distinct, read_entries


def entry(tmp_path, **fields):
    return Entry(tmp_path / "q.jsonl", 3, fields)


def test_lines_are_read_in_order_and_blank_ones_passed_over(tmp_path):
    path = tmp_path / "q.jsonl"
    path.write_bytes(b'\xef\xbb\xbf{"id": 1}\r\n\r\n  \n{"_id": "b", "id": "c"}')

    assert [(found.number, found.id) for found in read_entries(path)] == [(1, "1"), (4, "b")]


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"{\n", "line 1: not JSON"),
        (b'{"id": 1}\n{"id": 2, "text": }\n', "line 2: not JSON"),
        (b"[1]\n", "line 1: expected a JSON object, found"),
        (b'{"id": "\xff"}\n', "line 1: not UTF-8"),
        (b'{"id": "\\ud800"}\n', "line 1: not UTF-8"),
        (b"[" * 100_000, "line 1: JSON that is nested too deeply"),
    ],
)
def test_a_broken_line_is_told_with_file_and_number(tmp_path, content, told):
    path = tmp_path / "q.jsonl"
    path.write_bytes(content)

    with pytest.raises(DatasetUnreadable) as caught:
        list(read_entries(path))
    assert str(path) in caught.value.message
    assert told in caught.value.message
    assert len(caught.value.message) < 400


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(DatasetUnreadable, match=r"none\.jsonl"):
        list(read_entries(tmp_path / "none.jsonl"))


def test_two_lines_of_one_id_are_told_with_both_numbers(tmp_path):
    path = tmp_path / "q.jsonl"
    path.write_text('{"id": "a"}\n{"id": "b"}\n{"id": "a"}\n')

    with pytest.raises(DatasetUnreadable, match="line 3: the id a stands on line 1 already"):
        read_distinct(path)


def test_values_are_had_by_kind(tmp_path):
    found = entry(
        tmp_path,
        text="问题",
        lang="zh",
        gold=["a"],
        as_of="2026-01-02",
        answer=["东盟", ["4次", "四次"]],
        single="12人",
    )

    assert found.text("language", "lang") == "zh"
    assert found.text_or_none("note") is None
    assert found.texts("gold") == ("a",)
    assert found.texts("absent") == ()
    assert found.day("as_of") == date(2026, 1, 2)
    assert found.groups("answer") == (("东盟",), ("4次", "四次"))
    assert found.groups("single") == (("12人",),)
    assert found.groups("absent") == ()


@pytest.mark.parametrize(
    ("fields", "ask"),
    [
        ({}, lambda found: found.id),
        ({"id": ["x"]}, lambda found: found.id),
        ({}, lambda found: found.text("text")),
        ({"text": "  "}, lambda found: found.text("text")),
        ({"text": 5}, lambda found: found.text("text")),
        ({"gold": "a"}, lambda found: found.texts("gold")),
        ({"gold": [1]}, lambda found: found.texts("gold")),
        ({"answer": {}}, lambda found: found.groups("answer")),
        ({"answer": [[]]}, lambda found: found.groups("answer")),
        ({"answer": [""]}, lambda found: found.groups("answer")),
        ({"as_of": "tomorrow"}, lambda found: found.day("as_of")),
        ({"as_of": 5}, lambda found: found.day("as_of")),
    ],
)
def test_a_value_of_the_wrong_kind_is_told_with_what_was_found(tmp_path, fields, ask):
    with pytest.raises(DatasetUnreadable, match=r"q\.jsonl, line 3: expected .*, found "):
        ask(entry(tmp_path, **fields))
