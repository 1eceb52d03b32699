import json

import pytest

from app.cli.terminal import complain, emit_table, paint, plain
from app.sizes import human_bytes
from index.errors import QuestionEmpty, StoreMissing


def test_columns_line_up_with_chinese_in_them(capsys: pytest.CaptureFixture[str]) -> None:
    emit_table(("name", "n"), [("退货", 1), ("abcd", 2)])

    assert capsys.readouterr().out.splitlines() == ["name  n", "退货  1", "abcd  2"]


def test_a_document_cannot_send_control_characters_to_the_terminal() -> None:
    assert plain("a\x1b[2Jb\x07\u202ec") == "a [2Jb  c"


def test_colours_are_for_terminals(capsys: pytest.CaptureFixture[str]) -> None:
    assert paint("x", "red") == "x"


@pytest.mark.parametrize(("count", "text"), [(0, "0 B"), (1536, "1.5 KiB"), (2**30, "1.0 GiB"), (2**41, "2048.0 GiB")])
def test_bytes_are_shown_for_people(count: int, text: str) -> None:
    assert human_bytes(count) == text


def test_an_error_is_one_line_and_json_for_who_asked(capsys: pytest.CaptureFixture[str]) -> None:
    code = complain(StoreMissing("There is no index yet."), as_json=True)

    shown = capsys.readouterr()
    assert code == 1
    assert json.loads(shown.out) == {"error": {"code": "store_missing", "message": "There is no index yet."}}
    assert shown.err == "kefu: There is no index yet.\n"


def test_what_the_caller_can_write_differently_is_wrong_usage() -> None:
    assert complain(QuestionEmpty("The question is empty.")) == 2


def test_a_full_disk_says_what_to_do(capsys: pytest.CaptureFixture[str]) -> None:
    assert complain(OSError(28, "No space left on device", "/data/x")) == 1
    assert capsys.readouterr().err == "kefu: No space left on device: /data/x. Free some space and run it again.\n"
