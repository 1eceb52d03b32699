"""Tokens of passages that were cut once, kept by content: a publish cuts only what is new into words."""

from __future__ import annotations

import sqlite3
import zlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import TypeVar

from index.cache_file import compact, open_cache, pieces
from index.lexical import TOKENIZERS, Tokens

_T = TypeVar("_T")

_SCHEMA = """
CREATE TABLE IF NOT EXISTS tokens (
    tokenizers TEXT NOT NULL, content_hash BLOB NOT NULL, tokens BLOB NOT NULL, crc INTEGER NOT NULL
);
CREATE UNIQUE INDEX IF NOT EXISTS tokens_by_content ON tokens (tokenizers, content_hash);
"""


class TokenCache:
    """Tokens by content hash and by what cut them, each row with a checksum.

    Only the holder of the store's write lock opens it. Nothing depends on it but time: a damaged row counts as
    unknown, a damaged file is made anew, and what was put since the last `save` may be lost.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._key = " ".join(TOKENIZERS.values())
        self._connection = open_cache(path, _SCHEMA)

    def get(self, hashes: Sequence[bytes]) -> dict[bytes, Tokens]:
        """By content hash the tokens; unknown ones are left out."""
        return self._or_anew(lambda: self._get(hashes), {})

    def put(self, tokens: Mapping[bytes, Tokens]) -> None:
        """Keep tokens by content hash; `save` makes it last."""
        rows = []
        for content_hash, fields in tokens.items():
            packed = "\n".join(fields).encode()
            rows.append((self._key, content_hash, packed, _crc(content_hash, packed)))
        insert = "INSERT OR REPLACE INTO tokens VALUES (?, ?, ?, ?)"
        self._or_anew(lambda: self._connection.executemany(insert, rows), None)

    def save(self) -> None:
        """Write down what was put."""
        self._or_anew(self._connection.commit, None)

    def keep_only(self, hashes: Iterable[bytes]) -> None:
        """Remove all tokens but those that today's tokenizers made of these contents; overwritten in the file."""
        self._or_anew(lambda: self._keep_only(hashes), None)

    def close(self) -> None:
        """Close the file; what was not saved is lost."""
        self._connection.close()

    def _get(self, hashes: Sequence[bytes]) -> dict[bytes, Tokens]:
        found: dict[bytes, Tokens] = {}
        for some, marks in pieces(hashes):
            query = f"SELECT content_hash, tokens, crc FROM tokens WHERE tokenizers = ? AND content_hash IN ({marks})"  # noqa: S608 (marks only)
            for content_hash, packed, crc in self._connection.execute(query, (self._key, *some)):
                if crc == _crc(content_hash, packed):
                    found[content_hash] = tuple(packed.decode().split("\n"))
        return found

    def _keep_only(self, hashes: Iterable[bytes]) -> None:
        with self._connection as connection:
            connection.execute("CREATE TEMP TABLE kept (h BLOB PRIMARY KEY) WITHOUT ROWID")
            connection.executemany("INSERT OR IGNORE INTO kept VALUES (?)", ((one,) for one in hashes))
            connection.execute(
                "DELETE FROM tokens WHERE tokenizers != ? OR content_hash NOT IN (SELECT h FROM kept)", (self._key,)
            )
            connection.execute("DROP TABLE kept")
        compact(self._connection)

    def _or_anew(self, act: Callable[[], _T], otherwise: _T) -> _T:
        """What `act` gives; with a damaged file `otherwise`, and the file is made anew."""
        try:
            return act()
        except sqlite3.DatabaseError as error:
            if isinstance(error, sqlite3.OperationalError):
                raise
        self._connection.close()
        self._path.unlink()
        self._connection = open_cache(self._path, _SCHEMA)
        return otherwise


def _crc(content_hash: bytes, packed: bytes) -> int:
    return zlib.crc32(packed, zlib.crc32(content_hash))
