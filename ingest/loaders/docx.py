"""Word documents: headings, numbered lists, tables, text boxes; what is marked as deleted is not read.

The XML is walked directly, because python-docx leaves out text that was inserted under change tracking, content
controls and list numbers.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from zipfile import ZipFile

from ingest.archives import open_archive, parse_part
from ingest.blocks import Extracted, Metadata, Outline
from ingest.cleaning import clean, clean_line
from ingest.errors import DocumentRefused
from ingest.front_matter import language_of
from ingest.limits import Limits
from ingest.numbering import Numbering
from ingest.tables import add_table

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_M = "{http://schemas.openxmlformats.org/officeDocument/2006/math}"
_ALTERNATIVE = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
_DC = "{http://purl.org/dc/elements/1.1/}"
_HEADING_NAME = re.compile(r"(?:heading|标题|標題)\s*(\d)", re.IGNORECASE)
_TITLE_NAMES = frozenset(["title", "标题", "標題"])
_NOT_READ = frozenset(
    [f"{_W}del", f"{_W}moveFrom", f"{_W}instrText", f"{_W}delText", f"{_W}rPr", f"{_W}pPr", _ALTERNATIVE]
)
_CONTAINERS = frozenset([f"{_W}sdt", f"{_W}sdtContent", f"{_W}ins", f"{_W}moveTo", f"{_W}customXml", f"{_W}smartTag"])
_NO_TITLES = re.compile(r"(?:word document|document\d*|untitled|无标题|未命名|文档\d*|.*\.docx?)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class _Style:
    name: str = ""
    based_on: str | None = None
    level: int | None = None
    """Outline level of a heading, 1 the outermost; 0 for the document's title."""
    numbering: tuple[str, int] | None = None


@dataclass(slots=True)
class _Styles:
    by_id: dict[str, _Style] = field(default_factory=dict)
    default: str | None = None

    def of(self, style_id: str | None) -> Iterator[_Style]:
        """A style and those that it is based on."""
        style_id = style_id or self.default
        for _ in range(20):
            style = self.by_id.get(style_id or "")
            if style is None:
                return
            yield style
            style_id = style.based_on


def load(data: bytes, limits: Limits) -> Extracted:
    """Read a Word document; title from its properties, its title paragraph or its first heading."""
    archive = open_archive(data, limits, main_part="word/document.xml", format="docx")
    outline = Outline()
    reader = _Reader(outline, _styles(archive), _numbering(archive))
    body = parse_part(archive, "word/document.xml").find(f"{_W}body")
    if body is not None:
        reader.blocks(body)
    for name in ("word/footnotes.xml", "word/endnotes.xml"):
        if name in archive.namelist():
            reader.notes(parse_part(archive, name))
    extracted = outline.finish()
    return Extracted(extracted.text, extracted.blocks, _metadata(archive, reader, extracted), extracted.warnings)


class _Reader:
    def __init__(self, outline: Outline, styles: _Styles, numbering: Numbering) -> None:
        self._outline, self._styles, self._numbering = outline, styles, numbering
        self.title = ""

    def blocks(self, parent: Any) -> None:
        """Add the paragraphs and tables below `parent`."""
        for element in parent:
            if element.tag == f"{_W}p":
                self._paragraph(element)
            elif element.tag == f"{_W}tbl":
                self._table(element)
            elif element.tag in _CONTAINERS:
                self.blocks(element)

    def notes(self, root: Any) -> None:
        """Add foot- or endnotes as paragraphs."""
        for note in root:
            if note.get(f"{_W}type") in (None, "normal"):
                for paragraph in note.iter(f"{_W}p"):
                    self._outline.paragraph(text_of(paragraph))

    def _paragraph(self, element: Any) -> None:
        text = clean(text_of(element))
        properties = element.find(f"{_W}pPr")
        styles = list(self._styles.of(_value(properties, "pStyle")))
        level = _outline_level(properties, styles)
        numbered = _numbered(properties, styles)
        if text:
            marker = self._numbering.next(*numbered) if numbered else None
            if level is not None:
                self._heading(level, f"{marker} {text}" if marker else text)
            elif marker is not None and numbered is not None:
                self._outline.item(text, depth=numbered[1], marker=marker)
            else:
                self._outline.paragraph(text)
        for box in element.iter(f"{_W}txbxContent"):
            if not any(parent.tag == _ALTERNATIVE for parent in box.iterancestors()):
                self.blocks(box)

    def _heading(self, level: int, text: str) -> None:
        if level == 0:
            self.title = self.title or clean_line(text)
        self._outline.heading(max(level, 1) if level else 1, text)

    def _table(self, element: Any) -> None:
        grid: list[list[str]] = []
        for row in element.iterchildren(f"{_W}tr", *_CONTAINERS):
            for line in [row] if row.tag == f"{_W}tr" else row.iter(f"{_W}tr"):
                if line.find(f"{_W}trPr/{_W}del") is None:
                    grid.append(_cells(line, grid[-1] if grid else []))
        add_table(self._outline, grid)


def _cells(row: Any, above: list[str]) -> list[str]:
    """Texts of a row; merged cells are repeated in each place that they cover."""
    line: list[str] = []
    for cell in row.iter(f"{_W}tc"):
        if next(cell.iterancestors(f"{_W}tr")) is not row:
            continue  # a cell of a table inside a cell: its text is in the outer cell
        properties = cell.find(f"{_W}tcPr")
        span = _value(properties, "gridSpan") or "1"
        merge = properties.find(f"{_W}vMerge") if properties is not None else None
        if merge is not None and merge.get(f"{_W}val") in (None, "continue") and len(line) < len(above):
            text = above[len(line)]
        else:
            text = " ".join(filter(None, (clean_line(text_of(paragraph)) for paragraph in cell.iter(f"{_W}p"))))
        line.extend([text] * (min(int(span), 100) if span.isdigit() else 1))
    return line


def text_of(element: Any) -> str:
    """The words of a paragraph as they read with all changes accepted; text boxes are not part of it."""
    pieces: list[str] = []
    _collect(element, pieces)
    return "".join(pieces)


def _collect(element: Any, pieces: list[str]) -> None:
    for child in element:
        tag = child.tag
        if tag in (f"{_W}t", f"{_M}t"):
            pieces.append(child.text or "")
        elif tag == f"{_W}tab":
            pieces.append("\t")
        elif tag in (f"{_W}br", f"{_W}cr"):
            pieces.append("\n" if child.get(f"{_W}type") in (None, "textWrapping") else "")
        elif tag == f"{_W}noBreakHyphen":
            pieces.append("-")
        elif tag == f"{_W}sym":
            pieces.append(_symbol(child))
        elif isinstance(tag, str) and tag not in _NOT_READ and tag != f"{_W}txbxContent":
            _collect(child, pieces)


def _symbol(element: Any) -> str:
    code = element.get(f"{_W}char") or ""
    try:
        char = chr(int(code, 16))
    except ValueError:
        return ""
    return {"\uf0fe": "☑", "\uf0a8": "☐", "\uf052": "☑", "\uf0a3": "☐"}.get(
        char, "" if "\ue000" <= char <= "\uf8ff" else char
    )


def _outline_level(properties: Any, styles: list[_Style]) -> int | None:
    own = _value(properties, "outlineLvl")
    if own is not None and own.isdigit():
        return int(own) + 1 if int(own) < 9 else None
    return next((style.level for style in styles if style.level is not None), None)


def _numbered(properties: Any, styles: list[_Style]) -> tuple[str, int] | None:
    own = _numbering_of(properties)
    found = own or next((style.numbering for style in styles if style.numbering is not None), None)
    return None if found is None or found[0] == "0" else found


def _numbering_of(properties: Any) -> tuple[str, int] | None:
    numbering = properties.find(f"{_W}numPr") if properties is not None else None
    if numbering is None:
        return None
    number, level = _value(numbering, "numId"), _value(numbering, "ilvl") or "0"
    return (number, int(level)) if number is not None and level.isdigit() else None


def _value(element: Any, name: str) -> str | None:
    child = element.find(f"{_W}{name}") if element is not None else None
    return None if child is None else child.get(f"{_W}val")


def _styles(archive: ZipFile) -> _Styles:
    styles = _Styles()
    if "word/styles.xml" not in archive.namelist():
        return styles
    for element in parse_part(archive, "word/styles.xml").iter(f"{_W}style"):
        style_id, kind = element.get(f"{_W}styleId"), element.get(f"{_W}type")
        if style_id is None or kind != "paragraph":
            continue
        properties = element.find(f"{_W}pPr")
        name = (_value(element, "name") or "").strip().lower()
        heading = _HEADING_NAME.fullmatch(name)
        level = int(heading.group(1)) if heading else 0 if name in _TITLE_NAMES else None
        if level is None and (own := _value(properties, "outlineLvl")) is not None and own.isdigit() and int(own) < 9:
            level = int(own) + 1
        styles.by_id[style_id] = _Style(name, _value(element, "basedOn"), level, _numbering_of(properties))
        if element.get(f"{_W}default") in ("1", "true"):
            styles.default = style_id
    return styles


def _numbering(archive: ZipFile) -> Numbering:
    numbering = Numbering()
    if "word/numbering.xml" not in archive.namelist():
        return numbering
    root = parse_part(archive, "word/numbering.xml")
    abstract = {element.get(f"{_W}abstractNumId"): element for element in root.iter(f"{_W}abstractNum")}
    for number in root.iter(f"{_W}num"):
        number_id = number.get(f"{_W}numId")
        source = abstract.get(_value(number, "abstractNumId"))
        if number_id is None or source is None:
            continue
        for level in source.iter(f"{_W}lvl"):
            at, start = level.get(f"{_W}ilvl") or "0", _value(level, "start") or "1"
            if at.isdigit() and start.lstrip("-").isdigit():
                kind, text = _value(level, "numFmt") or "decimal", _value(level, "lvlText") or ""
                numbering.define(number_id, int(at), kind=kind, text=text, start=int(start))
        for override in number.iter(f"{_W}lvlOverride"):
            at, first = override.get(f"{_W}ilvl") or "0", _value(override, "startOverride")
            if at.isdigit() and first is not None and first.isdigit():
                numbering.start_at(number_id, int(at), int(first))
    return numbering


def _metadata(archive: ZipFile, reader: _Reader, extracted: Extracted) -> Metadata:
    title, language = "", None
    if "docProps/core.xml" in archive.namelist():
        try:
            core = parse_part(archive, "docProps/core.xml")
        except DocumentRefused:
            core = None
        if core is not None:
            title = clean_line(core.findtext(f"{_DC}title") or "")
            language = language_of(core.findtext(f"{_DC}language") or "")
    if _NO_TITLES.fullmatch(title):
        title = ""
    first = next((block.text for block in extracted.blocks if block.kind == "heading"), "")
    return Metadata(title or reader.title or first, language)
