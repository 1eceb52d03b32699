"""Vectors that were computed once, kept by content: what makes a second ingest cheap and a crash harmless."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np

from index.cache_file import compact, open_cache, pieces
from index.errors import GenerationDamaged
from index.types import EmbeddedPassages, FloatMatrix

_SCHEMA = """
CREATE TABLE IF NOT EXISTS vectors (
    embedder_id TEXT NOT NULL, dimension INTEGER NOT NULL, content_hash BLOB NOT NULL,
    passage BLOB NOT NULL, sentences BLOB NOT NULL, crc INTEGER NOT NULL
);
CREATE UNIQUE INDEX IF NOT EXISTS vectors_by_content ON vectors (embedder_id, dimension, content_hash);
"""


class VectorCache:
    """Vectors by content hash and embedder, as 16-bit floats, each row with a checksum.

    Only the holder of the store's write lock opens it. Rounding to 16 bits happens here and once: an index is built
    from what `get` returns, whether the vectors were computed a second or a year ago. A file that SQLite cannot read
    is dropped: it holds nothing that cannot be computed again.
    """

    def __init__(self, path: Path, *, embedder_id: str, dimension: int) -> None:
        self._key = (embedder_id, dimension)
        self._dimension = dimension
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

    def put(self, hashes: Sequence[bytes], vectors: EmbeddedPassages) -> None:
        """Keep vectors, at once and for good; row i of `vectors` belongs to hashes[i]."""
        rows = []
        for content_hash, passage, sentences in zip(hashes, vectors.passages, vectors.sentences, strict=True):
            one, many = passage.astype("<f2").tobytes(), sentences.astype("<f2").tobytes()
            rows.append((*self._key, content_hash, one, many, _crc(content_hash, one, many)))
        with self._connection:
            self._connection.executemany("INSERT OR REPLACE INTO vectors VALUES (?, ?, ?, ?, ?, ?)", rows)

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

    def keep_only(self, kept: Iterable[tuple[str, int, Iterable[bytes]]]) -> int:
        """Remove all vectors but those of (embedder_id, dimension, hashes); returns how many were removed.

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
            self._connection.execute("DROP TABLE kept")
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
        raise GenerationDamaged(
            "cache/vectors.sqlite held a damaged vector, which was removed. Run the ingest again: it computes it anew."
        )


def _crc(content_hash: bytes, one: bytes, many: bytes) -> int:
    return zlib.crc32(many, zlib.crc32(one, zlib.crc32(content_hash)))
