"""`docs/scorecard.md`: a table of figures, each with its target, the command that measures it and the day it did."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path

_HEAD = """# Scorecard

Every figure is written by the command beside it; `make eval` and `make bench` run them all. Two cores, no GPU.

| figure | target | measured | met | command | date |
|---|---|---|---|---|---|
"""


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured figure."""

    name: str
    target: str
    measured: str
    is_met: bool
    command: str
    day: date

    @property
    def row(self) -> str:
        """The line of the table."""
        met = "yes" if self.is_met else "**no**"
        cells = [self.name, self.target, self.measured, met, f"`{self.command}`", self.day.isoformat()]
        return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


class Scorecard:
    """Keeps one row per figure, in the order in which they were first noted."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def note(self, *figures: Figure) -> None:
        """Write the figures, replacing earlier measurements of the same name."""
        rows = self._rows()
        rows.update({figure.name: figure.row for figure in figures})
        self._path.parent.mkdir(parents=True, exist_ok=True)
        temporary = self._path.with_suffix(".tmp")
        temporary.write_text(_HEAD + "\n".join(rows.values()) + "\n", encoding="utf-8")
        temporary.replace(self._path)

    def _rows(self) -> dict[str, str]:
        if not self._path.exists():
            return {}
        lines = self._path.read_text(encoding="utf-8").splitlines()
        rows = [line for line in lines if line.startswith("| ") and not line.startswith("| figure ")]
        return {row.split(" | ")[0].removeprefix("| "): row for row in rows}
