"""The course of a run: a CSV that grows while it runs, and a picture of it."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields
from pathlib import Path

_WIDTH, _HEIGHT, _LEFT, _BOTTOM, _TOP = 720, 360, 56, 40, 44
_LEARNT, _HELD = "#2f6f4f", "#c2571a"
_TICKS = 5


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


def write_curve(folder: Path, points: Sequence[Point], *, title: str) -> None:
    """Write `curve.csv` and `curve.svg`, each whole or not at all."""
    text = io.StringIO()
    writer = csv.DictWriter(text, [item.name for item in fields(Point)], lineterminator="\n")
    writer.writeheader()
    for point in points:
        writer.writerow({name: "" if value is None else value for name, value in asdict(point).items()})
    _write(folder / "curve.csv", text.getvalue())
    _write(folder / "curve.svg", draw(points, title=title))


def draw(points: Sequence[Point], *, title: str) -> str:
    """The losses over the steps as an SVG picture; axes alone where there are none."""
    learnt = [(point.step, point.loss) for point in points if point.loss is not None]
    held = [(point.step, point.held_out) for point in points if point.held_out is not None]
    values = [value for _, value in [*learnt, *held] if math.isfinite(value)]
    last = max((point.step for point in points), default=0) or 1
    low, high = (min(values), max(values)) if values else (0.0, 1.0)
    low, high = (low, high) if high > low else (low - 0.5, high + 0.5)

    def place(step: float, value: float) -> tuple[float, float]:
        x = _LEFT + (_WIDTH - _LEFT - 16) * step / last
        return x, _TOP + (_HEIGHT - _TOP - _BOTTOM) * (high - value) / (high - low)

    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{_WIDTH}" height="{_HEIGHT}" '
        f'viewBox="0 0 {_WIDTH} {_HEIGHT}" font-family="sans-serif" font-size="12">',
        f'<rect width="{_WIDTH}" height="{_HEIGHT}" fill="#fff"/>',
        f'<text x="{_LEFT}" y="18" font-size="14">{_escaped(title)}</text>',
        _legend(_LEFT, _LEARNT, "loss of the step"),
        _legend(_LEFT + 150, _HELD, "loss held out"),
    ]
    for number in range(_TICKS + 1):
        value = low + (high - low) * number / _TICKS
        _, y = place(0, value)
        parts.append(f'<line x1="{_LEFT}" x2="{_WIDTH - 16}" y1="{y:.1f}" y2="{y:.1f}" stroke="#ddd"/>')
        parts.append(f'<text x="{_LEFT - 6}" y="{y + 4:.1f}" text-anchor="end">{value:.3g}</text>')
        x, _ = place(last * number / _TICKS, low)
        parts.append(f'<text x="{x:.1f}" y="{_HEIGHT - 20}" text-anchor="middle">{last * number / _TICKS:.0f}</text>')
    parts.append(f'<text x="{_WIDTH / 2}" y="{_HEIGHT - 5}" text-anchor="middle">steps</text>')
    for series, colour in ((learnt, _LEARNT), (held, _HELD)):
        places = [place(step, value) for step, value in series if math.isfinite(value)]
        line = " ".join(f"{x:.1f},{y:.1f}" for x, y in places)
        parts.append(f'<polyline fill="none" stroke="{colour}" stroke-width="1.6" points="{line}"/>')
        if colour == _HELD:
            parts += [f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3" fill="{colour}"/>' for x, y in places]
    return "\n".join([*parts, "</svg>", ""])


def _legend(x: int, colour: str, text: str) -> str:
    return f'<rect x="{x}" y="26" width="12" height="4" fill="{colour}"/><text x="{x + 18}" y="32">{text}</text>'


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _write(path: Path, text: str) -> None:
    aside = path.with_name(f".{path.name}.part")
    aside.write_text(text, encoding="utf-8")
    aside.replace(path)
