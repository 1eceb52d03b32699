"""Tables in text: comma, semicolon, tab or pipe between the cells."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import islice

from ingest.blocks import Extracted, Outline
from ingest.encodings import decode
from ingest.errors import DocumentTooLarge
from ingest.limits import Limits
from ingest.loaders.records import add_records

_DELIMITERS = ",;\t|"
_SAMPLE_ROWS = 60
_SAMPLE_CHARACTERS = 64 * 1024
_LONGEST_CELL = 4 * 1024 * 1024


def load(data: bytes, limits: Limits) -> Extracted:
    """Read a table, one record a row; a row keeps its number in the file, counted from 1 with the header."""
    decoded = decode(data)
    outline = Outline()
    for warning in decoded.warnings:
        outline.warn(warning)
    csv.field_size_limit(_LONGEST_CELL)
    add_records(outline, _rows(decoded.text, limits))
    return outline.finish()


def _rows(text: str, limits: Limits) -> Iterable[tuple[int, Sequence[str]]]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=sniff_delimiter(text))
    filled = 0
    number = 0
    while True:
        number += 1
        try:
            row = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            raise DocumentTooLarge(f"Row {number} cannot be read: {error}; is a quotation mark missing?") from error
        filled += any(row)
        if filled > limits.max_rows:
            raise DocumentTooLarge(f"More than {limits.max_rows:,} rows; split the file into smaller ones.")
        yield number, row


def sniff_delimiter(text: str) -> str:
    """The character that cuts most rows into the same number of cells, more than one; a comma when none does."""
    sample = text[:_SAMPLE_CHARACTERS]
    best = (0.0, 0, ",")
    for delimiter in _DELIMITERS:
        rows = islice(csv.reader(io.StringIO(sample, newline=""), delimiter=delimiter), _SAMPLE_ROWS)
        try:
            widths = [len(row) for row in rows if any(row)]
        except csv.Error:
            continue
        if not widths:
            continue
        width, times = Counter(widths).most_common(1)[0]
        if width > 1 and (times / len(widths), width) > best[:2]:
            best = (times / len(widths), width, delimiter)
    return best[2]
