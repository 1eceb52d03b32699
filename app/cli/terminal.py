"""Text for people and JSON for programs: results on standard output, everything else on standard error."""

from __future__ import annotations

import json
import os
import sys
import unicodedata
from collections.abc import Sequence
from typing import Any, Literal, TextIO

from app.cli.exits import code_of, exit_code_of, message_of


def emit_json(value: Any) -> None:
    """One JSON value on standard output, indented for a terminal."""
    indent = 2 if sys.stdout.isatty() else None
    sys.stdout.write(json.dumps(value, ensure_ascii=False, indent=indent) + "\n")


def emit(text: str = "") -> None:
    """A line on standard output."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def note(text: str) -> None:
    """A line on standard error: what is going on, never the result."""
    sys.stderr.write(f"{text}\n")
    sys.stderr.flush()


def complain(error: BaseException, *, as_json: bool = False) -> int:
    """Tell of an error in one line (and as JSON for who asked for JSON); returns the exit code that fits it."""
    message = message_of(error)
    if as_json:
        emit_json({"error": {"code": code_of(error), "message": message}})
    note(f"{paint('kefu:', 'red', sys.stderr)} {message}")
    return exit_code_of(error)


def language_of(setting: Literal["", "zh", "en"]) -> Literal["zh", "en"]:
    """Which language people at the terminal read: as set, else that of the terminal (LC_ALL, LC_MESSAGES, LANG)."""
    if setting:
        return setting
    locale = next(filter(None, (os.environ.get(name) for name in ("LC_ALL", "LC_MESSAGES", "LANG"))), "")
    return "zh" if locale.lower().startswith("zh") else "en"


def has_colour(stream: TextIO) -> bool:
    """Whether to colour: a terminal, and nobody asked not to (https://no-color.org)."""
    return stream.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


_CODES = {"bold": "1", "dim": "2", "red": "31", "green": "32", "yellow": "33", "cyan": "36"}


def paint(text: str, colour: str, stream: TextIO | None = None) -> str:
    """The text in a colour where the stream shows colours."""
    return f"\x1b[{_CODES[colour]}m{text}\x1b[0m" if has_colour(stream or sys.stdout) else text


def plain(text: str) -> str:
    """Text of a document or a model without control characters, which could rewrite the terminal."""
    return "".join(char if char == "\n" or unicodedata.category(char) not in ("Cc", "Cf") else " " for char in text)


def emit_table(headers: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    """Columns of even width, Chinese characters counted as two; nothing is cut."""
    cells = [[plain(str(cell)).replace("\n", " ") for cell in row] for row in rows]
    widths = [max(map(_width, column)) for column in zip(headers, *cells, strict=True)]
    emit(paint(_aligned(headers, widths), "bold"))
    for row in cells:
        emit(_aligned(row, widths))


def _aligned(cells: Sequence[str], widths: Sequence[int]) -> str:
    padded = (pad(cell, width) for cell, width in zip(cells, widths, strict=True))
    return "  ".join(padded).rstrip()


def pad(text: str, width: int) -> str:
    """With blanks behind it up to a width, Chinese characters counted as two."""
    return text + " " * (width - _width(text))


def _width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in text)
