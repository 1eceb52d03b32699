"""Lines of a picture in the order in which they are read, and as a page of which paragraphs and tables are made."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from statistics import median

from index.types import union_of
from ingest.page_layout import Line, Page, Table, reading_rows
from ingest.recognition.lines import Box, Recognition, RecognizedLine

_BODY = 10.0
"""Points that letters of the usual size get: what is known about pages is measured in points."""
_LARGER = 1.25
"""Heights of boxes vary by a fifth for letters of one size; only from here on are they larger ones."""
_LONGEST_CELL = 24
"""Characters; longer ones side by side are columns of text."""
_WIDEST_GAP = 5.0
"""From one row of a table to the next, in heights of a line."""
_MARGIN = 0.15
"""Share of a picture's height that is added above and below it, where running heads would stand."""


def in_reading_order(lines: Sequence[RecognizedLine]) -> tuple[list[RecognizedLine], list[int]]:
    """The lines, column by column and row by row, and the number of each one's row."""
    if not lines:
        return [], []
    page, known = _page(lines, 1)
    ordered: list[RecognizedLine] = []
    rows: list[int] = []
    for number, row in enumerate(reading_rows(page)):
        for line in row:
            ordered.append(known[id(line)])
            rows.append(number)
    return ordered, rows


def page_of(recognition: Recognition, number: int, *, is_picture: bool = False) -> Page:
    """A page of a document: letters in sizes that tell headings from text, tables found by their columns.

    A picture has no running head or page number in its margins, which a scanned page may have.
    """
    page, _ = _page(recognition.lines, number, recognition)
    if is_picture:
        margin = _MARGIN * page.height
        lines = tuple(replace(line, bottom=line.bottom + margin, top=line.top + margin) for line in page.lines)
        page = Page(number, page.width, page.height + 2 * margin, lines)
    return replace(page, tables=tuple(_tables(page)))


def _page(
    lines: Sequence[RecognizedLine], number: int, shown: Recognition | None = None
) -> tuple[Page, dict[int, RecognizedLine]]:
    """A page, and the line that each of its lines was made of, by `id`."""
    heights = [line.straight[3] - line.straight[1] for line in lines]
    body = _body(lines, heights)
    scale = _BODY / body
    width, height = shown.straight_size if shown is not None else (0.0, 0.0)
    bottom = max(height, *(line.straight[3] for line in lines), 1.0) * scale
    right = max(width, *(line.straight[2] for line in lines), 1.0) * scale
    known: dict[int, RecognizedLine] = {}
    placed: list[Line] = []
    for line, line_height in zip(lines, heights, strict=True):
        left, above, end, below = (value * scale for value in line.straight)
        place = _share(line.box, shown) if shown is not None else None
        one = Line(line.text, left, bottom - below, end, bottom - above, _size(line_height / body), place)
        known[id(one)] = line
        placed.append(one)
    return Page(number, right, bottom, tuple(placed)), known


def _share(box: Box, shown: Recognition) -> Box:
    left, top, right, bottom = box
    values = (left / shown.width, top / shown.height, right / shown.width, bottom / shown.height)
    left, top, right, bottom = (round(min(max(value, 0.0), 1.0), 4) for value in values)
    return left, top, right, bottom


def _body(lines: Sequence[RecognizedLine], heights: Sequence[float]) -> float:
    """The height of most letters."""
    weighted = [height for line, height in zip(lines, heights, strict=True) for _ in range(min(len(line.text), 40))]
    return max(median(weighted), 1.0) if weighted else 1.0


def _size(ratio: float) -> float:
    if ratio < _LARGER:
        return _BODY
    return round(_BODY * _LARGER ** math.floor(math.log(ratio) / math.log(_LARGER)), 1)


def _tables(page: Page) -> list[Table]:
    """Three or more rows below each other whose cells stand in the same columns, centred or not."""
    tables: list[Table] = []
    run: list[list[Line]] = []
    for row in reading_rows(page):
        if run and (
            len(row) < 2 or run[-1][0].bottom - row[0].top > _WIDEST_GAP * _BODY or row[0].top > run[-1][0].top
        ):
            tables += _table(run)
            run = []
        if len(row) > 1:
            run.append(row)
    return tables + _table(run)


def _table(rows: Sequence[list[Line]]) -> list[Table]:
    if len(rows) < 3:
        return []
    width = max(len(row) for row in rows)
    model = next(row for row in rows if len(row) == width)
    middles = [(cell.left + cell.right) / 2 for cell in model]
    grid: list[tuple[str, ...]] = []
    for row in rows:
        cells = [""] * width
        for cell in row:
            at = min(range(width), key=lambda number: _distance(cell, model[number], middles[number]))
            if cells[at]:
                return []
            cells[at] = cell.text
        grid.append(tuple(cells))
    if sum(bool(cell) for row in grid for cell in row) < 0.7 * width * len(grid):
        return []
    if median([len(cell) for row in grid for cell in row if cell]) > _LONGEST_CELL:
        return []
    lines = [line for row in rows for line in row]
    left, right = min(line.left for line in lines), max(line.right for line in lines)
    bottom, top = min(line.bottom for line in lines), max(line.top for line in lines)
    return [Table(tuple(grid), left, bottom, right, top, union_of([line.place for line in lines]))]


def _distance(cell: Line, model: Line, middle: float) -> float:
    """Between a cell and a column: nothing where their middles or their beginnings meet."""
    return min(abs((cell.left + cell.right) / 2 - middle), abs(cell.left - model.left))
