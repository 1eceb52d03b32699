"""What `kefu eval` left behind, and two of these side by side."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from app.evaluation.comparison import compare
from app.evaluation.errors import ResultUnreadable, RunMissing
from app.evaluation.result import FILE_NAME, EvaluationResult, read_result

_NAME = re.compile(r"[\w.-]{1,200}")


class EvaluationRuns:
    """The results in a folder, one a sub-folder; its name is the name of the run."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def list(self) -> Sequence[Mapping[str, Any]]:
        """Newest first: name, set, settings and figures; a result that cannot be read says why under `fault`."""
        if not self._folder.is_dir():
            return []
        files = sorted(self._folder.glob(f"*/{FILE_NAME}"), key=lambda file: file.stat().st_mtime, reverse=True)
        return [self._line(file.parent) for file in files]

    def get(self, name: str) -> Mapping[str, Any]:
        """One with its questions. Raises `RunMissing` or `ResultUnreadable`."""
        return {"name": name, **self._read(name).to_dict()}

    def compare(self, first: str, second: str) -> Mapping[str, Any]:
        """Question by question: what changed, what was won and lost, and whether it is chance.

        Raises `RunMissing`, `ResultUnreadable`, or `ResultsDiffer` when they have no question in common.
        """
        return compare(self._read(first), self._read(second)).to_dict()

    def _read(self, name: str) -> EvaluationResult:
        folder = self._folder / name
        if not _NAME.fullmatch(name) or name.startswith(".") or not (folder / FILE_NAME).is_file():
            raise RunMissing(f"There is no result {name[:100]!r}. `kefu eval FOLDER` makes one.")
        return read_result(folder)

    def _line(self, folder: Path) -> Mapping[str, Any]:
        try:
            return {"name": folder.name, **read_result(folder).summary(), "fault": None}
        except ResultUnreadable as error:
            return {"name": folder.name, "set": "", "settings": {}, "sections": [], "fault": error.message}
