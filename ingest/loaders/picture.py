"""Pictures: a size chart, a poster, a photographed notice; their text with its place."""

from __future__ import annotations

from ingest.blocks import Extracted, Metadata, Outline
from ingest.errors import DocumentWithoutText
from ingest.limits import Limits
from ingest.page_layout import add_pages
from ingest.recognition.reading_order import page_of
from ingest.recognition.serving import recognize


def load(data: bytes, limits: Limits) -> Extracted:
    """Read a picture as a document of one page; the title is its first heading.

    Raises:
        DocumentWithoutText: there is none in the picture.
        PictureRefused: any of its leaves.
    """
    recognition = recognize(data, limits)
    if not recognition.lines:
        raise DocumentWithoutText("No text was found in the picture; add a text version.")
    outline = Outline()
    for warning in recognition.warnings:
        outline.warn(warning)
    add_pages(outline, [page_of(recognition, 1, is_picture=True)])
    extracted = outline.finish()
    title = next((block.text for block in extracted.blocks if block.kind == "heading"), "")
    return Extracted(extracted.text, extracted.blocks, Metadata(title), extracted.warnings)
