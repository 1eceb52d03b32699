"""What a loader makes of a document: its text in reading order, and the blocks that the text consists of."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Literal

from index.text.language import HAN
from index.types import Box, Language, Span
from ingest.cleaning import clean, clean_line
from ingest.faq import answer_of, question_of

BlockKind = Literal["heading", "paragraph", "item", "row", "record", "faq"]
"""A `row` belongs to a table inside a text; a `record` to a table that is the document (CSV), and it stands alone."""

Cells = Sequence[tuple[str, str]]
"""Column name and value, in column order; the name is "" where the column has none."""

_LONGEST_LABEL = 40
_SAID_ELSEWHERE = frozenset(["language", "lang", "语言", "語言"])
_HAN = re.compile(f"[{HAN}]")


@dataclass(frozen=True, slots=True)
class Block:
    """A piece of a document. `text` equals the document's extracted text from `start` to `end` (code points)."""

    kind: BlockKind
    text: str
    start: int
    end: int
    headings: tuple[str, ...] = ()
    """Headings above it, outermost first; for a heading, those above it."""
    page: int | None = None
    sheet: str | None = None
    row: int | None = None
    lead: str = ""
    """The line that introduces a list or a table; a later item does not make sense without it."""
    units: tuple[Span, ...] = ()
    """Spans in `text` that are cited as one (the cells of a row); empty where sentences are."""
    box: Box | None = None
    """The part of the page that it was read from, where text recognition read it."""


@dataclass(frozen=True, slots=True)
class Metadata:
    """What a document says about itself."""

    title: str = ""
    language: Language | None = None
    valid_from: date | None = None
    valid_to: date | None = None
    access: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Extracted:
    """A document as text. `metadata.title` is "" when it names no title itself (the file name is no title)."""

    text: str
    blocks: tuple[Block, ...]
    metadata: Metadata = field(default_factory=Metadata)
    warnings: tuple[str, ...] = ()
    picture_pages: tuple[int, ...] = ()
    """Pages that hold pictures and no text, which text recognition was not asked to read."""

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON; the parser process answers with them, because a pickle could run code."""
        about = self.metadata
        return {
            "text": self.text,
            "blocks": [
                [b.kind, b.start, b.end, b.headings, b.page, b.sheet, b.row, b.lead, b.units, b.box]
                for b in self.blocks
            ],
            "title": about.title,
            "language": about.language,
            "valid_from": about.valid_from.isoformat() if about.valid_from else None,
            "valid_to": about.valid_to.isoformat() if about.valid_to else None,
            "access": about.access,
            "warnings": self.warnings,
            "picture_pages": self.picture_pages,
        }

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Extracted:
        """The inverse of `to_dict`."""
        text = str(values["text"])
        blocks = tuple(
            Block(
                kind,
                text[start:end],
                start,
                end,
                tuple(headings),
                page,
                sheet,
                row,
                lead,
                tuple((first, last) for first, last in units),
                _box(box),
            )
            for kind, start, end, headings, page, sheet, row, lead, units, box in values["blocks"]
        )
        metadata = Metadata(
            values["title"],
            values["language"],
            date.fromisoformat(values["valid_from"]) if values["valid_from"] else None,
            date.fromisoformat(values["valid_to"]) if values["valid_to"] else None,
            tuple(values["access"]),
        )
        pages = tuple(int(page) for page in values["picture_pages"])
        return cls(text, blocks, metadata, tuple(values["warnings"]), pages)


class Outline:
    """Takes a document's parts in reading order and keeps account of headings and offsets.

    `page`, `sheet` and `box` are those of the next part; set them as reading goes on. Parts without visible text are
    dropped.
    """

    def __init__(self) -> None:
        self.page: int | None = None
        self.sheet: str | None = None
        self.box: Box | None = None
        self._pieces: list[str] = []
        self._length = 0
        self._blocks: list[Block] = []
        self._headings: list[tuple[int, str]] = []
        self._leads: list[tuple[int, str]] = []
        self.warnings: list[str] = []

    @property
    def headings(self) -> tuple[str, ...]:
        """The headings that stand above the next part."""
        return tuple(text for _, text in self._headings)

    @property
    def last(self) -> Block | None:
        """The part that was added last."""
        return self._blocks[-1] if self._blocks else None

    def heading(self, level: int, text: str) -> None:
        """A heading of `level` (1 is the outermost); it closes all headings of that level and below."""
        text = clean_line(text)
        if not text:
            return
        while self._headings and self._headings[-1][0] >= level:
            self._headings.pop()
        self._add("heading", text)
        self._headings.append((level, text))

    def close_headings(self, level: int = 0) -> None:
        """Leave the headings deeper than `level`."""
        while self._headings and self._headings[-1][0] > level:
            self._headings.pop()

    def paragraph(self, text: str) -> None:
        """Running text; a newline in it is a line end that the author set. Q:/A: marks make it a question's pair."""
        self._leads.clear()
        text = clean(text)
        question, _, rest = text.partition("\n")
        last = self.last
        if question_of(question) and answer_of(rest):
            self.question(question_of(question), answer_of(rest))
        elif answer_of(text) and last is not None and last.kind == "paragraph" and question_of(last.text):
            self._drop_last()
            self.question(question_of(last.text), answer_of(text))
        else:
            self._add("paragraph", text)

    def item(self, text: str, *, depth: int = 0, marker: str = "") -> None:
        """An item of a list; `marker` is its number as shown ("1.", "第一条"), "" for a bullet."""
        text = clean(text)
        if not text:
            return
        while self._leads and self._leads[-1][0] >= depth + 1:
            self._leads.pop()
        lead = self._leads[-1][1] if self._leads else self._introduction()
        if not self._leads and lead:
            self._leads.append((0, lead))
        self._add("item", f"{marker} {text}" if marker else text, lead=lead)
        self._leads.append((depth + 1, text.split("\n")[0]))

    def row(self, cells: Cells, *, row: int | None = None, lead: str | None = None) -> None:
        """A row of a table inside a text, readable on its own: "列: 值；列: 值"."""
        text, units = row_text(cells)
        if lead is None:
            last = self.last
            lead = last.lead if last is not None and last.kind == "row" else self._introduction()
        self._leads.clear()
        self._add("row", text, row=row, lead=lead, units=units)

    def record(self, cells: Cells, *, row: int | None = None) -> None:
        """A row of a table that is the document."""
        text, units = row_text(cells)
        self._leads.clear()
        self._add("record", text, row=row, units=units)

    def question(self, question: str, answer: str, *, more: Cells = (), row: int | None = None) -> None:
        """A question with its answer.

        `more` holds what else a table says about the pair: short labels (category, number) become its lead, longer
        texts stand below the answer.
        """
        self._leads.clear()
        labels = [(name, value) for name, value in more if len(value) <= _LONGEST_LABEL]
        labels = [(name, value) for name, value in labels if name.strip().lower() not in _SAID_ELSEWHERE]
        texts = [cell for cell in more if len(cell[1]) > _LONGEST_LABEL]
        lines = [clean_line(question), clean(answer), row_text(texts)[0]]
        self._add("faq", "\n".join(line for line in lines if line), row=row, lead=row_text(labels)[0])

    def warn(self, message: str) -> None:
        """Note something doubtful about the document, once."""
        if message not in self.warnings:
            self.warnings.append(message)

    def finish(self, metadata: Metadata | None = None) -> Extracted:
        """The document as collected so far."""
        return Extracted("".join(self._pieces), tuple(self._blocks), metadata or Metadata(), tuple(self.warnings))

    def _introduction(self) -> str:
        last = self.last
        if last is None or last.kind != "paragraph" or last.headings != self.headings:
            return ""
        line = last.text.rsplit("\n", 1)[-1]
        return line if line.endswith(("：", ":")) else ""

    def _drop_last(self) -> None:
        block = self._blocks.pop()
        self._pieces.pop()
        self._length -= len(block.text)
        if self._blocks:
            self._length -= len(self._pieces.pop())

    def _add(
        self, kind: BlockKind, text: str, *, row: int | None = None, lead: str = "", units: tuple[Span, ...] = ()
    ) -> None:
        if not text:
            return
        if self._blocks:
            tight = kind == self._blocks[-1].kind and kind in ("item", "row", "record")
            gap = "\n" if tight else "\n\n"
            self._pieces.append(gap)
            self._length += len(gap)
        start = self._length
        self._pieces.append(text)
        self._length += len(text)
        self._blocks.append(
            Block(kind, text, start, self._length, self.headings, self.page, self.sheet, row, lead, units, self.box)
        )


def _box(values: Sequence[float] | None) -> Box | None:
    if values is None:
        return None
    left, top, right, bottom = (float(value) for value in values)
    return left, top, right, bottom


def row_text(cells: Iterable[tuple[str, str]]) -> tuple[str, tuple[Span, ...]]:
    """A row as text with the span of each cell; empty cells are left out, names end in a colon."""
    shown: list[str] = []
    for name, value in cells:
        name, value = clean_line(name).rstrip("：:"), clean_line(value)
        if value:
            shown.append(f"{name}: {value}" if name else value)
    gap = "；" if any(_HAN.search(cell) for cell in shown) else "; "
    units: list[Span] = []
    at = 0
    for cell in shown:
        # The separator belongs to the cell before it, so that the units cover every character.
        end = at + len(cell) + (1 if len(units) < len(shown) - 1 else 0)
        units.append((at, end))
        at += len(cell) + len(gap)
    return gap.join(shown), tuple(units)
