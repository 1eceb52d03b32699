"""PDF: text by page with its place, tables by their rules."""

from __future__ import annotations

import io
import re
import time
from collections.abc import Sequence
from typing import Any

import pypdfium2 as pdfium
import pypdfium2.raw as pdfium_raw

from ingest.blocks import Extracted, Metadata, Outline
from ingest.cleaning import clean_line
from ingest.errors import DocumentDamaged, DocumentEncrypted, DocumentTooLarge, DocumentWithoutText
from ingest.front_matter import language_of
from ingest.limits import Limits
from ingest.page_layout import Line, Page, Table, add_pages, joined_segments
from ingest.recognition.scanned_pages import ScannedPages

_RAW: Any = pdfium_raw
"""PDFium's own functions; their names come from C headers and have no types."""
_HYPHEN = re.compile("[\x02\ufffe]")
"""What PDFium writes for a hyphen at the end of a line."""
_LEAST_RULES = 4
"""Drawn paths from which a page may hold a table with rules."""
_TABLE_SHARE = 0.4
"""Share of the time limit that the search for tables may take; the pages after that go without."""
_MOST_OBJECTS = 20_000
_UNREADABLE = 0.3
_NO_TITLES = ("untitled", "(anonymous)", "无标题", "microsoft word", "powerpoint", ".doc", ".indd", ".ppt", ".xls")


def load(data: bytes, limits: Limits) -> Extracted:
    """Read a PDF; blocks know their page. The title is that of its properties, or its first heading.

    Raises:
        DocumentEncrypted: a password is needed to open it.
        DocumentWithoutText: no page holds text (a scan), or its letters stand for no characters.
    """
    document = _open(data)
    try:
        count = len(document)
        if count > limits.max_pages:
            raise DocumentTooLarge(f"{count:,} pages, more than the {limits.max_pages:,} allowed; split the file.")
        tables = _Tables(data, limits)
        scans = ScannedPages(document, limits)
        pages, empty = [], []
        for number in range(1, count + 1):
            page = _page(document[number - 1], number, tables)
            if not page.lines:
                page = scans.read(page)
            if not page.lines:
                empty.append(number)
            pages.append(page)
        if limits.recognize != "off" and _is_unreadable(pages):
            pages = [scans.read(page) for page in pages]
        title = clean_line(document.get_metadata_value("Title") or "")
        language = language_of(_catalog_language(document))
    finally:
        document.close()
    _require_text(pages)
    outline = Outline()
    if empty:
        shown = ", ".join(map(str, empty[:10])) + (" …" if len(empty) > 10 else "")
        outline.warn(f"No text on page {shown}: pictures only, or nothing.")
    for warning in scans.warnings:
        outline.warn(warning)
    running_head = add_pages(outline, pages)
    extracted = outline.finish()
    if not title or any(name in title.lower() for name in _NO_TITLES):
        title = next((block.text for block in extracted.blocks if block.kind == "heading"), running_head)
    metadata = Metadata(title, language)
    return Extracted(extracted.text, extracted.blocks, metadata, extracted.warnings, tuple(scans.unread))


def _open(data: bytes) -> Any:
    try:
        document = pdfium.PdfDocument(data)  # type: ignore[no-untyped-call]
    except pdfium.PdfiumError as error:
        if "password" in str(error).lower() or "security" in str(error).lower():
            raise DocumentEncrypted("The document asks for a password; remove the password and try again.") from error
        raise DocumentDamaged("The file is truncated or damaged; save it again in its program.") from error
    if len(document) == 0:
        raise DocumentDamaged("The file holds no pages; it is truncated or damaged.")
    return document


def _page(page: Any, number: int, tables: _Tables) -> Page:
    width, height = page.get_size()
    textpage = page.get_textpage()
    try:
        segments: list[Line] = []
        for index in range(textpage.count_rects()):
            left, bottom, right, top = textpage.get_rect(index)
            text = textpage.get_text_bounded(left, bottom, right, top)
            if text.strip():
                size = _size(textpage, left, bottom, top)
                segments.append(Line(_HYPHEN.sub("-", text).replace("\r\n", " "), left, bottom, right, top, size))
        has_rules = bool(segments) and _count_paths(page) >= _LEAST_RULES
        found = tables.on(number, height) if has_rules else ()
        return Page(number, width, height, tuple(joined_segments(segments)), found)
    finally:
        textpage.close()
        page.close()


def _size(textpage: Any, left: float, bottom: float, top: float) -> float:
    """Size of the letters, by the first of them; the height of the line where it is not told."""
    index = textpage.get_index(left + 1, (bottom + top) / 2, 3, 3)
    size = _RAW.FPDFText_GetFontSize(textpage, index) if index is not None else 0.0
    # A font of size 1 that is scaled up tells nothing.
    return float(round(size, 1)) if size > 2 else round(top - bottom, 1)


def _count_paths(page: Any) -> int:
    count = 0
    for number, item in enumerate(page.get_objects(max_depth=2)):
        count += item.type == _RAW.FPDF_PAGEOBJ_PATH
        if count >= _LEAST_RULES or number > _MOST_OBJECTS:
            break
    return count


def _catalog_language(document: Any) -> str:
    needed = _RAW.FPDFCatalog_GetLanguage(document, None, 0) if hasattr(_RAW, "FPDFCatalog_GetLanguage") else 0
    if needed <= 2 or needed > 200:
        return ""
    buffer = (_RAW.FPDF_WCHAR * (needed // 2 + 1))()
    _RAW.FPDFCatalog_GetLanguage(document, buffer, needed)
    return bytes(buffer)[: needed - 2].decode("utf-16-le", "replace")


def _require_text(pages: Sequence[Page]) -> None:
    if not any(line.text for page in pages for line in page.lines):
        raise DocumentWithoutText("The PDF holds pictures but no text (a scan?); run text recognition on it first.")
    if _is_unreadable(pages):
        raise DocumentWithoutText("The letters of the PDF stand for no known characters; export it with its fonts.")


def _is_unreadable(pages: Sequence[Page]) -> bool:
    text = "".join(line.text for page in pages for line in page.lines)
    unknown = sum(char == "\ufffd" or "\ue000" <= char <= "\uf8ff" for char in text)
    return bool(text) and unknown > _UNREADABLE * len(text)


class _Tables:
    """Finds tables by their rules; pdfplumber is opened for the first page that may hold one."""

    def __init__(self, data: bytes, limits: Limits) -> None:
        self._data = data
        self._left_s = limits.timeout_s * _TABLE_SHARE
        self._plumber: Any = None

    def on(self, number: int, height: float) -> tuple[Table, ...]:
        """Tables of a page; () when the time is up or the page is beyond pdfplumber."""
        if self._left_s <= 0:
            return ()
        begun = time.monotonic()
        try:
            if self._plumber is None:
                import pdfplumber

                self._plumber = pdfplumber.open(io.BytesIO(self._data))
            page = self._plumber.pages[number - 1]
            found = tuple(self._table(table, height) for table in page.find_tables())
            page.close()
        except Exception:
            # pdfminer raises whatever it likes over odd files; the text is there without the table's shape.
            self._left_s = 0
            return ()
        self._left_s -= time.monotonic() - begun
        return tuple(table for table in found if sum(any(row) for row in table.grid) > 1 and len(table.grid[0]) > 1)

    def _table(self, table: Any, height: float) -> Table:
        left, top, right, bottom = table.bbox
        grid = tuple(tuple(clean_line(cell or "") for cell in row) for row in table.extract())
        return Table(grid, left, height - bottom, right, height - top)
