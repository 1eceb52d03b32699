"""JSON Lines in and out: one output line for each input line, in order, whatever an input line holds."""

from __future__ import annotations

import json
import os
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

import typer

from app.cli.exits import REFUSED, code_of, message_of
from index.errors import InputError, KefuError

Identifier = str | int


class LineInvalid(InputError):
    """An input line is not what the command takes."""

    code = "line_invalid"


@dataclass(frozen=True, slots=True)
class Line:
    """One input line that could be read."""

    id: Identifier
    fields: Mapping[str, Any]

    def text(self, name: str = "text") -> str:
        """The string under `name`. Raises `LineInvalid`."""
        value = self.fields.get(name)
        if not isinstance(value, str):
            raise LineInvalid(f'Expected a string under "{name}".')
        return value

    def listed(self, name: str) -> list[Any] | None:
        """The list under `name`; None when there is none. Raises `LineInvalid`."""
        value = self.fields.get(name)
        if value is not None and not isinstance(value, list):
            raise LineInvalid(f'Expected a list under "{name}".')
        return value


@dataclass(frozen=True, slots=True)
class BadLine:
    """One input line that could not be read, with its id where that much was legible."""

    id: Identifier | None
    error: LineInvalid


def read_lines(stream: Iterable[bytes]) -> Iterator[Line | BadLine]:
    """Lines in order; blank ones are passed over, bad ones come as `BadLine`."""
    for number, raw in enumerate(stream, start=1):
        body = raw.removeprefix(b"\xef\xbb\xbf") if number == 1 else raw
        if body.strip():
            yield _parsed(body, number)


def run_batch(
    source: str,
    target: str,
    serve: Callable[[Line], Mapping[str, Any]],
    *,
    ahead: Callable[[list[str]], None],
    label: str,
) -> None:
    """Serve each line of `source` and write the results to `target` in one step at the end.

    `serve` returns the result without its id, or raises a `KefuError`, which becomes the line's `error`. `ahead` sees
    the texts of the next lines before they are served, so that work can be done for many at once.
    Exits 3 when any line was refused.
    """
    from app.cli.progress import Progress

    refused = 0
    with _opened(source) as incoming, written(target) as outgoing, Progress(label) as progress:
        size = 1 if source == target == "-" else 32  # a program at both ends may wait for each answer
        for window in _windows(read_lines(incoming), size):
            texts = [line.fields.get("text") for line in window if isinstance(line, Line)]
            ahead([text for text in texts if isinstance(text, str)])
            for line in window:
                result = _result(line, serve)
                refused += "error" in result
                write_line(outgoing, result)
                progress.advance()
            if target == "-":
                outgoing.flush()
        progress.finish(f"{progress.done} lines, {refused} refused")
    if refused:
        raise typer.Exit(REFUSED)


@contextmanager
def written(target: str) -> Iterator[BinaryIO]:
    """A file to write: it takes its name only when everything is in it; "-" is standard output."""
    if target == "-":
        yield sys.stdout.buffer
        sys.stdout.buffer.flush()
        return
    path = Path(target)
    handle, name = tempfile.mkstemp(prefix=f".{path.name}.", suffix=".part", dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as stream:
            yield stream
            stream.flush()
            os.fsync(stream.fileno())
        mask = os.umask(0)
        os.umask(mask)
        Path(name).chmod(0o666 & ~mask)  # as any other new file, not the temporary file's owner-only mode
        Path(name).replace(path)
    except BaseException:
        with suppress(FileNotFoundError):
            Path(name).unlink()
        raise


def write_line(stream: BinaryIO, value: Mapping[str, Any]) -> None:
    """A value as one line of JSON."""
    stream.write(json.dumps(value, ensure_ascii=False).encode() + b"\n")


@contextmanager
def _opened(source: str) -> Iterator[BinaryIO]:
    if source == "-":
        yield sys.stdin.buffer
        return
    with Path(source).open("rb") as stream:
        yield stream


def _parsed(body: bytes, number: int) -> Line | BadLine:
    try:
        value = json.loads(body.decode("utf-8"))
        json.dumps(value, ensure_ascii=False).encode("utf-8")
    except UnicodeError:
        return BadLine(None, LineInvalid(f"Line {number} is not UTF-8 text."))
    except json.JSONDecodeError as error:
        return BadLine(None, LineInvalid(f"Line {number} is not JSON: {error.msg} at column {error.colno}."))
    except (RecursionError, ValueError):
        return BadLine(
            None, LineInvalid(f"Line {number} is JSON that is nested too deeply or holds a number too long.")
        )
    if not isinstance(value, dict):
        return BadLine(None, LineInvalid(f'Line {number} is not a JSON object such as {{"id": "1", "text": "…"}}.'))
    identifier = value.get("id")
    if isinstance(identifier, bool) or not isinstance(identifier, str | int):
        return BadLine(None, LineInvalid(f'Line {number} has no "id" that is a string or a whole number.'))
    return Line(identifier, value)


def _result(line: Line | BadLine, serve: Callable[[Line], Mapping[str, Any]]) -> dict[str, Any]:
    if isinstance(line, BadLine):
        return _refusal(line.id, line.error)
    try:
        return {"id": line.id, **serve(line)}
    except KefuError as error:
        return _refusal(line.id, error)
    except Exception as error:  # one line must not end the batch
        import logging

        logging.getLogger(__name__).debug("line %r failed", line.id, exc_info=True)
        return _refusal(line.id, error)


def _refusal(identifier: Identifier | None, error: Exception) -> dict[str, Any]:
    return {"id": identifier, "error": {"code": code_of(error), "message": message_of(error)}}


def _windows(lines: Iterable[Line | BadLine], size: int) -> Iterator[list[Line | BadLine]]:
    window: list[Line | BadLine] = []
    for line in lines:
        window.append(line)
        if len(window) == size:
            yield window
            window = []
    if window:
        yield window
