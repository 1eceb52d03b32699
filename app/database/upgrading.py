"""Brings the tables of a database to what this version of the program works with."""

from __future__ import annotations

import logging
import threading
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, Engine, inspect, text

from app.database.errors import DatabaseTooNew

if TYPE_CHECKING:
    from alembic.config import Config

logger = logging.getLogger(__name__)

FOLDER = Path(__file__).parent / "migrations"
_TABLE = "alembic_version"
_LOCK_KEY = 862_000_001
"""Of PostgreSQL's advisory lock; any number that nobody else in the same database uses."""
_in_process = threading.Lock()
"""Alembic keeps what it works on in globals: one upgrade at a time in a process."""


@cache
def revisions() -> tuple[str, ...]:
    """All that this program knows, oldest first; read from the names of the files, for Alembic is slow to import."""
    return tuple(sorted(path.name[1:5] for path in (FOLDER / "versions").glob("r[0-9][0-9][0-9][0-9]_*.py")))


def current_revision(connection: Connection) -> str | None:
    """That of the database; None for one without any."""
    if not inspect(connection).has_table(_TABLE):
        return None
    return connection.execute(text(f"SELECT version_num FROM {_TABLE}")).scalar()  # noqa: S608 - a constant


def upgrade(engine: Engine) -> None:
    """Apply the revisions that are missing, all or none; of several processes one does it and the others wait.

    Raises `DatabaseTooNew` when the database has a revision that this program does not know.
    """
    with engine.connect() as connection:
        if not _is_behind(connection, engine):
            return
    with _in_process, engine.connect() as connection:
        if engine.dialect.name == "sqlite":
            _upgrade_sqlite(connection, engine)
        else:
            with connection.begin():
                connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK_KEY})
                _apply(connection, engine)


def config_of(connection: Connection) -> Config:
    """Alembic's, without a file."""
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(FOLDER).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    return config


def _is_behind(connection: Connection, engine: Engine) -> bool:
    current, newest = current_revision(connection), max(revisions(), default=None)
    if current is not None and current not in revisions():
        raise DatabaseTooNew(
            f"The database {engine.url.render_as_string()} was last used by a newer kefu (revision {current}; this one "
            f"knows those up to {newest}). Use that version, or set KEFU_DATABASE__URL to another database."
        )
    return current != newest


def _upgrade_sqlite(connection: Connection, engine: Engine) -> None:
    """A table that is made anew is dropped first, which references to it must not notice until the end."""
    driver = connection.connection.cursor()
    driver.execute("PRAGMA foreign_keys = OFF")
    try:
        with connection.execution_options(is_immediate=True).begin():
            _apply(connection, engine)
    finally:
        driver.execute("PRAGMA foreign_keys = ON")
        driver.close()


def _apply(connection: Connection, engine: Engine) -> None:
    """Within the lock another process may have been faster."""
    from alembic import command

    if _is_behind(connection, engine):
        logger.info("bringing the tables of %s to revision %s", engine.url.render_as_string(), revisions()[-1])
        command.upgrade(config_of(connection), "head")
