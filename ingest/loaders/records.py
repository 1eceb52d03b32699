"""A table that is the document: which row names the columns, and what kind of rows they are."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import chain, islice

from ingest.blocks import Outline
from ingest.faq import pair_columns
from ingest.tables import looks_like_header, named_cells

_LOOK_AHEAD = 12

NumberedRow = tuple[int, Sequence[str]]
"""Number of the row in its file or sheet, counted from 1, and its cells."""


def add_records(outline: Outline, rows: Iterable[NumberedRow]) -> None:
    """Add the rows as records that carry their header; a FAQ table becomes questions with answers.

    Lines above the header that fill one cell only (a title, a note) become paragraphs. Rows come in one by one, so
    that a long table needs no more memory than its text.
    """
    stream = iter((number, [cell.strip() for cell in row]) for number, row in rows if any(cell.strip() for cell in row))
    first = list(islice(stream, _LOOK_AHEAD))
    width = max((sum(map(bool, row)) for _, row in first), default=0)
    start = 0
    while width > 2 and start < len(first) - 1 and sum(map(bool, first[start][1])) == 1:
        outline.paragraph(next(cell for cell in first[start][1] if cell))
        start += 1
    head = first[start:]
    names: Sequence[str] = []
    if head and looks_like_header(head[0][1], [row for _, row in head[1:]]):
        names = head.pop(0)[1]
    pair = pair_columns(names)
    for number, row in chain(head, stream):
        if pair is not None and len(row) > max(pair) and row[pair[0]] and row[pair[1]]:
            more = [cell for at, cell in enumerate(named_cells_padded(names, row)) if at not in pair]
            outline.question(row[pair[0]], row[pair[1]], more=more, row=number)
        else:
            outline.record(named_cells(names, row), row=number)


def named_cells_padded(names: Sequence[str], row: Sequence[str]) -> list[tuple[str, str]]:
    """Cells with their column names, one for each cell, so that column numbers stay true."""
    return [(names[at] if at < len(names) else "", value) for at, value in enumerate(row)]
