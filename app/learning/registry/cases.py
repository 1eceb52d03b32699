"""Fixed sets as files: JSON Lines that a company keeps apart from everything that is trained on."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any

from app.learning.registry.errors import CandidateUnusable
from app.learning.registry.measuring import Case
from index.text.language import detect

EITHER = " || "
"""Divides the ways in which a fact can be said."""


def labelled_cases(paths: Sequence[Path]) -> list[Case]:
    """{"text", "intent"} a line; the type of a case is its intent. Raises `CandidateUnusable` for a broken line."""
    return [
        Case(f"{path.stem}:{number}", row["text"], (row["intent"],), detect(row["text"]), row["intent"])
        for path, number, row in _rows(paths, ("text", "intent"))
    ]


def ranked_cases(paths: Sequence[Path]) -> list[Case]:
    """{"text", "right": [id, …], "type"?} a line: what has to be among the first results.

    `gold` will do for `right`, as in the test cases that people keep; those without a right source are passed over.
    """
    return [
        Case(
            f"{path.stem}:{number}",
            row["text"],
            tuple(map(str, right)),
            detect(row["text"]),
            str(row.get("type", "question")),
        )
        for path, number, row in _rows(paths, ("text",), ("right", "gold"))
        if isinstance(right := row.get("right", row.get("gold")), list) and right
    ]


def answered_cases(paths: Sequence[Path]) -> list[Case]:
    """{"text", "facts": [words, …], "type"?} a line: what an answer has to say; no facts where it has to decline.

    `must_include` will do for `facts`, as in the test cases that people keep: groups, of each of which one has to be
    said. A fact of several ways to say it is one text, the ways divided by `EITHER`.
    """
    return [
        Case(
            f"{path.stem}:{number}",
            row["text"],
            facts,
            detect(row["text"]),
            str(row.get("type") or ("answerable" if facts else "unanswerable")),
        )
        for path, number, row in _rows(paths, ("text",), ("facts", "must_include"))
        if (facts := _facts(row.get("facts", row.get("must_include")))) is not None
    ]


def drawn(cases: Sequence[Case], most: int) -> list[Case]:
    """At most so many, always the same ones of the same set, in turn from each language and type; in their order."""
    parts: dict[tuple[str, str], list[int]] = {}
    for at in sorted(range(len(cases)), key=lambda at: sha256(cases[at].text.encode()).digest()):
        parts.setdefault((cases[at].language, cases[at].type), []).append(at)
    chosen: list[int] = []
    while len(chosen) < most and any(parts.values()):
        chosen += [part.pop() for part in parts.values() if part]
    return [cases[at] for at in sorted(chosen[:most])]


def _facts(told: Any) -> tuple[str, ...] | None:
    if not isinstance(told, list):
        return None
    return tuple(EITHER.join(map(str, fact)) if isinstance(fact, list) else str(fact) for fact in told)


def _rows(
    paths: Sequence[Path], keys: Sequence[str], either: Sequence[str] = ()
) -> Iterator[tuple[Path, int, dict[str, Any]]]:
    """All `keys`, and one of `either` where there are any."""
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
            is_whole = is_whole and (not either or any(key in row for key in either))
            if not is_whole or not row["text"].strip():
                wanted = " and ".join([*keys, *([" or ".join(either)] if either else [])])
                raise CandidateUnusable(
                    f"Line {number} of the fixed set {path.name} is not JSON with {wanted}. Mend it."
                )
            yield path, number, row
