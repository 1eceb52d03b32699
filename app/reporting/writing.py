"""Reports in a folder: one sub-folder a week, in both languages, as page and as PDF."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from app.reporting.errors import ReportMissing
from app.reporting.page import page_of
from app.reporting.pdf import pdf_of
from app.reporting.report import Report
from app.reporting.words import Language
from index.disk import replace_file

_LANGUAGES: tuple[Language, ...] = ("zh", "en")
_FILE = re.compile(r"report\.(zh|en)\.(html|pdf)")
_NAME = re.compile(r"\d{4}-W\d\d")


def write_report(report: Report, folder: Path, *, console: str = "/console/") -> list[Path]:
    """Write its four files, each in one step, making the folder; returns their paths."""
    target = folder / report.name
    target.mkdir(parents=True, exist_ok=True)
    written = []
    for language in _LANGUAGES:
        page = page_of(report, language, console=console).encode("utf-8", "replace")
        for path, content in (
            (target / f"report.{language}.html", page),
            (target / f"report.{language}.pdf", pdf_of(report, language, console=console)),
        ):
            replace_file(path, content)
            written.append(path)
    return written


class Reports:
    """Those that were written."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def list(self) -> Sequence[Mapping[str, Any]]:
        """Newest week first: its name and its files."""
        if not self._folder.is_dir():
            return []
        found = sorted((path for path in self._folder.iterdir() if _NAME.fullmatch(path.name)), reverse=True)
        return [
            {"name": path.name, "files": sorted(file.name for file in path.iterdir() if _FILE.fullmatch(file.name))}
            for path in found
        ]

    def file(self, name: str, file: str) -> Path:
        """The path of one. Raises `ReportMissing`."""
        path = self._folder / name / file
        if not _NAME.fullmatch(name) or not _FILE.fullmatch(file) or not path.is_file():
            raise ReportMissing(f"There is no report {name[:40]!r} with {file[:40]!r}. `kefu report` writes one.")
        return path
