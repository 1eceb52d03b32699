"""Vectors that were computed once, kept by content: what makes a second ingest cheap and a crash harmless."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np

from index.cache_file import compact, open_cache, pieces
from index.errors import GenerationDamaged
from index.kind import Kind
from index.types import EmbeddedPassages, FloatMatrix, TokenCodes

_SCHEMA = """
CREATE TABLE IF NOT EXISTS vectors (
    embedder_id TEXT NOT NULL, dimension INTEGER NOT NULL, content_hash BLOB NOT NULL,
    passage BLOB NOT NULL, sentences BLOB NOT NULL, crc INTEGER NOT NULL
);
CREATE UNIQUE INDEX IF NOT EXISTS vectors_by_content ON vectors (embedder_id, dimension, content_hash);
CREATE TABLE IF NOT EXISTS codes (
    embedder_id TEXT NOT NULL, codec TEXT NOT NULL, content_hash BLOB NOT NULL,
    codes BLOB NOT NULL, crc INTEGER NOT NULL
);
CREATE UNIQUE INDEX IF NOT EXISTS codes_by_content ON codes (embedder_id, codec, content_hash);
"""


class VectorCache:
    """Vectors by content hash and embedder, as 16-bit floats, each row with a checksum.

    Only the holder of the store's write lock opens it. Rounding to 16 bits happens here and once: an index is built
    from what `get` returns, whether the vectors were computed a second or a year ago. A file that SQLite cannot read
    is dropped: it holds nothing that cannot be computed again.

    Token codes lie beside the vectors, in a table of their own: caches from before there were any are carried on.
    """

    def __init__(self, path: Path, kind: Kind, *, code_size: int = 1) -> None:
        """Open or make the file, to read and write what is of this kind; `code_size` is bytes of a token's code."""
        self._key = (kind.embedder_id, kind.dimension)
        self._code_key, self.code_size = (kind.embedder_id, kind.token_codec), code_size
        self._dimension = kind.dimension
        self._connection = open_cache(path, _SCHEMA)

    def known(self, hashes: Sequence[bytes]) -> set[bytes]:
        """Those of the content hashes whose vectors are here."""
        found: set[bytes] = set()
        for some, marks in pieces(hashes):
            query = (
                "SELECT content_hash FROM vectors WHERE embedder_id = ? AND dimension = ? "  # noqa: S608 (marks only)
                f"AND content_hash IN ({marks})"
            )
            found.update(row[0] for row in self._connection.execute(query, (*self._key, *some)))
        return found

    def coded(self, hashes: Sequence[bytes]) -> set[bytes]:
        """Those of the content hashes whose token codes are here."""
        return set(self.code_counts(hashes))

    def put(self, hashes: Sequence[bytes], vectors: EmbeddedPassages) -> None:
        """Keep vectors, at once and for good; row i of `vectors` belongs to hashes[i]."""
        rows = []
        for content_hash, passage, sentences in zip(hashes, vectors.passages, vectors.sentences, strict=True):
            one, many = passage.astype("<f2").tobytes(), sentences.astype("<f2").tobytes()
            rows.append((*self._key, content_hash, one, many, _crc(content_hash, one, many)))
        with self._connection:
            self._connection.executemany("INSERT OR REPLACE INTO vectors VALUES (?, ?, ?, ?, ?, ?)", rows)
            if vectors.codes and self._code_key[1]:
                packed = [(one, codes.tobytes()) for one, codes in zip(hashes, vectors.codes, strict=True)]
                coded = [(*self._code_key, one, codes, _crc(one, codes, b"")) for one, codes in packed]
                self._connection.executemany("INSERT OR REPLACE INTO codes VALUES (?, ?, ?, ?, ?)", coded)

    def get(self, hashes: Sequence[bytes]) -> dict[bytes, tuple[FloatMatrix, FloatMatrix]]:
        """By content hash the passage's vector (1, d) and its sentences' (n, d); unknown ones are left out.

        Raises:
            GenerationDamaged: a row differs from what was written; it is removed and will be computed again.
        """
        found: dict[bytes, tuple[FloatMatrix, FloatMatrix]] = {}
        for some, marks in pieces(hashes):
            query = (
                "SELECT content_hash, passage, sentences, crc FROM vectors "  # noqa: S608 (marks only)
                f"WHERE embedder_id = ? AND dimension = ? AND content_hash IN ({marks})"
            )
            for content_hash, one, many, crc in self._connection.execute(query, (*self._key, *some)).fetchall():
                if crc != _crc(content_hash, one, many):
                    self._forget(content_hash)
                found[content_hash] = (self._matrix(one), self._matrix(many))
        return found

    def get_codes(self, hashes: Sequence[bytes]) -> dict[bytes, TokenCodes]:
        """By content hash the codes of its tokens, (t, code_size); unknown ones are left out.

        Raises:
            GenerationDamaged: as for `get`.
        """
        found: dict[bytes, TokenCodes] = {}
        for some, marks in pieces(hashes):
            query = (
                "SELECT content_hash, codes, crc FROM codes "  # noqa: S608 (marks only)
                f"WHERE embedder_id = ? AND codec = ? AND content_hash IN ({marks})"
            )
            for content_hash, codes, crc in self._connection.execute(query, (*self._code_key, *some)).fetchall():
                if crc != _crc(content_hash, codes, b""):
                    self._forget(content_hash)
                found[content_hash] = np.frombuffer(codes, np.uint8).reshape(-1, self.code_size)
        return found

    def code_counts(self, hashes: Sequence[bytes]) -> dict[bytes, int]:
        """By content hash the number of tokens that have codes; unknown ones are left out."""
        found: dict[bytes, int] = {}
        for some, marks in pieces(hashes):
            query = (
                "SELECT content_hash, length(codes) FROM codes "  # noqa: S608 (marks only)
                f"WHERE embedder_id = ? AND codec = ? AND content_hash IN ({marks})"
            )
            rows = self._connection.execute(query, (*self._code_key, *some))
            found.update((content_hash, size // self.code_size) for content_hash, size in rows)
        return found

    def sentence_counts(self, hashes: Sequence[bytes]) -> dict[bytes, int]:
        """By content hash the number of sentence vectors; unknown ones are left out."""
        found: dict[bytes, int] = {}
        for some, marks in pieces(hashes):
            query = (
                "SELECT content_hash, length(sentences) FROM vectors "  # noqa: S608 (marks only)
                f"WHERE embedder_id = ? AND dimension = ? AND content_hash IN ({marks})"
            )
            rows = self._connection.execute(query, (*self._key, *some))
            found.update((content_hash, size // (2 * self._dimension)) for content_hash, size in rows)
        return found

    def keep_only(self, kept: Iterable[tuple[str, int, Iterable[bytes]]], *, codecs: Iterable[str] = ()) -> int:
        """Remove all vectors but those of (embedder_id, dimension, hashes); returns how many were removed.

        Token codes go with the vectors of their content, and those of other codecs than `codecs` where any is given.
        What is removed is overwritten in the file, so deleted text leaves no trace in vectors either.
        """
        with self._connection:
            self._connection.execute("CREATE TEMP TABLE kept (e TEXT, d INTEGER, h BLOB, PRIMARY KEY (e, d, h))")
            for embedder_id, dimension, hashes in kept:
                self._connection.executemany(
                    "INSERT OR IGNORE INTO kept VALUES (?, ?, ?)", ((embedder_id, dimension, one) for one in hashes)
                )
            removed = self._connection.execute(
                "DELETE FROM vectors WHERE (embedder_id, dimension, content_hash) NOT IN (SELECT e, d, h FROM kept)"
            ).rowcount
            self._connection.execute(
                "DELETE FROM codes WHERE (embedder_id, content_hash) NOT IN (SELECT e, h FROM kept)"
            )
            self._connection.execute("DROP TABLE kept")
            if names := sorted(set(codecs)):
                marks = ",".join("?" * len(names))
                self._connection.execute(f"DELETE FROM codes WHERE codec NOT IN ({marks})", names)  # noqa: S608
        compact(self._connection)
        return removed

    def close(self) -> None:
        """Close the file."""
        self._connection.close()

    def _matrix(self, blob: bytes) -> FloatMatrix:
        return np.frombuffer(blob, dtype="<f2").reshape(-1, self._dimension).astype(np.float32)

    def _forget(self, content_hash: bytes) -> None:
        with self._connection:
            self._connection.execute(
                "DELETE FROM vectors WHERE embedder_id = ? AND dimension = ? AND content_hash = ?",
                (*self._key, content_hash),
            )
            self._connection.execute("DELETE FROM codes WHERE content_hash = ?", (content_hash,))
        raise GenerationDamaged(
            "cache/vectors.sqlite held a damaged vector, which was removed. Run the ingest again: it computes it anew."
        )


def _crc(content_hash: bytes, one: bytes, many: bytes) -> int:
    return zlib.crc32(many, zlib.crc32(one, zlib.crc32(content_hash)))
