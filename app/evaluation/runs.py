"""What `kefu eval` left behind, and two of these side by side."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from app.evaluation.comparison import compare
from app.evaluation.errors import ResultUnreadable, RunMissing
from app.evaluation.result import FILE_NAME, read_result, read_written

_NAME = re.compile(r"[\w.-]{1,200}")


class EvaluationRuns:
    """The results in a folder, one a sub-folder; its name is the name of the run."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._lines: dict[Path, tuple[tuple[int, int], Mapping[str, Any]]] = {}
        """Of each file, with its time and size when it was read."""

    def list(self) -> Sequence[Mapping[str, Any]]:
        """Newest first: name, set, settings and figures; a result that cannot be read says why under `fault`."""
        if not self._folder.is_dir():
            return []
        files = sorted(self._folder.glob(f"*/{FILE_NAME}"), key=lambda file: file.stat().st_mtime, reverse=True)
        return [self._line(file.parent) for file in files]

    def get(self, name: str) -> Mapping[str, Any]:
        """One with its questions. Raises `RunMissing` or `ResultUnreadable`."""
        return {"name": name, **read_written(self._found(name))}

    def compare(self, first: str, second: str) -> Mapping[str, Any]:
        """Question by question: what changed, what was won and lost, and whether it is chance.

        Raises `RunMissing`, `ResultUnreadable`, or `ResultsDiffer` when they have no question in common.
        """
        return compare(read_result(self._found(first)), read_result(self._found(second))).to_dict()

    def _found(self, name: str) -> Path:
        folder = self._folder / name
        if not _NAME.fullmatch(name) or name.startswith(".") or not (folder / FILE_NAME).is_file():
            raise RunMissing(f"There is no result {name[:100]!r}. `kefu eval FOLDER` makes one.")
        return folder

    def _line(self, folder: Path) -> Mapping[str, Any]:
        file = folder / FILE_NAME
        stat = file.stat()
        as_it_is = (stat.st_mtime_ns, stat.st_size)
        if (known := self._lines.get(file)) is not None and known[0] == as_it_is:
            return known[1]
        line = self._summary(folder)
        self._lines[file] = (as_it_is, line)
        return line

    def _summary(self, folder: Path) -> Mapping[str, Any]:
        try:
            body = read_written(folder)
            sections = [{key: value for key, value in part.items() if key != "questions"} for part in body["sections"]]
            line = {"set": body["set"], "settings": body["settings"], "sections": sections}
            return {"name": folder.name, **line, "fault": None}
        except ResultUnreadable as error:
            return {"name": folder.name, "set": "", "settings": {}, "sections": [], "fault": error.message}
