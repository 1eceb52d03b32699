"""Staging a new generation: documents put and removed, vectors filled in, everything built aside, then one switch."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np

from index.build import Base
from index.disk import disk_errors
from index.kind import Kind
from index.manifest import PASSAGES
from index.passages import (
    PASSAGE_COLUMNS,
    SCHEMA,
    content_digest,
    document_digest,
    document_of,
    document_record,
    passage_of,
    passage_row,
    passages_digest,
    read_only,
)
from index.types import Document, EmbeddedPassages, Passage
from index.vector_cache import VectorCache

_AT_ONCE = 500

Finish = Callable[[sqlite3.Connection, str], str]
"""Builds and publishes what is staged in a connection, given its content digest; returns the generation's name."""


class GenerationWriter:
    """Collects the changes of one run; `Store.writer` makes it. For one thread at a time.

    It starts as the current generation. As long as nothing changes it only reads that; the first change makes a
    private copy, so a run that finds nothing new costs nothing. Memory does not grow with the store.
    """

    def __init__(
        self,
        staging: Path,
        cache: VectorCache,
        *,
        base: Base | None,
        is_base_whole: bool,
        kind: Kind,
        finish: Finish,
        adds_codes: bool = False,
    ) -> None:
        # A base without token codes, from before there were any, is carried on without until they are asked for:
        # an upgrade must not embed a whole store again unasked.
        self._wants_codes = bool(kind.token_codec) and (adds_codes or base is None or base.has_codes_of(kind))
        self._staging, self._cache, self._finish = staging, cache, finish
        self._dimension = kind.dimension
        self._base = base
        self._is_staged = False
        self._has_new_circumstances = False
        self._base_digest = None
        if (
            base is not None
            and is_base_whole
            and base.is_of(kind)
            and (base.has_codes_of(kind) or not self._wants_codes)
        ):
            self._base_digest = base.manifest.content_digest
            self._connection = read_only(base.folder / PASSAGES)
        else:
            self._connection = self._stage()

    def documents(self) -> Mapping[str, Document]:
        """The documents as they stand now, by id; looked up when asked for."""
        return _Documents(self._connection_now)

    def put(self, document: Document, passages: Sequence[Passage]) -> None:
        """Insert a document, or replace it with all its passages.

        Raises:
            ValueError: a passage of another document, a passage id that is taken, or sentences outside the text.
        """
        _check(document, passages)
        rows = [passage_row(passage, ordinal) for ordinal, passage in enumerate(passages)]
        digest = document_digest(document, passages_digest(rows))
        if self._holds(document, digest):
            return
        with disk_errors("Writing the new index"):
            connection = self._staged()
            try:
                with connection:
                    connection.execute("DELETE FROM passages WHERE document_id = ?", (document.document_id,))
                    connection.executemany("INSERT INTO passages VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", rows)
                    self._write_document(connection, document, digest)
            except sqlite3.IntegrityError as error:
                raise ValueError(f"Expected passage ids of {document.document_id} to be unique: {error}.") from error
            self._await([row[3] for row in rows])

    def touch(self, document: Document) -> None:
        """Replace what is known of a document and leave its passages; KeyError when there is no such document."""
        with disk_errors("Writing the new index"):
            if document.document_id not in self.documents():
                raise KeyError(document.document_id)
            rows = self._connection.execute(
                "SELECT * FROM passages WHERE document_id = ? ORDER BY ordinal", (document.document_id,)
            ).fetchall()
            digest = document_digest(document, passages_digest(rows))
            if not self._holds(document, digest):
                connection = self._staged()
                with connection:
                    self._write_document(connection, document, digest)

    def remove(self, document_id: str) -> None:
        """Take a document and its passages out; KeyError when there is none."""
        if document_id not in self.documents():
            raise KeyError(document_id)
        with disk_errors("Writing the new index"):
            connection = self._staged()
            with connection:
                connection.execute("DELETE FROM passages WHERE document_id = ?", (document_id,))
                connection.execute("DELETE FROM documents WHERE document_id = ?", (document_id,))

    def missing_count(self) -> int:
        """How many different contents have no vectors yet."""
        if not self._is_staged:
            return 0
        with disk_errors("Reading the new index"):
            self._drop_stale()
            return int(self._connection.execute("SELECT count(*) FROM awaited").fetchone()[0])

    def missing(self, limit: int) -> Sequence[Passage]:
        """At most `limit` passages whose vectors are wanted, one for each content; [] when all are there."""
        if not self._is_staged:
            return []
        with disk_errors("Reading the new index"):
            self._drop_stale()
            columns = ", ".join(f"passages.{name}" for name in PASSAGE_COLUMNS.split(", "))
            query = (
                f"SELECT {columns}, min(passages.passage_id) FROM awaited "  # noqa: S608
                "CROSS JOIN passages ON passages.content_hash = awaited.content_hash "
                "GROUP BY awaited.content_hash LIMIT ?"
            )
            return [passage_of(row[:-1]) for row in self._connection.execute(query, (limit,))]

    def put_vectors(self, passages: Sequence[Passage], vectors: EmbeddedPassages) -> None:
        """Keep the vectors of these passages, durably: a run that dies later need not compute them again.

        Raises:
            ValueError: shapes do not fit the passages and the dimension, or a number is not finite.
        """
        _check_vectors(passages, vectors, self._dimension)
        if len(vectors.codes) != len(passages) and (vectors.codes or self._wants_codes):
            raise ValueError(f"Expected token codes of {len(passages)} passages, got those of {len(vectors.codes)}.")
        hashes = [bytes.fromhex(passage.content_hash) for passage in passages]
        with disk_errors("Writing vectors"):
            self._cache.put(hashes, vectors)
            if self._is_staged:
                with self._connection as connection:
                    connection.executemany("DELETE FROM awaited WHERE content_hash = ?", ((one,) for one in hashes))

    def publish(self) -> str | None:
        """Build and switch to the new generation; None when content and embedder are those of the current one.

        Raises:
            ValueError: vectors are missing.
            StoreFull, StoreError: the disk; the current generation stays.
        """
        if not self._is_staged:
            return None
        with disk_errors("Publishing the new index"):
            if missing := self.missing_count():
                raise ValueError(
                    f"Expected vectors for all passages, {missing} have none; call missing() and put_vectors()."
                )
            digest = content_digest(self._connection)
            if digest == self._base_digest and not self._has_new_circumstances:
                return None
            return self._finish(self._connection, digest)

    def close(self) -> None:
        """Let go of the files."""
        self._connection.close()

    def _connection_now(self) -> sqlite3.Connection:
        return self._connection

    def _holds(self, document: Document, digest: bytes) -> bool:
        """Whether the document stands exactly so; other circumstances alone need writing, not indexing."""
        row = self._connection.execute(
            "SELECT digest, record FROM documents WHERE document_id = ?", (document.document_id,)
        ).fetchone()
        if row is None or row[0] != digest:
            return False
        before = document_of(row[1])
        if (before.source, before.reading) != (document.source, document.reading):
            self._has_new_circumstances = True
            return False
        # A new file time alone is kept when something else is published, and is not worth a generation by itself.
        return not self._is_staged or row[1] == document_record(document)

    def _staged(self) -> sqlite3.Connection:
        if not self._is_staged:
            self._connection.close()
            self._connection = self._stage()
        return self._connection

    def _stage(self) -> sqlite3.Connection:
        """A private copy of the base to change, with a list of the contents that wait for vectors."""
        with disk_errors("Preparing the new index"):
            self._staging.mkdir(parents=True)
            path = self._staging / "working.sqlite"
            if self._base is not None:
                shutil.copyfile(self._base.folder / PASSAGES, path)
            connection = sqlite3.connect(path, check_same_thread=False)
            # A staging file that a crash leaves behind is thrown away, so nothing here waits for the device.
            connection.execute("PRAGMA journal_mode = MEMORY")
            connection.execute("PRAGMA synchronous = OFF")
            connection.execute("PRAGMA secure_delete = ON")
            if self._base is None:
                connection.executescript(SCHEMA)
            connection.execute("CREATE TEMP TABLE awaited (content_hash BLOB PRIMARY KEY) WITHOUT ROWID")
            self._connection, self._is_staged = connection, True
            for hashes in content_hashes(connection):
                self._await(hashes)
            return connection

    def _await(self, hashes: Sequence[bytes]) -> None:
        unknown = set(hashes) - self._cache.known(hashes)
        if self._wants_codes:
            unknown |= set(hashes) - self._cache.coded(hashes)
        with self._connection:
            self._connection.executemany("INSERT OR IGNORE INTO awaited VALUES (?)", ((one,) for one in unknown))

    def _drop_stale(self) -> None:
        """Contents that were awaited for a document that has been replaced or removed since."""
        with self._connection:
            self._connection.execute(
                "DELETE FROM awaited WHERE NOT EXISTS "
                "(SELECT 1 FROM passages WHERE passages.content_hash = awaited.content_hash)"
            )

    def _write_document(self, connection: sqlite3.Connection, document: Document, digest: bytes) -> None:
        connection.execute(
            "INSERT OR REPLACE INTO documents VALUES (?, ?, ?)",
            (document.document_id, digest, document_record(document)),
        )


class _Documents(Mapping[str, Document]):
    """The documents of a database as a mapping; reads one at a time and holds none."""

    def __init__(self, connection: Callable[[], sqlite3.Connection]) -> None:
        self._connection = connection

    def __getitem__(self, document_id: str) -> Document:
        query = "SELECT record FROM documents WHERE document_id = ?"
        row = self._connection().execute(query, (document_id,)).fetchone()
        if row is None:
            raise KeyError(document_id)
        return document_of(row[0])

    def __contains__(self, document_id: object) -> bool:
        query = "SELECT 1 FROM documents WHERE document_id = ?"
        return self._connection().execute(query, (document_id,)).fetchone() is not None

    def __iter__(self) -> Iterator[str]:
        # In pages by id, so that documents may be put and removed while one walks through them.
        last = ""
        query = "SELECT document_id FROM documents WHERE document_id > ? ORDER BY document_id LIMIT ?"
        while rows := self._connection().execute(query, (last, _AT_ONCE)).fetchall():
            for (last,) in rows:
                yield last

    def __len__(self) -> int:
        return int(self._connection().execute("SELECT count(*) FROM documents").fetchone()[0])


def content_hashes(connection: sqlite3.Connection) -> Iterator[list[bytes]]:
    """The different content hashes of all passages, some at a time."""
    last = b""
    query = "SELECT DISTINCT content_hash FROM passages WHERE content_hash > ? ORDER BY content_hash LIMIT ?"
    while rows := connection.execute(query, (last, _AT_ONCE)).fetchall():
        yield [row[0] for row in rows]
        last = rows[-1][0]


def _check(document: Document, passages: Sequence[Passage]) -> None:
    for passage in passages:
        if passage.document_id != document.document_id:
            raise ValueError(f"Expected passages of {document.document_id}, got one of {passage.document_id}.")
        end = 0
        for start, stop in passage.sentences:
            if not end <= start < stop <= len(passage.text):
                raise ValueError(
                    f"Expected sentences in order inside the text of {passage.passage_id}, got {start}-{stop}."
                )
            end = stop


def _check_vectors(passages: Sequence[Passage], vectors: EmbeddedPassages, dimension: int) -> None:
    if vectors.passages.shape != (len(passages), dimension) or len(vectors.sentences) != len(passages):
        raise ValueError(
            f"Expected vectors ({len(passages)}, {dimension}), got {vectors.passages.shape} "
            f"and sentence vectors of {len(vectors.sentences)} passages."
        )
    for passage, rows in zip(passages, vectors.sentences, strict=True):
        if rows.shape not in {(len(passage.sentences), dimension), (0, dimension)}:
            raise ValueError(
                f"Expected {len(passage.sentences)} sentence vectors for {passage.passage_id}, got {rows.shape}."
            )
    if not np.isfinite(vectors.passages).all() or not all(np.isfinite(rows).all() for rows in vectors.sentences):
        raise ValueError("Expected finite vectors.")
