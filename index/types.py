"""The values that travel between `index`, `ingest` and `app`."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from types import MappingProxyType
from typing import Literal

import numpy as np
from numpy.typing import NDArray

Language = Literal["zh", "en", "mixed"]
Span = tuple[int, int]
"""Half-open [start, end) in code points."""

Box = tuple[float, float, float, float]
"""Left, top, right and bottom as shares of the page's width and height, in [0, 1]; y grows downwards."""

FloatMatrix = NDArray[np.float32]
TokenCodes = NDArray[np.uint8]
"""(tokens, bytes a token): token vectors as `index.embedding.token_codec` keeps them."""


@dataclass(frozen=True, slots=True)
class Location:
    """Where a passage stands in its document, precise enough for a citation to open the place.

    `start` and `end` are code-point offsets in the extracted text of the whole document; `page` and `row` count
    from 1; `heading` is the path of headings above the passage, joined by " > "; `box` is the part of the page, or
    of the picture, that it was read from, where text recognition read it.
    """

    start: int = 0
    end: int = 0
    page: int | None = None
    sheet: str | None = None
    row: int | None = None
    heading: str | None = None
    box: Box | None = None


def union_of(boxes: Iterable[Box | None]) -> Box | None:
    """The least box around all of them; None when there is none, or when one is unknown."""
    known = list(boxes)
    if not known or None in known:
        return None
    lefts, tops, rights, bottoms = zip(*[box for box in known if box is not None], strict=True)
    return min(lefts), min(tops), max(rights), max(bottoms)


@dataclass(frozen=True, slots=True)
class Passage:
    """A piece of a document that is found, shown and cited as one.

    `text` holds the document's own words and nothing else: citations quote it by offset. `context` holds what a
    reader sees around it (document title, heading path, table header); it is searched and embedded with the text
    but never quoted. `sentences` are the spans in `text` that can be cited, in order and not overlapping; together
    they cover every word of it.
    """

    passage_id: str
    document_id: str
    title: str
    text: str
    context: str
    language: Language
    location: Location
    sentences: tuple[Span, ...]
    valid_from: date | None = None
    valid_to: date | None = None
    access: tuple[str, ...] = ()
    """Labels of which a caller must hold at least one; empty means public."""

    @property
    def embedded_text(self) -> str:
        """The text that the embedder sees: context, a newline, text (the text alone when there is no context)."""
        return f"{self.context}\n{self.text}" if self.context else self.text

    @property
    def content_hash(self) -> str:
        """Sha256 (hex) of what the embedder sees, sentence spans included: the key of the vector cache."""
        spans = ",".join(f"{start}-{end}" for start, end in self.sentences)
        return hashlib.sha256(f"{spans}\x00{self.context}\x00{self.text}".encode()).hexdigest()

    def sentence_text(self, number: int) -> str:
        """The words of sentence `number`, counted from 0."""
        start, end = self.sentences[number]
        return self.text[start:end]


@dataclass(frozen=True, slots=True)
class ValidityOrigin:
    """Where days of validity came from."""

    source: Literal["metadata", "text", "override"]
    """The document's own metadata, its words, or an override beside it."""
    valid_from: date | None = None
    valid_to: date | None = None
    heading: str | None = None
    """Path of the section that is limited to these days; None for the whole document."""
    quote: str = ""
    """The words, where they came from the text."""


@dataclass(frozen=True, slots=True)
class Document:
    """A document as the index knows it."""

    document_id: str
    """Path relative to the ingested root with forward slashes, or the `_id` of a corpus line."""
    title: str
    format: str
    """Name of the loader: markdown, text, html, csv, xlsx, docx, pptx, pdf, json, picture, corpus."""
    sha256: str
    """Of the bytes of the file (of the JSON line, for a corpus)."""
    size: int
    """Bytes."""
    language: Language
    source: str = ""
    """Which root or upload it came from; a run removes only what its own source no longer holds."""
    mtime_ns: int = 0
    warnings: tuple[str, ...] = ()
    valid_from: date | None = None
    valid_to: date | None = None
    access: tuple[str, ...] = ()
    validity: tuple[ValidityOrigin, ...] = ()
    """Where `valid_from`, `valid_to` and the narrower days of its sections came from."""
    reading: str = ""
    """How its passages were made, in the words of whoever made them; documents made otherwise are read again."""


@dataclass(frozen=True, slots=True)
class Query:
    """What to search for, and in which part of the knowledge base."""

    text: str
    top: int = 10
    language: Language | None = None
    """Restrict to passages of this language; None searches all."""
    as_of: date | None = None
    """Only passages in force on that day; None takes every passage whatever its dates."""
    is_upcoming: bool = False
    """Only passages that come into force after `as_of`, instead of those in force then."""
    access: frozenset[str] = frozenset()
    """The caller's labels; a passage with labels is seen only by a caller that holds one of them."""


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage that was found. Higher scores are better; their scale is that of the stage that made them."""

    passage_id: str
    score: float
    stages: Mapping[str, float] = field(default_factory=lambda: MappingProxyType({}))
    """Score by stage, for the stages that found it: dense, sentence, words, bigrams; fusion and late where they were
    held against the question word by word."""
    best_sentence: int | None = None
    """Number of the sentence nearest to the question, where sentence vectors were searched."""
    ranks: Mapping[str, int] = field(default_factory=lambda: MappingProxyType({}))
    """Place by stage, counted from 1, for the stages of `stages`; empty where nothing was merged."""


@dataclass(frozen=True, slots=True)
class EmbeddedPassages:
    """Vectors of n passages: float32, rows of unit length."""

    passages: FloatMatrix
    """(n, d)."""
    sentences: tuple[FloatMatrix, ...]
    """One (number of sentences, d) array per passage, in order; (0, d) when an embedder gives none."""
    codes: tuple[TokenCodes, ...] = ()
    """The tokens of each passage, in order; () when an embedder gives none."""
