"""The weeks of a number as a small picture in SVG, the same on the page and in the file."""

from __future__ import annotations

from app.reporting.report import Line

WIDTH, HEIGHT = 160, 40
_PAD = 4


def sparkline(line: Line, *, ink: str = "#1f6f8b", band: str = "#d3e3e9") -> str:
    """The value of each week, with its interval as a band; "" where no week has a value."""
    known = [(number, week) for number, week in enumerate(line.weeks) if week.value is not None]
    if not known:
        return ""
    values = [end for _, week in known for end in (week.value, week.low, week.high) if end is not None]
    bottom, top = min(values), max(values)
    spread = (top - bottom) or 1.0
    steps = max(1, len(line.weeks) - 1)

    def x(number: int) -> str:
        return f"{_PAD + (WIDTH - 2 * _PAD) * number / steps:.1f}"

    def y(value: float | None) -> str:
        share = ((value if value is not None else bottom) - bottom) / spread
        return f"{HEIGHT - _PAD - (HEIGHT - 2 * _PAD) * share:.1f}"

    parts = []
    bounded = [(number, week) for number, week in known if week.low is not None]
    if len(bounded) > 1:
        upper = [f"{x(number)},{y(week.high)}" for number, week in bounded]
        lower = [f"{x(number)},{y(week.low)}" for number, week in reversed(bounded)]
        parts.append(f'<polygon points="{" ".join(upper + lower)}" fill="{band}"/>')
    points = " ".join(f"{x(number)},{y(week.value)}" for number, week in known)
    parts.append(f'<polyline points="{points}" fill="none" stroke="{ink}" stroke-width="1.5"/>')
    number, week = known[-1]
    parts.append(f'<circle cx="{x(number)}" cy="{y(week.value)}" r="2.5" fill="{ink}"/>')
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" height="{HEIGHT}" '
        f'aria-hidden="true">{"".join(parts)}</svg>'
    )
