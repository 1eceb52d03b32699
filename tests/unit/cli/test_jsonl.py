import json
import os
from pathlib import Path
from typing import Any

import pytest
import typer

from app.cli.jsonl import BadLine, Line, read_lines, run_batch, written
from index.errors import QuestionEmpty


def _run(source: Path, target: Path, serve: Any = None, **options: Any) -> list[dict[str, Any]]:
    def echo(line: Line) -> dict[str, Any]:
        return {"said": line.text()}

    try:
        run_batch(str(source), str(target), serve or echo, ahead=options.get("ahead", lambda _: None), label="test")
    finally:
        lines = target.read_text(encoding="utf-8").splitlines() if target.exists() else []
    return [json.loads(line) for line in lines]


def _exit_code(source: Path, target: Path, serve: Any = None) -> int:
    try:
        _run(source, target, serve)
    except typer.Exit as ending:
        return ending.exit_code
    return 0


def test_every_line_has_its_answer_in_order(tmp_path: Path) -> None:
    source, target = tmp_path / "in.jsonl", tmp_path / "out.jsonl"
    source.write_text("".join(json.dumps({"id": f"q{n}", "text": f"问题{n}"}) + "\n" for n in range(100)), "utf-8")

    results = _run(source, target)

    assert results == [{"id": f"q{n}", "said": f"问题{n}"} for n in range(100)]
    assert "问题7" in target.read_text(encoding="utf-8"), "JSON is UTF-8, not ASCII-escaped"


@pytest.mark.parametrize(
    ("raw", "identifier"),
    [
        (b"{nonsense", None),
        (b'["a list"]', None),
        (b'{"text": "no id"}', None),
        (b'{"id": true, "text": "x"}', None),
        (b'{"id": {"a": 1}, "text": "x"}', None),
        (b'{"id": "no-text"}', "no-text"),
        (b'{"id": 7, "text": 5}', 7),
        (b'{"id": "s", "text": "\\ud800"}', None),
        (b"\xff\xfe\x00", None),
        (b"[" * 100_000, None),
        (b'{"id": ' + b"9" * 5000 + b', "text": "x"}', None),
    ],
)
def test_a_line_that_cannot_be_served_says_so_and_the_rest_goes_on(
    tmp_path: Path, raw: bytes, identifier: str | int | None
) -> None:
    source, target = tmp_path / "in.jsonl", tmp_path / "out.jsonl"
    source.write_bytes(b'{"id": "before", "text": "a"}\n' + raw + b'\n{"id": "after", "text": "b"}\n')

    code = _exit_code(source, target)

    results = [json.loads(line) for line in target.read_text(encoding="utf-8").splitlines()]
    assert code == 3
    assert [result["id"] for result in results] == ["before", identifier, "after"]
    assert results[1]["error"]["code"] == "line_invalid"
    assert "\n" not in results[1]["error"]["message"]
    assert results[2]["said"] == "b"


def test_an_expected_failure_keeps_its_code_and_an_unexpected_one_is_internal(tmp_path: Path) -> None:
    source, target = tmp_path / "in.jsonl", tmp_path / "out.jsonl"
    source.write_text('{"id": 1, "text": "empty"}\n{"id": 2, "text": "bug"}\n{"id": 3, "text": "fine"}\n', "utf-8")

    def serve(line: Line) -> dict[str, Any]:
        if line.text() == "empty":
            raise QuestionEmpty("The question is empty.")
        if line.text() == "bug":
            raise ZeroDivisionError("division by zero")
        return {"ok": True}

    assert _exit_code(source, target, serve) == 3
    results = [json.loads(line) for line in target.read_text(encoding="utf-8").splitlines()]
    assert [result.get("error", {}).get("code") for result in results] == ["question_empty", "internal", None]


def test_byte_order_mark_windows_line_ends_and_blank_lines_are_ordinary() -> None:
    raw = [b'\xef\xbb\xbf{"id": "1", "text": "a"}\r\n', b"\r\n", b'{"id": "2", "text": "b"}']

    lines = list(read_lines(raw))

    assert [line.id for line in lines if isinstance(line, Line)] == ["1", "2"]
    assert not any(isinstance(line, BadLine) for line in lines)


def test_the_texts_of_a_window_are_shown_ahead_of_their_turn(tmp_path: Path) -> None:
    source = tmp_path / "in.jsonl"
    source.write_text("".join(json.dumps({"id": n, "text": str(n)}) + "\n" for n in range(40)), "utf-8")
    seen: list[list[str]] = []

    _run(source, tmp_path / "out.jsonl", ahead=seen.append)

    assert [text for window in seen for text in window] == [str(n) for n in range(40)]
    assert len(seen) == 2


def test_an_interrupted_batch_leaves_the_old_result_and_no_litter(tmp_path: Path) -> None:
    source, target = tmp_path / "in.jsonl", tmp_path / "out.jsonl"
    source.write_text('{"id": 1, "text": "a"}\n', encoding="utf-8")
    target.write_text('{"id": "of last time"}\n', encoding="utf-8")

    def interrupted(_: Line) -> dict[str, Any]:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        _run(source, target, interrupted)

    assert target.read_text(encoding="utf-8") == '{"id": "of last time"}\n'
    assert sorted(path.name for path in tmp_path.iterdir()) == ["in.jsonl", "out.jsonl"]


def test_the_result_may_replace_its_own_input(tmp_path: Path) -> None:
    both = tmp_path / "lines.jsonl"
    both.write_text('{"id": 1, "text": "a"}\n', encoding="utf-8")

    assert _run(both, both) == [{"id": 1, "said": "a"}]


def test_a_written_file_has_the_rights_of_any_new_file(tmp_path: Path) -> None:
    mask = os.umask(0o022)
    try:
        with written(str(tmp_path / "out")) as stream:
            stream.write(b"x")
    finally:
        os.umask(mask)

    assert (tmp_path / "out").stat().st_mode & 0o777 == 0o644


def test_an_empty_input_gives_an_empty_output(tmp_path: Path) -> None:
    source, target = tmp_path / "in.jsonl", tmp_path / "out.jsonl"
    source.write_bytes(b"")

    assert _run(source, target) == []
    assert target.read_bytes() == b""
