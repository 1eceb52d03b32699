"""The course of a training run as a CSV and a picture."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from xml.sax.saxutils import escape

from index.disk import replace_file

Points = Sequence[tuple[float, float]]
_WIDTH, _HEIGHT, _LEFT, _RIGHT, _TOP, _BOTTOM = 720, 320, 56, 16, 44, 40
_COLOURS = ("#2f6f4f", "#c2571a", "#3b5b92")
_TICKS = 4
_FEW = 100
"""Points of a series that are marked one by one: of a single one there is no line to be seen."""


def write_curve(folder: Path, series: Mapping[str, Points], *, title: str, along: str = "epoch") -> None:
    """Write `curve.csv` (a column a series) and `curve.svg` into a folder that is there, each whole or not at all.

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
    replace_file(folder / "curve.csv", text.getvalue().encode())
    replace_file(folder / "curve.svg", draw(series, title=title, along=along).encode())


def draw(series: Mapping[str, Points], *, title: str, along: str, has_one_scale: bool = False) -> str:
    """An SVG picture; axes alone where there is nothing to show.

    Args:
        series: points (x, y) by name, ascending; values that are not finite are passed over.
        title: above it.
        along: what x counts.
        has_one_scale: whether all series are of one kind and are drawn on one scale, which then stands beside it.
    """
    shown = {name: [(x, y) for x, y in points if math.isfinite(y)] for name, points in series.items()}
    last = max((x for points in series.values() for x, _ in points), default=1) or 1
    shared = _range([y for points in shown.values() for _, y in points]) if has_one_scale else None
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {_HEIGHT}" font-family="sans-serif" '
        f'font-size="12" role="img"><title>{escape(title)}</title>',
        f'<rect width="{_WIDTH}" height="{_HEIGHT}" fill="#fff"/>',
        f'<text x="{_LEFT}" y="18" font-size="14">{escape(title)}</text>',
    ]
    for number in range(_TICKS + 1):
        x, y = _LEFT + (_WIDTH - _LEFT - _RIGHT) * number / _TICKS, _TOP + (_HEIGHT - _TOP - _BOTTOM) * number / _TICKS
        parts.append(f'<line x1="{_LEFT}" x2="{_WIDTH - _RIGHT}" y1="{y:.1f}" y2="{y:.1f}" stroke="#ddd"/>')
        parts.append(f'<text x="{x:.1f}" y="{_HEIGHT - 20}" text-anchor="middle">{last * number / _TICKS:.6g}</text>')
        if shared is not None:
            value = shared[1] - (shared[1] - shared[0]) * number / _TICKS
            parts.append(f'<text x="{_LEFT - 6}" y="{y + 4:.1f}" text-anchor="end">{value:.3g}</text>')
    parts.append(f'<text x="{_WIDTH / 2}" y="{_HEIGHT - 4}" text-anchor="middle">{escape(along)}</text>')
    for at, (name, points) in enumerate(shown.items()):
        parts += _line(name, points, last, shared or _range([y for _, y in points]), at)
    return "\n".join([*parts, "</svg>", ""])


def _range(values: Sequence[float]) -> tuple[float, float]:
    low, high = (min(values), max(values)) if values else (0.0, 1.0)
    return (low, high) if high > low else (low - 0.5, high + 0.5)


def _line(name: str, points: Points, last: float, scale: tuple[float, float], at: int) -> list[str]:
    colour, (low, high) = _COLOURS[at % len(_COLOURS)], scale
    values = [y for _, y in points]
    label = f"{name} ({min(values):.3g} … {max(values):.3g})" if values else name
    places = [
        (
            _LEFT + (_WIDTH - _LEFT - _RIGHT) * x / last,
            _TOP + (_HEIGHT - _TOP - _BOTTOM) * (high - y) / (high - low),
        )
        for x, y in points
    ]
    line = " ".join(f"{x:.1f},{y:.1f}" for x, y in places)
    marks = places if len(places) <= _FEW else []
    return [
        f'<text x="{_LEFT + 210 * at}" y="36" fill="{colour}">{escape(label)}</text>',
        f'<polyline fill="none" stroke="{colour}" stroke-width="1.8" points="{line}"/>',
        *(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="2.5" fill="{colour}"/>' for x, y in marks),
    ]
