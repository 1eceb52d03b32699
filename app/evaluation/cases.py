"""Test cases that people keep while they work, in a file that `kefu eval` reads as it stands."""

from __future__ import annotations

import json
import threading
import uuid
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any, Literal

from filelock import FileLock

from app.evaluation.datasets import QUERIES
from app.evaluation.errors import CaseMissing
from app.evaluation.lines import read_distinct
from index.disk import replace_file
from index.text.language import detect

CaseType = Literal["single", "unanswerable", "false_premise"]
_LOCK_S = 10


@dataclass(frozen=True, slots=True)
class TestCase:
    """A question, and what a right answer holds; the fields are those of `datasets.GoldenQuestion`."""

    __test__ = False  # no test of pytest's

    text: str
    type: CaseType
    gold: tuple[str, ...] = ()
    """Documents, any of which is the right source."""
    must_include: tuple[tuple[str, ...], ...] = ()
    """Words that a right answer holds: one alternative of each group."""
    as_of: date | None = None
    case_id: str = ""
    """Made when the case is added."""

    def __post_init__(self) -> None:
        if not self.text.strip():
            raise ValueError("Expected a question that is not blank.")
        if self.type != "unanswerable" and not self.must_include:
            raise ValueError("Expected words that a right answer holds, or the type unanswerable.")
        if any(not group or not all(words.strip() for words in group) for group in self.must_include):
            raise ValueError("Expected words in each group of must_include, found blank ones.")

    def to_dict(self) -> dict[str, Any]:
        """As a line of the file."""
        return {
            "id": self.case_id,
            "text": self.text,
            "type": self.type,
            "language": detect(self.text),
            "gold": list(self.gold),
            "must_include": [list(group) for group in self.must_include],
            **({"as_of": self.as_of.isoformat()} if self.as_of else {}),
        }


class CaseStore:
    """The cases of one installation: `queries.jsonl` in a folder, so `kefu eval FOLDER` runs them.

    Lines that somebody wrote there by hand stay as they are. Safe to share between threads and processes.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._path = folder / QUERIES
        self._mutex = threading.Lock()

    def list(self) -> Sequence[Mapping[str, Any]]:
        """All lines, in the order of the file. Raises `DatasetUnreadable` where it was damaged by hand."""
        return [dict(entry.fields) for entry in read_distinct(self._path)] if self._path.exists() else []

    def add(self, case: TestCase) -> TestCase:
        """Keep a case under a new id, or under its own: who undoes a removal gets the same one back."""
        kept = replace(case, case_id=case.case_id or uuid.uuid4().hex[:12], text=case.text.strip())
        with self._writing():
            lines = [line for line in self.list() if line.get("id") != kept.case_id]
            self._write([*lines, kept.to_dict()])
        return kept

    def remove(self, case_id: str) -> None:
        """Forget a case. Raises `CaseMissing`."""
        with self._writing():
            lines = self.list()
            left = [line for line in lines if line.get("id", line.get("_id")) != case_id]
            if len(left) == len(lines):
                raise CaseMissing(f"There is no test case {case_id[:40]!r}.")
            self._write(left)

    def _write(self, lines: Sequence[Mapping[str, Any]]) -> None:
        replace_file(self._path, "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines).encode())

    @contextmanager
    def _writing(self) -> Iterator[None]:
        """One writer at a time, among threads and among processes."""
        with self._mutex:
            self.folder.mkdir(parents=True, exist_ok=True)
            with FileLock(self.folder / f"{QUERIES}.lock", timeout=_LOCK_S):
                yield
