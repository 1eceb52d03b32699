import sqlite3
import threading
from contextlib import closing

import pytest

from index.database import transaction, write_ahead

SCHEMA = "CREATE TABLE IF NOT EXISTS notes (text TEXT NOT NULL);"


def notes(path):
    with transaction(path, SCHEMA) as database:
        return [row["text"] for row in database.execute("SELECT text FROM notes")]


def test_what_a_block_changes_is_kept_and_what_a_failing_one_changes_is_not(tmp_path):
    path = tmp_path / "new" / "notes.sqlite"
    with transaction(path, SCHEMA) as database:
        database.execute("INSERT INTO notes VALUES ('kept')")
    with pytest.raises(sqlite3.IntegrityError), transaction(path, SCHEMA) as database:
        database.executemany("INSERT INTO notes VALUES (?)", [("undone",), (None,)])

    assert notes(path) == ["kept"]


def test_the_log_waits_for_another_connection(tmp_path):
    path = tmp_path / "log.sqlite"
    held, released = threading.Event(), threading.Event()

    def hold():
        with closing(sqlite3.connect(path, isolation_level=None)) as other:
            other.execute("BEGIN EXCLUSIVE")
            held.set()
            released.wait(10)
            other.execute("COMMIT")

    holder = threading.Thread(target=hold)
    holder.start()
    held.wait(10)
    with closing(sqlite3.connect(path, timeout=0)) as database:
        with pytest.raises(sqlite3.OperationalError, match="locked"):
            write_ahead(database, timeout_s=0.05)
        threading.Timer(0.1, released.set).start()
        write_ahead(database, timeout_s=10)
        holder.join(10)

        assert database.execute("PRAGMA journal_mode").fetchone()[0] == "wal"


def test_what_is_no_waiting_matter_is_told_at_once(tmp_path, monkeypatch):
    monkeypatch.setattr("index.database.time.sleep", lambda _seconds: pytest.fail("it waits"))
    (tmp_path / "none.sqlite").write_bytes(b"no database, but long enough to be taken for one" * 100)

    with (
        closing(sqlite3.connect(tmp_path / "none.sqlite")) as database,
        pytest.raises(sqlite3.DatabaseError, match="not a database"),
    ):
        write_ahead(database, timeout_s=10)
