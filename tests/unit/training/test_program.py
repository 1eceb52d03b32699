"""The programs that make the shipped weights say in a line what they cannot use, before they begin."""

from __future__ import annotations

import argparse
import importlib
import json

import pytest

from app.training.program import existing_file, existing_folder, new_file, run
from index.errors import InputError


def test_a_path_is_looked_at_before_anything_is_read(tmp_path):
    file = tmp_path / "questions.jsonl"
    file.write_text("", encoding="utf-8")

    assert existing_file(str(file)) == file
    assert existing_folder(str(tmp_path)) == tmp_path
    assert new_file(str(tmp_path / "weights")) == tmp_path / "weights"
    for looked_at, path, told in (
        (existing_file, tmp_path / "none", "not there"),
        (existing_file, tmp_path, "a folder, not a file"),
        (existing_folder, tmp_path / "none", "not there"),
        (existing_folder, file, "a file, not a folder"),
        (new_file, tmp_path, "name a file"),
        (new_file, tmp_path / "none" / "weights", "make it first"),
    ):
        with pytest.raises(argparse.ArgumentTypeError, match=told):
            looked_at(str(path))


@pytest.mark.parametrize(
    ("program", "given"),
    [
        ("answerability", ["none.jsonl"]),
        ("claim_report", ["--corpus", "none"]),
        ("claims", ["--out", "weights", "--corpus", "none"]),
        ("reader", ["--out", "none/weights"]),
        ("reader", ["--out", "weights", "--snippets", "none.jsonl"]),
        ("sentence_scorer", ["--out", "weights", "--corpus", "none"]),
        ("squad_corpus", ["--out", "corpus", "none.json"]),
        ("token_codes", ["--out", "weights", "--corpus", "none"]),
    ],
)
def test_a_program_ends_at_once_when_a_path_is_not_there(program, given, monkeypatch, capsys):
    main = importlib.import_module(f"app.training.{program}").main
    monkeypatch.setattr("sys.argv", [program, *given])

    with pytest.raises(SystemExit) as ended:
        main()

    assert ended.value.code == 2
    told = capsys.readouterr().err
    assert "none" in told
    assert "not there" in told
    assert "Traceback" not in told


@pytest.mark.parametrize(
    ("fault", "told"),
    [
        (InputError("The set is empty."), "Error: The set is empty."),
        (FileNotFoundError(2, "No such file", "none"), "'none'"),
        (
            KeyError("positive"),
            "there is no 'positive' in a line that was given",
        ),
        (UnicodeDecodeError("utf-8", b"\xb0\xa1", 0, 1, "invalid start byte"), "not UTF-8: 'utf-8' codec can't decode"),
    ],
)
def test_what_a_program_cannot_use_is_told_in_a_line(fault, told):
    def fail() -> None:
        raise fault

    with pytest.raises(SystemExit) as ended:
        run(fail)

    assert told in str(ended.value.code)


def test_a_broken_line_is_quoted():
    with pytest.raises(SystemExit, match=r"not JSON.*positive"):
        run(lambda: json.loads('{"positive": '))
