"""Small SQLite files of which each call is one transaction."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

_AGAIN_S = 0.01


@contextmanager
def transaction(path: Path, schema: str, *, timeout_s: float = 10) -> Iterator[sqlite3.Connection]:
    """A connection whose changes are kept when the block ends and undone when it raises; rows are `sqlite3.Row`.

    The file and its folder are made where they are missing, and `schema` is run first: it has to bear repetition.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with closing(sqlite3.connect(path, timeout=timeout_s)) as database:
        database.row_factory = sqlite3.Row
        database.executescript(schema)
        with database:
            yield database


def write_ahead(database: sqlite3.Connection, *, timeout_s: float) -> None:
    """Switch the file to a write-ahead log, waiting at most so long for others that use it.

    SQLite waits by itself for everything but this: two connections that make a file at the same time would otherwise
    fail at random.
    """
    give_up_at = time.monotonic() + timeout_s
    while True:
        try:
            database.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode != sqlite3.SQLITE_BUSY or time.monotonic() >= give_up_at:
                raise
            time.sleep(_AGAIN_S)
        else:
            return
