"""One database for all records: SQLite by default, PostgreSQL by its address, by the same code."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import (
    ArgumentError,
    DatabaseError,
    DataError,
    IntegrityError,
    InterfaceError,
    NoSuchModuleError,
    ProgrammingError,
)
from sqlalchemy.pool import ConnectionPoolEntry

from app.database.errors import DatabaseAddressInvalid, DatabaseUnavailable
from app.database.upgrading import upgrade

_WAIT_MS = 10_000


class Database:
    """Connections and transactions; opened, its tables brought up to date, on first use. Safe to share between threads.

    Every block is one transaction: kept when it ends, undone when it raises. A block inside one that writes, in the
    same thread, is part of it: several capabilities can change their tables together or not at all.
    """

    def __init__(self, url: str) -> None:
        """Nothing is opened yet. Raises `DatabaseAddressInvalid` when `url` is none of SQLAlchemy's."""
        try:
            self._url = make_url(url)
        except ArgumentError as error:
            raise DatabaseAddressInvalid(
                f"The database address is not one: {error}. It looks like sqlite:///kefu.db or postgresql+psycopg://…"
            ) from error
        self._lock = threading.Lock()
        self._engine: Engine | None = None
        self._mine = threading.local()
        self._turn = threading.Lock()
        """Of SQLite's one writer: threads queue here, because its own waiting is a draw that some lose for seconds."""

    @classmethod
    def in_file(cls, path: Path) -> Database:
        """A SQLite file; its folder is made when it is first used."""
        return cls(f"sqlite:///{path}")

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """To look things up. Raises `DatabaseUnavailable`."""
        outer = self._outer()
        if outer is not None:
            yield outer
            return
        with self._usable(), self._opened().connect() as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """To change things; of several writers one waits for the other from the start, so that none has to give up.

        Raises `DatabaseUnavailable`.
        """
        outer = self._outer()
        if outer is not None:
            with self._usable(), outer.begin_nested():
                yield outer
            return
        queue = self._turn if self._is_sqlite else nullcontext()
        with self._usable(), queue, self._opened().connect() as connection:
            if self._is_sqlite:
                connection = connection.execution_options(is_immediate=True)
            with connection.begin():
                self._mine.connection = connection
                try:
                    yield connection
                finally:
                    self._mine.connection = None

    def _pool(self) -> dict[str, Any]:
        """As many connections as there are chats at once: waiting for one is a draw, too. A server counts them."""
        if self._is_sqlite:
            return {} if self._url.database in (None, "", ":memory:") else {"pool_size": 32, "max_overflow": 96}
        return {"pool_size": 10, "max_overflow": 30}

    def _outer(self) -> Connection | None:
        connection: Connection | None = getattr(self._mine, "connection", None)
        return connection

    def close(self) -> None:
        """Close the connections; the next use opens them again."""
        with self._lock:
            if self._engine is not None:
                self._engine.dispose()
                self._engine = None

    @property
    def _is_sqlite(self) -> bool:
        return self._url.get_backend_name() == "sqlite"

    @contextmanager
    def _usable(self) -> Iterator[None]:
        try:
            yield
        except (DatabaseError, InterfaceError) as error:
            if isinstance(error, (IntegrityError, ProgrammingError, DataError)):
                raise
            reason = str(error.orig).splitlines()[0]
            raise DatabaseUnavailable(
                f"The database {self._url.render_as_string()} cannot be used: {reason}. "
                "Look at KEFU_DATABASE__URL, and whether it runs."
            ) from error

    def _opened(self) -> Engine:
        with self._lock:
            if self._engine is None:
                self._engine = self._open()
            return self._engine

    def _open(self) -> Engine:
        try:
            engine = create_engine(self._url, pool_pre_ping=not self._is_sqlite, **self._pool())
        except (NoSuchModuleError, ModuleNotFoundError) as error:
            raise DatabaseAddressInvalid(f"There is no driver for {self._url.drivername}: {error}.") from error
        if self._is_sqlite:
            if self._url.database:
                Path(self._url.database).parent.mkdir(parents=True, exist_ok=True)
            event.listen(engine, "connect", _prepare)
            event.listen(engine, "begin", _begin)
        try:
            upgrade(engine)
        except BaseException:
            engine.dispose()
            raise
        return engine


def _prepare(connection: Any, _: ConnectionPoolEntry) -> None:
    """Transactions begin where they are said to, not before the first change; references are kept."""
    connection.isolation_level = None
    for pragma in (f"busy_timeout = {_WAIT_MS}", "journal_mode = WAL", "synchronous = NORMAL", "foreign_keys = ON"):
        connection.execute(f"PRAGMA {pragma}").close()


def _begin(connection: Connection) -> None:
    is_immediate = connection.get_execution_options().get("is_immediate", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if is_immediate else "BEGIN")
