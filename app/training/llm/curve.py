"""The course of a run: a CSV that grows while it runs, with each measurement and checkpoint, and a picture of it."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields
from pathlib import Path

from app.training import curve
from index.disk import replace_file


@dataclass(frozen=True, slots=True)
class Point:
    """What is known after a step."""

    step: int
    """Steps done; 0 is before the first."""
    rate: float
    loss: float | None
    """Mean over what the step learnt; None at 0."""
    held_out: float | None
    """Mean over what is held out; None where it was not measured."""
    preferred: float | None = None
    """Share of the step's pairs whose chosen reply had become likelier; preference only."""
    tokens: int = 0
    """Learnt so far."""


@dataclass(frozen=True, slots=True)
class StepReport:
    """How far a run is: told after each step, and once before the first."""

    step: int
    steps: int
    loss: float | None
    held_out: float | None
    seconds_left: float | None


def write_curve(folder: Path, points: Sequence[Point], *, title: str) -> None:
    """Write `curve.csv`, all that is known in full, and `curve.svg`, each whole or not at all."""
    text = io.StringIO()
    writer = csv.DictWriter(text, [item.name for item in fields(Point)], lineterminator="\n")
    writer.writeheader()
    for point in points:
        writer.writerow({name: "" if value is None else value for name, value in asdict(point).items()})
    replace_file(folder / "curve.csv", text.getvalue().encode())
    replace_file(folder / "curve.svg", draw(points, title=title).encode())


def draw(points: Sequence[Point], *, title: str) -> str:
    """The losses over the steps as an SVG picture; axes alone where there are none."""
    losses = {
        "loss of the step": [(point.step, point.loss) for point in points if point.loss is not None],
        "loss held out": [(point.step, point.held_out) for point in points if point.held_out is not None],
    }
    return curve.draw(losses, title=title, along="steps", has_one_scale=True)
