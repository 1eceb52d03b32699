"""Spreadsheets: each visible sheet as a table, values as they are shown."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import PurePosixPath
from typing import Any
from zipfile import BadZipFile, ZipFile

from lxml import etree
from openpyxl.reader.excel import load_workbook
from openpyxl.utils.cell import range_boundaries

from ingest.archives import open_archive
from ingest.blocks import Extracted, Metadata, Outline
from ingest.cleaning import clean_line
from ingest.errors import DocumentDamaged, DocumentTooLarge
from ingest.limits import Limits
from ingest.loaders.records import NumberedRow, add_records
from ingest.shown_values import shown

_S = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_NAMELESS = ("sheet", "工作表", "表")
_WIDEST = 200
_LAST_ROW = 1_048_576
_Merged = dict[tuple[int, int], tuple[int, int]]
"""Row and column of a covered cell to those of the cell that shows."""
_Seen = tuple[_Merged, int, int]
_UNSEEN: _Seen = ({}, 0, _LAST_ROW)
_MOST_MERGED = 200_000


def load(data: bytes, limits: Limits) -> Extracted:
    """Read a workbook, one record a row; the row keeps its number, the sheet's name becomes a heading.

    Formulas show the value that was stored with them. Merged cells show their value in every row and column that they
    cover. Hidden sheets are left out with a warning.
    """
    archive = open_archive(data, limits, main_part="xl/workbook.xml", format="xlsx")
    # Before the workbook is opened, because opening alone walks through a sheet that does not state its size.
    sheets_seen = {
        name: _look_into(archive, name, limits) for name in archive.namelist() if name.startswith("xl/worksheets/sheet")
    }
    try:
        book = load_workbook(io.BytesIO(data), read_only=True, data_only=True, keep_links=False)  # type: ignore[no-untyped-call]
    except (KeyError, ValueError, TypeError, AttributeError, BadZipFile, SyntaxError) as error:
        raise DocumentDamaged("The file is truncated or damaged; save it again in its program.") from error
    outline = Outline()
    counted = _Counted(limits)
    sheets = [sheet for sheet in book.worksheets if sheet.sheet_state == "visible"]
    for sheet in book.worksheets:
        if sheet.sheet_state != "visible":
            outline.warn(f"The hidden sheet {sheet.title} was left out.")
    for sheet in sheets:
        outline.close_headings()
        outline.sheet = sheet.title
        if clean_line(sheet.title).rstrip("0123456789 ").lower() not in _NAMELESS:
            outline.heading(1, sheet.title)
        merged, without_value, last = sheets_seen.get(sheet._worksheet_path.lstrip("/"), _UNSEEN)
        if without_value:
            cells = f"{without_value} formulas" if without_value > 1 else "1 formula"
            outline.warn(f"{sheet.title}: {cells} without a stored value; open and save the file in its program.")
        add_records(outline, counted.rows(sheet, merged, last))
    title = clean_line(book.properties.title or "") if book.properties is not None else ""
    return outline.finish(Metadata(title))


class _Counted:
    """Rows of all sheets, up to the limit."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._filled = 0

    def rows(self, sheet: Any, merged: _Merged, last: int) -> Iterator[NumberedRow]:
        """The rows up to number `last` that hold something, values as they are shown."""
        if not last:
            return
        # The size that a file claims may be wrong in both directions.
        sheet.reset_dimensions()
        values: dict[tuple[int, int], str] = {}
        anchors = set(merged.values())
        for number, cells in enumerate(sheet.iter_rows(max_row=last, max_col=_WIDEST), start=1):
            row = [shown(cell.value, getattr(cell, "number_format", "General")) for cell in cells]
            if anchors:
                row = _with_merged(row, number, merged, anchors, values)
            if not any(row):
                continue
            self._filled += 1
            if self._filled > self._limits.max_rows:
                raise _too_many(f"sheet {sheet.title}", number, self._limits)
            yield number, row


def _with_merged(
    row: list[str],
    number: int,
    merged: _Merged,
    anchors: set[tuple[int, int]],
    values: dict[tuple[int, int], str],
) -> list[str]:
    for column, value in enumerate(row, start=1):
        if (number, column) in anchors:
            values[number, column] = value
    covered = [column for column in range(1, _WIDEST + 1) if (number, column) in merged]
    if covered:
        row = row + [""] * (max(covered) - len(row))
        for column in covered:
            row[column - 1] = row[column - 1] or values.get(merged[number, column], "")
    return row


def _look_into(archive: ZipFile, path: str, limits: Limits) -> _Seen:
    """What the reader of rows does not tell.

    Covered cell to anchor of merged ranges, how many formulas have no value, and the last row that holds something: a
    format that was given to whole columns makes a million rows of nothing.
    """
    merged: _Merged = {}
    without_value = filled = last = number = 0
    try:
        with archive.open(path) as file:
            events = etree.iterparse(
                file, events=("end",), tag=(f"{_S}mergeCell", f"{_S}c", f"{_S}row"), resolve_entities=False,
                no_network=True, load_dtd=False, huge_tree=True,
            )  # fmt: skip
            for _, element in events:
                if element.tag == f"{_S}mergeCell":
                    _add_range(merged, element.get("ref") or "")
                elif element.tag == f"{_S}c":
                    value = element.find(f"{_S}v")
                    if element.find(f"{_S}f") is not None and (value is None or not value.text):
                        # A text formula may well show nothing.
                        without_value += element.get("t") != "str"
                else:
                    # A million rows are found out here, before the slower reading of values begins.
                    number = int(element.get("r") or number + 1)
                    if next(element.iter(f"{_S}v", f"{_S}t"), None) is not None:
                        filled, last = filled + 1, number
                    if filled > limits.max_rows:
                        raise _too_many(PurePosixPath(path).stem, number, limits)
                    element.clear()
                    while element.getprevious() is not None:
                        del element.getparent()[0]
    except (etree.XMLSyntaxError, BadZipFile, EOFError, OSError, ValueError) as error:
        raise DocumentDamaged(f"{path} inside the file is truncated or damaged; save the file again.") from error
    return merged, without_value, last


def _too_many(sheet: str, number: int, limits: Limits) -> DocumentTooLarge:
    place = f"reached in row {number:,} of {sheet}"
    return DocumentTooLarge(
        f"The workbook has more than {limits.max_rows:,} rows ({place}); split it or keep such data in a database."
    )


def _add_range(merged: _Merged, reference: str) -> None:
    try:
        left, top, right, bottom = range_boundaries(reference)  # type: ignore[no-untyped-call]
    except (ValueError, TypeError):
        return
    if (right - left + 1) * (bottom - top + 1) + len(merged) > _MOST_MERGED:
        return
    for row in range(top, bottom + 1):
        for column in range(left, min(right, _WIDEST) + 1):
            if (row, column) != (top, left):
                merged[row, column] = (top, left)
