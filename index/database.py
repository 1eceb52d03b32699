"""Small SQLite files of which each call is one transaction."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path


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
