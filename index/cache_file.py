"""SQLite files of what can be computed again: opened, made anew when unreadable, given back their free space."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from pathlib import Path

from index.errors import StoreBusy

_AT_ONCE = 500
_WORTH_COMPACTING = 0.25
"""Share of free pages above which the file is written anew."""


def open_cache(path: Path, schema: str) -> sqlite3.Connection:
    """Open a cache file and make its tables; one that SQLite cannot read is dropped.

    What is deleted from it is overwritten.

    Raises:
        StoreBusy: another process writes it.
        sqlite3.OperationalError: the disk.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        return _opened(path, schema)
    except sqlite3.DatabaseError as error:
        if isinstance(error, sqlite3.OperationalError):
            raise
        path.unlink()
        return _opened(path, schema)


def compact(connection: sqlite3.Connection) -> None:
    """Write the file anew once a good part of it is free."""
    pages = connection.execute("PRAGMA page_count").fetchone()[0]
    free = connection.execute("PRAGMA freelist_count").fetchone()[0]
    if free > _WORTH_COMPACTING * pages:
        connection.execute("VACUUM")


def pieces(hashes: Sequence[bytes]) -> Iterator[tuple[Sequence[bytes], str]]:
    """The different hashes, as many at a time as fit into one query, each time with the marks for them."""
    different = list(dict.fromkeys(hashes))
    for start in range(0, len(different), _AT_ONCE):
        some = different[start : start + _AT_ONCE]
        yield some, ",".join("?" * len(some))


def _opened(path: Path, schema: str) -> sqlite3.Connection:
    connection = sqlite3.connect(path, check_same_thread=False, timeout=5)
    try:
        connection.execute("PRAGMA secure_delete = ON")
        connection.execute("PRAGMA synchronous = NORMAL")
        connection.executescript(schema)
    except sqlite3.DatabaseError as error:
        connection.close()
        if getattr(error, "sqlite_errorcode", None) == sqlite3.SQLITE_BUSY:
            raise StoreBusy(f"Another process is writing cache/{path.name}; wait for it to end.") from error
        raise
    return connection
