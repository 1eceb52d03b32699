"""A file on disk as text in blocks: size, kind and magic checked first, dangerous formats parsed elsewhere."""

from __future__ import annotations

import hashlib
from dataclasses import astuple, dataclass
from pathlib import Path
from types import TracebackType

import index.disk
from ingest import loaders
from ingest.blocks import Extracted, Metadata, Outline
from ingest.chunking import Chunking
from ingest.errors import DocumentDamaged, DocumentEmpty, DocumentRefused, DocumentTooLarge, DocumentWithoutText
from ingest.formats import BINARY, HEAD_BYTES, check_magic, require_format
from ingest.limits import Limits, size_shown
from ingest.loaders.text import add_text
from ingest.sandbox import Sandbox
from ingest.sources import Entry
from ingest.validity.sale_periods import SalePeriods

READING = 3
"""Raise it when loaders, encodings, cleaning, chunking, the splitting into sentences or the reading of validity change
what they make of a document: the next run then reads again what an older version read. Vectors of unchanged passages
are kept."""


def reading_id(limits: Limits, chunking: Chunking, sales: SalePeriods | None = None) -> str:
    """What decides, besides a document's bytes, which passages come out: this version and the settings that count."""
    settings = "-".join(str(value) for value in astuple(chunking))
    pictures = "" if limits.recognize == "off" else f"/pictures {limits.recognize}"
    own = sales.spelling if sales is not None and sales.spelling != SalePeriods().spelling else ""
    return f"{READING}/{settings}{'/notes' if limits.notes else ''}{pictures}{f'/sales {own}' if own else ''}"


def reading_of(entry: Entry, reading: str) -> str:
    """How this entry is read: as all others, but for the days that are set beside it."""
    return f"{reading}/{entry.override.spelling}" if entry.override is not None else reading


@dataclass(frozen=True, slots=True)
class Read:
    """A document that was read."""

    format: str
    sha256: str
    extracted: Extracted


class Reader:
    """Reads entries; keeps a parser process while it is open, and another once there are pictures to be read."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._sandbox = Sandbox(limits)
        self._recognizer = Sandbox(limits, recognizes=True)

    def __enter__(self) -> Reader:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._sandbox.close()
        self._recognizer.close()

    def read(self, entry: Entry) -> Read:
        """Read one document.

        Raises:
            DocumentRefused: any of its leaves.
            SourceOutside: a link that leads out of its folder.
        """
        if entry.refusal is not None:
            raise entry.refusal
        if entry.line is not None:
            return Read("corpus", entry.line.sha256, _corpus_text(entry.line.title, entry.line.text))
        name = entry.path.name if "/" not in entry.document_id else entry.document_id
        format = require_format(name, pictures=self._limits.recognize == "all")
        self._check_size(entry.size, format)
        data = _bytes(entry.path)
        # It may have grown since it was listed.
        self._check_size(len(data), format)
        check_magic(entry.document_id, format, data[:HEAD_BYTES])
        if format in BINARY or len(data) > self._limits.in_process_bytes:
            extracted = self._load_apart(format, data)
        else:
            extracted = self._load_here(format, data)
        if not extracted.blocks:
            if format in BINARY:
                raise DocumentWithoutText("The document holds no text, only pictures perhaps; add a text version.")
            raise DocumentEmpty("There is no text in the document.")
        return Read(format, hashlib.sha256(data).hexdigest(), extracted)

    def _load_apart(self, format: str, data: bytes) -> Extracted:
        if format == "picture":
            return self._recognizer.load(format, data)
        if format != "pdf" or self._limits.recognize == "off":
            return self._sandbox.load(format, data)
        try:
            extracted = self._sandbox.load(format, data)
        except DocumentWithoutText:
            return self._recognizer.load(format, data)
        return self._recognizer.load(format, data) if extracted.picture_pages else extracted

    def _load_here(self, format: str, data: bytes) -> Extracted:
        try:
            return loaders.load(format, data, self._limits)
        except DocumentRefused:
            raise
        except Exception as error:
            # One document must never stop the batch, whatever its parser stumbles over.
            raise DocumentDamaged(f"The file cannot be read as {format} ({type(error).__name__}).") from error

    def _check_size(self, size: int, format: str) -> None:
        limit = self._limits.max_bytes if format in BINARY else self._limits.max_text_bytes
        limit = self._limits.max_picture_bytes if format == "picture" else limit
        if size == 0:
            raise DocumentEmpty("The file is empty (0 bytes).")
        if size > limit:
            sizes = f"{size_shown(size)}, more than the {size_shown(limit)} allowed"
            raise DocumentTooLarge(f"The file has {sizes}; split it into smaller ones.")


def sha256_of(path: Path) -> str:
    """Sha256 (hex) of a file's bytes.

    Raises:
        DocumentDamaged: it cannot be read.
    """
    try:
        return index.disk.sha256_of(path)
    except OSError as error:
        raise DocumentDamaged(f"The file cannot be opened: {error.strerror}.") from error


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise DocumentDamaged(f"The file cannot be opened: {error.strerror}.") from error


def _corpus_text(title: str, text: str) -> Extracted:
    outline = Outline()
    add_text(outline, text, titled=False)
    return outline.finish(Metadata(title=" ".join(title.split())))
