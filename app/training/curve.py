"""The course of a training run as a CSV and a picture, each whole or not at all."""

from __future__ import annotations

import csv
import io
import math
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from xml.sax.saxutils import escape

Points = Sequence[tuple[float, float]]
_WIDTH, _HEIGHT, _LEFT, _RIGHT, _TOP, _BOTTOM = 720, 320, 56, 16, 44, 40
_COLOURS = ("#2f6f4f", "#c2571a", "#3b5b92")
_TICKS = 4


def write_curve(folder: Path, series: Mapping[str, Points], *, title: str, along: str = "epoch") -> None:
    """Write `curve.csv` (a column a series) and `curve.svg` into a folder that is there.

    Each series has its own scale in the picture: a loss and a share do not share one.
    """
    places = sorted({x for points in series.values() for x, _ in points})
    known = {name: dict(points) for name, points in series.items()}
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow([along, *series])
    for x in places:
        values = (known[name].get(x, math.nan) for name in series)
        writer.writerow([f"{x:g}", *("" if math.isnan(value) else f"{value:.6g}" for value in values)])
    write_whole(folder / "curve.csv", text.getvalue())
    write_whole(folder / "curve.svg", draw(series, title=title, along=along))


def draw(series: Mapping[str, Points], *, title: str, along: str) -> str:
    """An SVG picture; axes alone where there is nothing to show."""
    last = max((x for points in series.values() for x, _ in points), default=1) or 1
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {_HEIGHT}" font-family="sans-serif" '
        f'font-size="12" role="img"><title>{escape(title)}</title>',
        f'<rect width="{_WIDTH}" height="{_HEIGHT}" fill="#fff"/>',
        f'<text x="{_LEFT}" y="18" font-size="14">{escape(title)}</text>',
    ]
    for number in range(_TICKS + 1):
        x, y = _LEFT + (_WIDTH - _LEFT - _RIGHT) * number / _TICKS, _TOP + (_HEIGHT - _TOP - _BOTTOM) * number / _TICKS
        parts.append(f'<line x1="{_LEFT}" x2="{_WIDTH - _RIGHT}" y1="{y:.1f}" y2="{y:.1f}" stroke="#ddd"/>')
        parts.append(f'<text x="{x:.1f}" y="{_HEIGHT - 20}" text-anchor="middle">{last * number / _TICKS:.3g}</text>')
    parts.append(f'<text x="{_WIDTH / 2}" y="{_HEIGHT - 4}" text-anchor="middle">{escape(along)}</text>')
    for at, (name, points) in enumerate(series.items()):
        parts += _line(name, [(x, y) for x, y in points if math.isfinite(y)], last, at)
    return "\n".join([*parts, "</svg>", ""])


def _line(name: str, points: Points, last: float, at: int) -> list[str]:
    colour = _COLOURS[at % len(_COLOURS)]
    values = [y for _, y in points]
    low, high = (min(values), max(values)) if values else (0.0, 1.0)
    label = f"{name} ({low:.3g} … {high:.3g})" if values else name
    high = high if high > low else low + 1
    span = _HEIGHT - _TOP - _BOTTOM
    line = " ".join(
        f"{_LEFT + (_WIDTH - _LEFT - _RIGHT) * x / last:.1f},{_TOP + span * (high - y) / (high - low):.1f}"
        for x, y in points
    )
    return [
        f'<text x="{_LEFT + 210 * at}" y="36" fill="{colour}">{escape(label)}</text>',
        f'<polyline fill="none" stroke="{colour}" stroke-width="1.8" points="{line}"/>',
    ]


def write_whole(path: Path, text: str) -> None:
    """Write a file so that nobody ever sees half of it."""
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    beside.write_text(text, encoding="utf-8")
    beside.replace(path)
