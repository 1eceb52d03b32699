"""Lines on a page in reading order, and the paragraphs, headings and tables that they make."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from statistics import median

from index.types import Box, union_of
from ingest.blocks import Outline
from ingest.cleaning import clean_line, join_lines
from ingest.lines import heading_level, is_terminated, split_item, starts_anew
from ingest.tables import add_table

_MARGIN = 0.09
"""Share of the page's height, at the top and at the bottom, in which running heads and page numbers stand."""
_PAGE_NUMBER = re.compile(
    r"(?:第\s*\d+\s*页.*|page\s+\d+.*|[-–—\s]*\d{1,4}[-–—\s]*|\d+\s*/\s*\d+|共\s*\d+\s*页.*)", re.IGNORECASE
)
_WORD = re.compile(r"\w")
_DIGITS = re.compile(r"\d+")
_LONGEST_HEADING = 70
_LARGER = 1.13
"""How much larger than the body's a heading's letters are."""


@dataclass(frozen=True, slots=True)
class Line:
    """Text that stands on one line. Coordinates in points, y from the bottom of the page upwards."""

    text: str
    left: float
    bottom: float
    right: float
    top: float
    size: float
    """Of the letters, in points."""
    place: Box | None = None
    """Where a reader sees it, for lines that were read in a picture."""


@dataclass(frozen=True, slots=True)
class Table:
    """A table that was found by its rules, with the place that it takes."""

    grid: tuple[tuple[str, ...], ...]
    left: float
    bottom: float
    right: float
    top: float
    place: Box | None = None
    """As that of a line."""


@dataclass(frozen=True, slots=True)
class Page:
    """What stands on a page."""

    number: int
    width: float
    height: float
    lines: tuple[Line, ...]
    tables: tuple[Table, ...] = ()


def add_pages(outline: Outline, pages: Sequence[Page]) -> str:
    """Add pages to `outline`: running heads and page numbers removed, columns in order, broken lines joined.

    Returns the running head of the first page, "" when there is none.
    """
    kept = _without_running_heads(pages)
    lines = [line for page in kept for line in page.lines]
    _Composer(outline, lines).add(kept)
    removed = [line for line in pages[0].lines if line not in kept[0].lines] if pages else []
    return next((line.text for line in removed if line.bottom > pages[0].height / 2), "")


def reading_rows(page: Page) -> list[list[Line]]:
    """The lines of a page column by column, those that stand level together, from left to right."""
    rows: list[list[Line]] = []
    for column in _columns(replace(page, tables=())):
        row: list[Line] = []
        for item in column:
            assert isinstance(item, Line)
            if row and not _is_level(row[0], item):
                rows.append(row)
                row = []
            row.append(item)
        rows.append(row)
    return rows


def joined_segments(segments: Iterable[Line]) -> list[Line]:
    """Pieces of a line that differ in their letters only, as one; pieces far apart are cells and stay apart."""
    ordered = sorted(segments, key=lambda one: (-round(one.bottom + one.top), one.left))
    lines: list[Line] = []
    for segment in ordered:
        last = lines[-1] if lines else None
        if last is not None and _is_level(last, segment) and segment.left >= last.right - last.size / 2:
            gap = segment.left - last.right
            if gap < 0.9 * max(last.size, segment.size):
                space = " " if last.text.endswith(" ") or gap > 0.2 * last.size else ""
                text = f"{last.text.rstrip()}{space}{segment.text}"
                lines[-1] = Line(
                    text,
                    last.left,
                    min(last.bottom, segment.bottom),
                    segment.right,
                    max(last.top, segment.top),
                    max(last.size, segment.size),
                )
                continue
        lines.append(segment)
    return [replace(line, text=clean_line(line.text)) for line in lines if clean_line(line.text)]


class _Composer:
    """Builds paragraphs across lines, columns and pages."""

    def __init__(self, outline: Outline, lines: Sequence[Line]) -> None:
        self._outline = outline
        sizes: Counter[float] = Counter()
        for line in lines:
            sizes[round(line.size, 1)] += len(line.text)
        self._body = sizes.most_common(1)[0][0] if sizes else 10.0
        larger = sorted((size for size in sizes if size >= self._body * _LARGER), reverse=True)
        self._levels = {size: min(level, 4) for level, size in enumerate(larger, start=1)}
        self._deepest = max(self._levels.values(), default=0)
        self._parts: list[Line] = []
        self._page = 1
        self._right = 0.0
        self._gap = 0.0

    def add(self, pages: Sequence[Page]) -> None:
        """Add all pages."""
        for page in pages:
            for column in _columns(page):
                self._column(column, page)
        self._flush()

    def _column(self, items: Sequence[Line | Table], page: Page) -> None:
        # A rule of dashes or a bullet that stands alone says nothing.
        items = [item for item in items if isinstance(item, Table) or _WORD.search(item.text)]
        lines = [item for item in items if isinstance(item, Line)]
        right = max((line.right for line in lines if abs(line.size - self._body) < 1), default=page.width)
        if lines and lines[0].place is not None:
            # What is photographed often has one field a line; only a line as wide as all else on the page goes on.
            right = max(item.right for item in items)
        gaps = [above.bottom - below.bottom for above, below in pairwise(lines)]
        gap = median([one for one in gaps if 0 < one < 4 * self._body] or [1.6 * self._body])
        rows = _aligned_rows(items)
        number = 0
        while number < len(items):
            item = items[number]
            count = rows.get(number, 0)
            if isinstance(item, Table) or count:
                self._flush()
                self._outline.page = page.number
                self._outline.box = item.place
                grid = item.grid if isinstance(item, Table) else _grid(items, number, count)
                add_table(self._outline, grid)
                number += max(count, 1)
                continue
            if self._parts and not self._goes_on(item, page.number, gap):
                self._flush()
            if not self._parts:
                self._page = page.number
            self._parts.append(item)
            self._right, self._gap = right, gap
            number += 1

    def _goes_on(self, line: Line, page: int, gap: float) -> bool:
        last = self._parts[-1]
        if abs(last.size - line.size) > 0.6:
            return False
        is_next_below = page == self._page and 0 < last.bottom - line.bottom < 1.45 * gap
        if self._level(last) is not None:
            return is_next_below and self._level(line) is not None and round(last.size, 1) in self._levels
        if starts_anew(line.text) or self._level(line) is not None:
            return False
        first_word = 2 * line.size if not line.text[0].isascii() else _first_word_width(line)
        is_full = last.right + first_word > self._right
        if is_next_below or (page == self._page and abs(last.bottom - line.bottom) < 1):
            return is_full
        # At the head of a column or page: only a sentence that is not over.
        is_below = page == self._page and line.bottom < last.bottom
        return is_full and not is_below and not is_terminated(last.text)

    def _level(self, line: Line) -> int | None:
        if len(line.text) > _LONGEST_HEADING:
            return None
        by_size = self._levels.get(round(line.size, 1))
        if by_size is not None:
            return by_size
        by_words = heading_level(line.text)
        return None if by_words is None or split_item(line.text) else self._deepest + by_words

    def _flush(self) -> None:
        if not self._parts:
            return
        first = self._parts[0]
        text = join_lines([line.text for line in self._parts])
        level = self._level(first)
        self._outline.page = self._page
        self._outline.box = union_of([line.place for line in self._parts])
        self._parts = []
        item = split_item(text)
        if level is not None:
            self._outline.heading(level, text)
        elif item is not None:
            self._outline.item(item[1], marker=item[0])
        else:
            self._outline.paragraph(text)


def _columns(page: Page) -> list[list[Line | Table]]:
    """Lines and tables of a page, column by column; a line across both columns ends what is above it."""
    items: list[Line | Table] = [*page.tables]
    items += [line for line in page.lines if not any(_is_inside(line, table) for table in page.tables)]
    items.sort(key=lambda item: (-round(item.top), item.left))
    gutter = _gutter([item for item in items if isinstance(item, Line)])
    if gutter is None:
        return [_by_rows(items)]
    columns: list[list[Line | Table]] = [[], []]
    found: list[list[Line | Table]] = []
    for item in items:
        if item.left < gutter < item.right:
            found += [column for column in columns if column]
            columns = [[], []]
            found.append([item])
        else:
            columns[int(item.left >= gutter)].append(item)
    found += [column for column in columns if column]
    return [_by_rows(column) for column in found]


def _by_rows(items: Sequence[Line | Table]) -> list[Line | Table]:
    """From top to bottom, what stands on one line from left to right."""
    ordered: list[Line | Table] = []
    row: list[Line | Table] = []
    for item in sorted(items, key=lambda one: -(one.top + one.bottom)):
        if row and not _is_level(row[0], item):
            ordered += sorted(row, key=lambda one: one.left)
            row = []
        row.append(item)
    return ordered + sorted(row, key=lambda one: one.left)


def _gutter(lines: Sequence[Line]) -> float | None:
    """Where a page falls into two columns of running text; None when it does not."""
    if len(lines) < 12:
        return None
    left, right = min(line.left for line in lines), max(line.right for line in lines)
    starts = sorted({round(line.left) for line in lines if left + 0.3 * (right - left) < line.left})
    for start in starts:
        gutter = start - 2.0
        before = [line for line in lines if line.right < gutter]
        after = [line for line in lines if line.left >= gutter]
        crossing = len(lines) - len(before) - len(after)
        if len(before) < 5 or len(after) < 5 or crossing > 0.2 * len(lines):
            continue
        # Columns of text fill their width; columns of a table do not.
        fills_left = median(line.right - line.left for line in before) > 0.75 * (gutter - left - 6)
        fills_right = median(line.right - line.left for line in after) > 0.75 * (right - gutter)
        if fills_left and fills_right:
            return gutter
    return None


def _aligned_rows(items: Sequence[Line | Table]) -> dict[int, int]:
    """Tables without rules: number of the first item to how many items, where three or more rows stand in columns."""
    rows: list[tuple[int, list[Line]]] = []
    for number, item in enumerate(items):
        if isinstance(item, Table):
            rows.append((number, []))
        elif rows and rows[-1][1] and _is_level(rows[-1][1][0], item):
            rows[-1][1].append(item)
        else:
            rows.append((number, [item]))
    found: dict[int, int] = {}
    first = 0
    while first < len(rows):
        last = first
        while last + 1 < len(rows) and _in_columns(rows[first][1], rows[last + 1][1]):
            last += 1
        if last - first >= 2 and len(rows[first][1]) > 1:
            found[rows[first][0]] = sum(len(cells) for _, cells in rows[first : last + 1])
        first = last + 1
    return found


def _in_columns(one: Sequence[Line], other: Sequence[Line]) -> bool:
    return len(one) == len(other) > 1 and all(abs(a.left - b.left) < 4 for a, b in zip(one, other, strict=True))


def _grid(items: Sequence[Line | Table], first: int, count: int) -> list[list[str]]:
    grid: list[list[str]] = []
    above: Line | None = None
    for item in items[first : first + count]:
        assert isinstance(item, Line)
        if above is None or not _is_level(above, item):
            grid.append([])
            above = item
        grid[-1].append(item.text)
    return grid


def _without_running_heads(pages: Sequence[Page]) -> list[Page]:
    """Pages without what is repeated at their top and bottom, and without page numbers."""
    repeated: Counter[str] = Counter()
    for page in pages:
        repeated.update({_DIGITS.sub("#", line.text) for line in page.lines if _is_marginal(line, page)})
    least = max(2, len(pages) // 2)

    def stays(line: Line, page: Page) -> bool:
        if not _is_marginal(line, page):
            return True
        return repeated[_DIGITS.sub("#", line.text)] < least and not _PAGE_NUMBER.fullmatch(line.text)

    return [replace(page, lines=tuple(line for line in page.lines if stays(line, page))) for page in pages]


def _is_marginal(line: Line, page: Page) -> bool:
    return line.bottom > page.height * (1 - _MARGIN) or line.top < page.height * _MARGIN


def _is_level(one: Line | Table, other: Line | Table) -> bool:
    """Whether the one stands on the line of the other: their heights overlap by more than half of the lower one."""
    overlap = min(one.top, other.top) - max(one.bottom, other.bottom)
    return overlap > 0.5 * min(one.top - one.bottom, other.top - other.bottom)


def _is_inside(line: Line, table: Table) -> bool:
    middle_x, middle_y = (line.left + line.right) / 2, (line.bottom + line.top) / 2
    return table.left - 1 <= middle_x <= table.right + 1 and table.bottom - 1 <= middle_y <= table.top + 1


def _first_word_width(line: Line) -> float:
    word = line.text.split(" ", 1)[0]
    return (line.right - line.left) * (len(word) + 1) / max(len(line.text), 1)
