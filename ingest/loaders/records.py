"""A table that is the document: which row names the columns, and what kind of rows they are."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, islice

from ingest.blocks import Outline
from ingest.faq import pair_columns
from ingest.tables import looks_like_header, named_cells

_LOOK_AHEAD = 12
_LONGEST_GROUP = 12
"""A longer name of a group of columns is not repeated in each row, unless the columns' own names need it."""

NumberedRow = tuple[int, Sequence[str]]
"""Number of the row in its file or sheet, counted from 1, and its cells."""


def add_records(outline: Outline, rows: Iterable[NumberedRow]) -> None:
    """Add the rows as records that carry their header; a FAQ table becomes questions with answers.

    Lines above the header that say one thing only (a title, a note) become paragraphs. A header of two rows, the upper
    one naming groups of columns, is read as one. Rows come in one by one, so that a long table needs no more memory
    than its text.
    """
    stream = _filled(rows)
    head = list(islice(stream, _LOOK_AHEAD))
    left = min((next(at for at, cell in enumerate(row) if cell) for _, row in head), default=0)
    width = max((len(row) - left for _, row in head), default=0)
    while width > 2 and len(head) > 1 and len({cell for cell in head[0][1] if cell}) == 1:
        outline.paragraph(next(cell for cell in head.pop(0)[1] if cell))
    names = _take_header(head, left, width)
    pair = pair_columns(names)
    for number, row in chain(head, stream):
        cells = row[left:] if not any(row[:left]) else row
        if pair is not None and len(cells) > max(pair) and cells[pair[0]] and cells[pair[1]]:
            more = [cell for at, cell in enumerate(_each_named(names, cells)) if at not in pair]
            outline.question(cells[pair[0]], cells[pair[1]], more=more, row=number)
        else:
            outline.record(named_cells(names, cells), row=number)


def _filled(rows: Iterable[NumberedRow]) -> Iterator[tuple[int, list[str]]]:
    """Rows that hold something, without the empty cells at their ends."""
    for number, row in rows:
        cells = [cell.strip() for cell in row]
        while cells and not cells[-1]:
            cells.pop()
        if cells:
            yield number, cells


def _take_header(head: list[tuple[int, list[str]]], left: int, width: int) -> list[str]:
    """The names of the columns, taken off `head`; [] when no row names them."""

    def padded(at: int) -> list[str]:
        cells = head[at][1][left:]
        return cells + [""] * (width - len(cells))

    if not head:
        return []
    rest = [row for _, row in head[1:]]
    first = padded(0)
    if looks_like_header(first, rest):
        head.pop(0)
        return first
    spans_columns = any(first[at] and first[at] == first[at + 1] for at in range(width - 1))
    if len(head) > 2 and spans_columns and looks_like_header(padded(1), rest[1:]):
        names = padded(1)
        del head[:2]
        return [
            f"{group} {name}" if group and group != name else name for group, name in zip(first, names, strict=True)
        ]
    return []


def _each_named(names: Sequence[str], row: Sequence[str]) -> list[tuple[str, str]]:
    """Cells with their column names, one for each cell, so that column numbers stay true."""
    return [(names[at] if at < len(names) else "", value) for at, value in enumerate(row)]
