"""Fixed sets as files: JSON Lines that a company keeps apart from everything that is trained on."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from app.learning.registry.errors import CandidateUnusable
from app.learning.registry.measuring import Case
from index.text.language import detect


def labelled_cases(paths: Sequence[Path]) -> list[Case]:
    """{"text", "intent"} a line; the type of a case is its intent. Raises `CandidateUnusable` for a broken line."""
    return [
        Case(f"{path.stem}:{number}", row["text"], (row["intent"],), detect(row["text"]), row["intent"])
        for path, number, row in _rows(paths, ("text", "intent"))
    ]


def ranked_cases(paths: Sequence[Path]) -> list[Case]:
    """{"text", "right": [id, …], "type"?} a line: what has to be among the first results."""
    return [
        Case(
            f"{path.stem}:{number}",
            row["text"],
            tuple(map(str, row["right"])),
            detect(row["text"]),
            str(row.get("type", "question")),
        )
        for path, number, row in _rows(paths, ("text", "right"))
        if isinstance(row["right"], list) and row["right"]
    ]


def answered_cases(paths: Sequence[Path]) -> list[Case]:
    """{"text", "facts": [words, …], "type"?} a line: what an answer has to say; no facts where it has to decline."""
    return [
        Case(
            f"{path.stem}:{number}",
            row["text"],
            tuple(map(str, row["facts"])),
            detect(row["text"]),
            str(row.get("type") or ("answerable" if row["facts"] else "unanswerable")),
        )
        for path, number, row in _rows(paths, ("text", "facts"))
        if isinstance(row["facts"], list)
    ]


def _rows(paths: Sequence[Path], keys: Sequence[str]) -> Iterator[tuple[Path, int, dict[str, Any]]]:
    for path in paths:
        if not path.is_file():
            continue
        for number, line in enumerate(path.read_text(encoding="utf-8-sig").splitlines(), start=1):
            if not line.strip():
                continue
            try:
                row = json.loads(line)
            except (ValueError, RecursionError):
                row = None
            is_whole = isinstance(row, dict) and all(key in row for key in keys) and isinstance(row["text"], str)
            if not is_whole or not row["text"].strip():
                raise CandidateUnusable(
                    f"Line {number} of the fixed set {path.name} is not JSON with {' and '.join(keys)}. Mend it."
                )
            yield path, number, row
