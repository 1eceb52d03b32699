"""Documents and passages in SQLite: the schema, rows in and out, and reading from many threads."""

from __future__ import annotations

import hashlib
import json
import queue
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np

from index.errors import GenerationDamaged
from index.manifest import PASSAGES
from index.types import Document, Location, Passage, ValidityOrigin

SCHEMA = """
CREATE TABLE documents (
    document_id TEXT PRIMARY KEY, digest BLOB NOT NULL, record TEXT NOT NULL
) WITHOUT ROWID;
CREATE TABLE passages (
    passage_id TEXT PRIMARY KEY, document_id TEXT NOT NULL, ordinal INTEGER NOT NULL, content_hash BLOB NOT NULL,
    title TEXT NOT NULL, text TEXT NOT NULL, context TEXT NOT NULL, language TEXT NOT NULL, location TEXT NOT NULL,
    sentences BLOB NOT NULL, valid_from TEXT, valid_to TEXT, access TEXT NOT NULL
) WITHOUT ROWID;
CREATE UNIQUE INDEX passages_of_document ON passages (document_id, ordinal);
CREATE INDEX passages_of_content ON passages (content_hash);
"""
"""Without rowid: rows lie in the order of their ids, so the same content makes the same file in whatever order it
came, and row n of the vector indexes is the n-th passage by id."""

PASSAGE_COLUMNS = (
    "passage_id, document_id, title, text, context, language, location, sentences, valid_from, valid_to, access"
)
_AT_ONCE = 500


def read_only(path: Path) -> sqlite3.Connection:
    """Open a database that nobody writes any more."""
    return sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro&immutable=1", uri=True, check_same_thread=False)


def passage_row(passage: Passage, ordinal: int) -> tuple[Any, ...]:
    """The columns of `passages`, in the order of the schema."""
    return (
        passage.passage_id,
        passage.document_id,
        ordinal,
        bytes.fromhex(passage.content_hash),
        passage.title,
        passage.text,
        passage.context,
        passage.language,
        _location_record(passage.location),
        np.asarray(passage.sentences, dtype="<u4").tobytes(),
        _iso(passage.valid_from),
        _iso(passage.valid_to),
        json.dumps(passage.access, ensure_ascii=False),
    )


def passage_of(row: Sequence[Any]) -> Passage:
    """The passage of a row selected by PASSAGE_COLUMNS."""
    passage_id, document_id, title, text, context, language, location, sentences, valid_from, valid_to, access = row
    spans = np.frombuffer(sentences, dtype="<u4").reshape(-1, 2).tolist()
    return Passage(
        passage_id=passage_id,
        document_id=document_id,
        title=title,
        text=text,
        context=context,
        language=language,
        location=_location_of(location),
        sentences=tuple((start, end) for start, end in spans),
        valid_from=_day(valid_from),
        valid_to=_day(valid_to),
        access=tuple(json.loads(access)),
    )


def _location_record(location: Location) -> str:
    content = asdict(location)
    if location.box is None:
        del content["box"]  # as it was written before there were boxes: the same passage is the same row
    return json.dumps(content, ensure_ascii=False)


def _location_of(record: str) -> Location:
    content = json.loads(record)
    if content.get("box") is not None:
        content["box"] = tuple(content["box"])
    return Location(**content)


def document_record(document: Document) -> str:
    """A document as JSON."""
    content = asdict(document)
    for days in (content, *content["validity"]):
        days["valid_from"], days["valid_to"] = _iso(days["valid_from"]), _iso(days["valid_to"])
    return json.dumps(content, ensure_ascii=False, sort_keys=True)


def document_of(record: str) -> Document:
    """The document of a record."""
    content = json.loads(record)
    return Document(
        **{
            **content,
            "valid_from": _day(content["valid_from"]),
            "valid_to": _day(content["valid_to"]),
            "validity": tuple(_origin(item) for item in content.get("validity", ())),
            "warnings": tuple(content["warnings"]),
            "access": tuple(content["access"]),
        }
    )


def passages_digest(rows: Sequence[tuple[Any, ...]]) -> bytes:
    """Sha256 over the rows of a document's passages, in order."""
    digest = hashlib.sha256()
    for row in rows:
        digest.update(json.dumps(row, default=bytes.hex, ensure_ascii=False).encode() + b"\n")
    return digest.digest()


def document_digest(document: Document, passages: bytes) -> bytes:
    """Sha256 over a document and the digest of its passages.

    Where the file lay, its time and how it was read do not count: the same content is the same.
    """
    content = json.loads(document_record(document))
    for circumstance in ("source", "mtime_ns", "reading"):
        del content[circumstance]
    return hashlib.sha256(json.dumps(content, ensure_ascii=False, sort_keys=True).encode() + passages).digest()


def content_digest(connection: sqlite3.Connection) -> str:
    """Sha256 (hex) over all documents and passages, independent of the order in which they came."""
    digest = hashlib.sha256()
    for document_id, one in connection.execute("SELECT document_id, digest FROM documents ORDER BY document_id"):
        digest.update(f"{document_id}\x00".encode() + one)
    return digest.hexdigest()


class PassageReader:
    """Reads the passages of a published generation; safe to share between threads.

    All files are opened at once, so that a generation that is removed while it is read stays readable.
    """

    def __init__(self, path: Path, *, connections: int = 4) -> None:
        self._pool: queue.LifoQueue[sqlite3.Connection] = queue.LifoQueue()
        self._all: list[sqlite3.Connection] = []
        try:
            for _ in range(connections):
                connection = read_only(path)
                self._all.append(connection)
                connection.execute("SELECT count(*) FROM documents").fetchone()
                self._pool.put(connection)
        except sqlite3.Error as error:
            self.close()
            raise GenerationDamaged(f"{PASSAGES} cannot be read: {error}.") from error

    def documents(self) -> Iterator[Document]:
        """All documents, by id."""
        last = ""
        while True:
            rows = self._all_rows(
                "SELECT document_id, record FROM documents WHERE document_id > ? ORDER BY document_id LIMIT ?",
                (last, _AT_ONCE),
            )
            if not rows:
                return
            for document_id, record in rows:
                yield document_of(record)
                last = document_id

    def document(self, document_id: str) -> Document | None:
        """The document of this id."""
        rows = self._all_rows("SELECT record FROM documents WHERE document_id = ?", (document_id,))
        return document_of(rows[0][0]) if rows else None

    def passages(self, ids: Sequence[str]) -> list[Passage]:
        """The passages of these ids, in this order; KeyError for an unknown one."""
        found: dict[str, Passage] = {}
        for start in range(0, len(ids), _AT_ONCE):
            some = ids[start : start + _AT_ONCE]
            marks = ",".join("?" * len(some))
            query = f"SELECT {PASSAGE_COLUMNS} FROM passages WHERE passage_id IN ({marks})"  # noqa: S608 (marks only)
            for row in self._all_rows(query, some):
                found[row[0]] = passage_of(row)
        return [found[passage_id] for passage_id in ids]

    def titles(self) -> dict[str, str]:
        """Title by document id, of all documents by id: a list of many is not read in full to show a few."""
        query = "SELECT document_id, json_extract(record, '$.title') FROM documents ORDER BY document_id"
        return dict(self._all_rows(query, ()))

    def passages_of(self, document_id: str, *, offset: int = 0, limit: int | None = None) -> list[Passage]:
        """The passages of a document in their order, or a part of them; [] for an unknown one."""
        columns = f"SELECT {PASSAGE_COLUMNS} FROM passages"  # noqa: S608
        query = f"{columns} WHERE document_id = ? ORDER BY ordinal LIMIT ? OFFSET ?"
        rows = self._all_rows(query, (document_id, -1 if limit is None else limit, offset))
        return [passage_of(row) for row in rows]

    def count_of(self, document_id: str) -> int:
        """How many passages a document has; 0 for an unknown one."""
        ((count,),) = self._all_rows("SELECT count(*) FROM passages WHERE document_id = ?", (document_id,))
        return int(count)

    def audience_rows(self) -> list[tuple[str, str, str | None, str | None, str]]:
        """(passage_id, language, valid_from, valid_to, access) of all passages, by id."""
        return self._all_rows(
            "SELECT passage_id, language, valid_from, valid_to, access FROM passages ORDER BY passage_id", ()
        )

    def close(self) -> None:
        """Close the files."""
        for connection in self._all:
            connection.close()
        self._all.clear()

    def _all_rows(self, query: str, values: Sequence[Any]) -> list[Any]:
        with self._connection() as connection:
            try:
                return connection.execute(query, values).fetchall()
            except sqlite3.DatabaseError as error:
                raise GenerationDamaged(f"{PASSAGES} cannot be read: {error}.") from error

    @contextmanager
    def _connection(self) -> Iterator[sqlite3.Connection]:
        connection = self._pool.get()
        try:
            yield connection
        finally:
            self._pool.put(connection)


def _origin(values: Mapping[str, Any]) -> ValidityOrigin:
    days = {name: _day(values[name]) for name in ("valid_from", "valid_to")}
    return ValidityOrigin(**{**values, **days})


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _day(iso: str | None) -> date | None:
    return date.fromisoformat(iso) if iso else None
