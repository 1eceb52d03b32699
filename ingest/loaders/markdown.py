"""Markdown, by its syntax tree."""

from __future__ import annotations

from collections.abc import Sequence

from markdown_it import MarkdownIt
from markdown_it.token import Token

from ingest.blocks import Extracted, Metadata, Outline
from ingest.cleaning import join_lines
from ingest.encodings import decode
from ingest.front_matter import split_front_matter
from ingest.limits import Limits
from ingest.loaders.html import add_html, is_break
from ingest.tables import add_table


def load(data: bytes, _: Limits) -> Extracted:
    """Read a Markdown file with optional YAML front matter; the title is the front matter's or the first heading."""
    decoded = decode(data)
    metadata, body = split_front_matter(decoded.text.replace("\r\n", "\n").replace("\r", "\n"))
    outline = Outline()
    for warning in decoded.warnings:
        outline.warn(warning)
    add_markdown(outline, body)
    extracted = outline.finish()
    if not metadata.title:
        first = extracted.blocks[0] if extracted.blocks else None
        title = first.text if first is not None and first.kind == "heading" else ""
        metadata = Metadata(title, metadata.language, metadata.valid_from, metadata.valid_to, metadata.access)
    return Extracted(extracted.text, extracted.blocks, metadata, extracted.warnings)


def add_markdown(outline: Outline, text: str) -> None:
    """Add Markdown to `outline`."""
    parser = MarkdownIt("commonmark", {"maxNesting": 50}).enable(["table", "strikethrough"])
    _Reader(outline).read(parser.parse(text))


class _Reader:
    """Walks the flat token list of markdown-it; lists and tables are the only state."""

    def __init__(self, outline: Outline) -> None:
        self._outline = outline
        self._lists: list[int | None] = []
        """For each open list the number of its next item, None for bullets."""
        self._marker = ""
        self._heading: int | None = None
        self._table: list[list[str]] | None = None

    def read(self, tokens: Sequence[Token]) -> None:
        """Add the blocks of `tokens`."""
        for token in tokens:
            if token.type == "inline":
                self._inline(inline_text(token.children or []))
            elif token.type == "heading_open":
                self._heading = int(token.tag[1])
            elif token.type in ("fence", "code_block"):
                self._paragraph(token.content)
            elif token.type == "html_block":
                add_html(self._outline, token.content)
            else:
                self._structure(token)

    def _structure(self, token: Token) -> None:
        if token.type in ("bullet_list_open", "ordered_list_open"):
            ordered = token.type == "ordered_list_open"
            self._lists.append(int(token.attrGet("start") or 1) if ordered else None)
        elif token.type in ("bullet_list_close", "ordered_list_close"):
            self._lists.pop()
        elif token.type == "list_item_open":
            number = self._lists[-1]
            self._marker = "" if number is None else f"{number}{token.markup or '.'}"
            if number is not None:
                self._lists[-1] = number + 1
        elif token.type == "table_open":
            self._table = []
        elif token.type == "tr_open" and self._table is not None:
            self._table.append([])
        elif token.type == "table_close" and self._table is not None:
            table, self._table = self._table, None
            add_table(self._outline, table, header=any(cell for cell in table[0]))

    def _inline(self, text: str) -> None:
        if self._heading is not None:
            self._outline.heading(self._heading, text)
            self._heading = None
        elif self._table is not None:
            self._table[-1].append(text)
        else:
            self._paragraph(text)

    def _paragraph(self, text: str) -> None:
        if self._lists:
            self._outline.item(text, depth=len(self._lists) - 1, marker=self._marker)
            self._marker = ""
        else:
            self._outline.paragraph(text)


def inline_text(tokens: Sequence[Token]) -> str:
    """The words of inline Markdown: emphasis and links as their text, pictures left out."""
    lines = [""]
    soft = False
    for token in tokens:
        if token.type == "softbreak":
            soft = True
        elif token.type == "hardbreak" or (token.type == "html_inline" and is_break(token.content)):
            lines.append("")
            soft = False
        elif token.type in ("text", "code_inline"):
            lines[-1] = join_lines([lines[-1], token.content]) if soft else lines[-1] + token.content
            soft = False
    return "\n".join(lines)
