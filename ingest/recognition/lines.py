"""What was read in a picture: lines with their place and how sure they are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

Box = tuple[float, float, float, float]
"""Left, top, right and bottom; y grows downwards."""


@dataclass(frozen=True, slots=True)
class RecognizedLine:
    """Words that stand on one line without a wide gap."""

    text: str
    confidence: float
    """Mean probability of its characters, in [0, 1]."""
    box: Box
    """In pixels of the picture as it is shown (its own note on orientation followed)."""
    straight: Box
    """Where it would stand if the picture were turned and tilted until its lines were level, in the same pixels; for
    reading order alone."""


@dataclass(frozen=True, slots=True)
class Recognition:
    """All lines of a picture, in reading order.

    `rows` holds, for each line, the number of the row that it stands on (from 0, never falling): lines of one row
    stand level, from left to right, as the cells of a table do.
    """

    width: int
    """Of the picture as it is shown, in pixels (as `height`)."""
    height: int
    lines: tuple[RecognizedLine, ...] = ()
    rows: tuple[int, ...] = ()
    turned: int = 0
    """By how much it lies on its side or head: 0, 90, 180 or 270 degrees, clockwise."""
    warnings: tuple[str, ...] = ()

    @property
    def straight_size(self) -> tuple[float, float]:
        """Width and height of the picture once it is turned upright."""
        return (self.height, self.width) if self.turned in (90, 270) else (self.width, self.height)

    @property
    def confidence(self) -> float:
        """Mean over the characters; 0 without any."""
        count = sum(len(line.text) for line in self.lines)
        return sum(line.confidence * len(line.text) for line in self.lines) / count if count else 0.0

    @property
    def text(self) -> str:
        """A line a row; what stands apart on one row is set off by two spaces."""
        return "\n".join("  ".join(line.text for line in row) for row in self.in_rows())

    def in_rows(self) -> list[list[RecognizedLine]]:
        """The lines, row by row."""
        found: dict[int, list[RecognizedLine]] = {}
        for line, row in zip(self.lines, self.rows, strict=True):
            found.setdefault(row, []).append(line)
        return list(found.values())

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return {
            "size": [self.width, self.height],
            "lines": [[line.text, line.confidence, line.box, line.straight] for line in self.lines],
            "rows": self.rows,
            "turned": self.turned,
            "warnings": self.warnings,
        }

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Recognition:
        """The inverse of `to_dict`. Raises KeyError, TypeError or ValueError for anything else."""
        width, height = values["size"]
        lines = tuple(
            RecognizedLine(str(text), float(confidence), _box(box), _box(straight))
            for text, confidence, box, straight in values["lines"]
        )
        rows = tuple(int(row) for row in values["rows"])
        if len(rows) != len(lines):
            raise ValueError("Expected as many rows as lines.")
        warnings = tuple(str(warning) for warning in values["warnings"])
        return cls(int(width), int(height), lines, rows, int(values["turned"]), warnings)


def _box(values: Sequence[float]) -> Box:
    left, top, right, bottom = (float(value) for value in values)
    return left, top, right, bottom
