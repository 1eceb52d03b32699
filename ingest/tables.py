"""Tables as rows that can be read on their own."""

from __future__ import annotations

import re
from collections.abc import Sequence

from ingest.blocks import Outline

_NUMBER = re.compile(r"[-+]?[\d.,]+\s*[%％]?|[-+]?[¥￥$€£]\s*[\d.,]+")
_SENTENCE = re.compile(r"[，。；！？]|[,;!?]\s|[.。]$")
_LONGEST_NAME = 40


def add_table(
    outline: Outline, grid: Sequence[Sequence[str]], *, header: bool | None = None, lead: str | None = None
) -> None:
    """Add a table inside a text: its first row names the columns where it can.

    `header` says whether the first row is a header; None judges by its looks. A table of one column is a list of
    paragraphs, and one row alone is a paragraph of its cells.
    """
    rows = [list(row) for row in grid if any(cell.strip() for cell in row)]
    if not rows:
        return
    width = max(len(row) for row in rows)
    if width == 1:
        for row in rows:
            outline.paragraph(row[0])
        return
    named = looks_like_header(rows[0], rows[1:]) if header is None else header
    if named and len(rows) > 1:
        names, body, first = rows[0], rows[1:], 2
    else:
        names, body, first = [], rows, 1
    if names and sum(bool(name.strip()) for name in names) == 1:
        # A caption that spans the table, not a header.
        outline.paragraph(next(name for name in names if name.strip()))
        add_table(outline, body, lead=lead)
        return
    for number, row in enumerate(body, start=first):
        outline.row(named_cells(names, row), row=number, lead=lead)


def named_cells(names: Sequence[str], row: Sequence[str]) -> list[tuple[str, str]]:
    """Cells with their column names; a cell beyond the header has none. A merged cell's repeats are shown once."""
    cells: list[tuple[str, str]] = []
    for number, value in enumerate(row):
        name = names[number] if number < len(names) else ""
        if cells and value and cells[-1] == (name, value):
            continue
        cells.append((name, value))
    return cells


def looks_like_header(first: Sequence[str], rest: Sequence[Sequence[str]]) -> bool:
    """Whether `first` names the columns of `rest`: short, distinct, no numbers, nearly all filled."""
    names = [cell.strip() for cell in first]
    filled = [name for name in names if name]
    if not rest or len(filled) < max(1, len(names) - 1) or len(set(filled)) < len(filled):
        return False
    if any(len(name) > _LONGEST_NAME or _NUMBER.fullmatch(name) or _SENTENCE.search(name) for name in filled):
        return False
    # A first row whose values come again below names nothing ("a,b,c" over "a,b,c").
    return not any([cell.strip() for cell in row] == names for row in rest[:5])
