"""Presentations: a slide's title, its texts in reading order, its tables."""

from __future__ import annotations

import io
from collections.abc import Iterable
from typing import Any

from ingest.archives import open_archive
from ingest.blocks import Extracted, Metadata, Outline
from ingest.cleaning import clean_line
from ingest.errors import DocumentDamaged, DocumentTooLarge
from ingest.limits import Limits
from ingest.tables import add_table

_NOT_TITLES = ("powerpoint presentation", "powerpoint 演示文稿", "presentation", "演示文稿")
_A = "{http://schemas.openxmlformats.org/drawingml/2006/main}"


def load(data: bytes, limits: Limits) -> Extracted:
    """Read a presentation; hidden slides are left out with a warning, notes are read when the limits say so."""
    open_archive(data, limits, main_part="ppt/presentation.xml", format="pptx").close()
    from pptx import Presentation

    try:
        presentation = Presentation(io.BytesIO(data))
    except (KeyError, ValueError, AttributeError) as error:
        raise DocumentDamaged("The file is truncated or damaged; save it again in its program.") from error
    slides = presentation.slides
    if len(slides) > limits.max_pages:
        raise DocumentTooLarge(f"{len(slides):,} slides, more than the {limits.max_pages:,} allowed; split the file.")
    outline = Outline()
    hidden = 0
    for number, slide in enumerate(slides, start=1):
        if slide._element.get("show") == "0":
            hidden += 1
            continue
        outline.page = number
        _slide(outline, slide, notes=limits.notes)
    if hidden:
        outline.warn(f"{hidden} hidden slides were left out." if hidden > 1 else "1 hidden slide was left out.")
    extracted = outline.finish()
    title = clean_line(presentation.core_properties.title or "")
    if not title or title.lower() in _NOT_TITLES:
        title = next((block.text for block in extracted.blocks if block.kind == "heading"), "")
    return Extracted(extracted.text, extracted.blocks, Metadata(title), extracted.warnings)


def _slide(outline: Outline, slide: Any, *, notes: bool) -> None:
    outline.close_headings()
    title = slide.shapes.title
    if title is not None and title.has_text_frame:
        outline.heading(1, title.text_frame.text)
    for shape in _in_reading_order(slide.shapes):
        if title is not None and shape.shape_id == title.shape_id:
            continue
        if getattr(shape, "has_table", False):
            add_table(outline, _grid(shape.table), header=True if shape.table.first_row else None)
        elif shape.has_text_frame:
            _frame(outline, shape)
    if notes and slide.has_notes_slide:
        outline.paragraph(slide.notes_slide.notes_text_frame.text if slide.notes_slide.notes_text_frame else "")


def _in_reading_order(shapes: Iterable[Any]) -> list[Any]:
    """Shapes of a slide, those in groups too: from top to bottom, and from left to right where they stand level."""
    found: list[tuple[int, int, int, Any]] = []
    _collect(shapes, found, (0, 0))
    # A third of an inch apart counts as level.
    return [shape for *_, shape in sorted(found, key=lambda one: (one[0] // 305_000, one[1], one[2]))]


def _collect(shapes: Iterable[Any], found: list[tuple[int, int, int, Any]], place: tuple[int, int]) -> None:
    for shape in shapes:
        at = (shape.top if shape.top is not None else place[0], shape.left if shape.left is not None else place[1])
        if hasattr(shape, "shapes"):
            # Places inside a group are in the group's own measure; the group stands where it stands.
            inner: list[tuple[int, int, int, Any]] = []
            _collect(shape.shapes, inner, at)
            ordered = sorted(inner, key=lambda one: one[:3])
            found.extend((at[0], at[1], len(found) + number, one[3]) for number, one in enumerate(ordered))
        elif _is_shown(shape):
            found.append((at[0], at[1], len(found), shape))


def _is_shown(shape: Any) -> bool:
    if shape.is_placeholder and shape.placeholder_format.type is not None:
        # Date, footer and slide number say the same on every slide.
        return int(shape.placeholder_format.type) not in (13, 15, 16)
    return True


def _frame(outline: Outline, shape: Any) -> None:
    paragraphs = [(paragraph, clean_line(_text(paragraph))) for paragraph in shape.text_frame.paragraphs]
    paragraphs = [(paragraph, text) for paragraph, text in paragraphs if text]
    is_list = len(paragraphs) > 1
    for paragraph, text in paragraphs:
        properties = paragraph._p.find(f"{_A}pPr")
        plain = properties is not None and properties.find(f"{_A}buNone") is not None
        introduces = text.endswith(("：", ":")) and paragraph.level == 0
        if is_list and not plain and not introduces:
            outline.item(text, depth=paragraph.level)
        else:
            outline.paragraph(text)


def _text(paragraph: Any) -> str:
    return "".join(
        "\n" if element.tag == f"{_A}br" else (element.text or "") for element in paragraph._p.iter(f"{_A}t", f"{_A}br")
    )


def _grid(table: Any) -> list[list[str]]:
    grid: list[list[str]] = []
    for row in table.rows:
        line: list[str] = []
        for cell in row.cells:
            if cell.is_spanned and line and cell._tc.get("hMerge"):
                line.append(line[-1])
            elif cell.is_spanned and grid and cell._tc.get("vMerge"):
                line.append(grid[-1][len(line)])
            else:
                line.append(clean_line(cell.text_frame.text))
        grid.append(line)
    return grid
