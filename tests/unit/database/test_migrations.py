from __future__ import annotations

import threading
import time
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import inspect, text

from app.database import Database, metadata
from app.database.errors import DatabaseTooNew
from app.database.revising import import_tables, main
from app.database.upgrading import FOLDER, config_of, revisions


@pytest.fixture
def database(tmp_path):
    database = Database.in_file(tmp_path / "kefu.sqlite")
    yield database
    database.close()


def test_a_migrated_database_has_the_tables_that_the_program_says(database):
    import_tables()

    with database.reading() as connection:
        differences = compare_metadata(MigrationContext.configure(connection, opts={"compare_type": True}), metadata)

    assert differences == [], "python -m app.database.revising --initial writes the first revision anew"
    assert {"shop_orders", "profile_consents"} <= set(metadata.tables)


def test_the_names_of_the_files_are_the_revisions_in_their_order(database):
    with database.reading() as connection:
        scripts = ScriptDirectory.from_config(config_of(connection))

        assert tuple(script.revision for script in scripts.walk_revisions())[::-1] == revisions()
        assert scripts.get_heads() == [revisions()[-1]]


def test_going_back_and_forth_leaves_nothing_and_everything(database):
    from alembic import command

    with database.writing() as connection:
        tables = set(inspect(connection).get_table_names())
        command.downgrade(config_of(connection), "base")
        assert set(inspect(connection).get_table_names()) == {"alembic_version"}
    database.close()

    with database.reading() as connection:
        assert set(inspect(connection).get_table_names()) == tables


def test_a_database_that_is_up_to_date_is_opened_without_delay(database):
    with database.reading():
        pass
    database.close()

    begun = time.perf_counter()
    with database.reading():
        pass

    assert time.perf_counter() - begun < 0.2


def test_a_database_of_a_newer_program_is_left_alone(database):
    with database.writing() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    database.close()

    with pytest.raises(DatabaseTooNew, match=r"revision 9999.*KEFU_DATABASE__URL"), database.reading():
        pass


def test_many_who_open_a_new_database_at_once_all_find_it_ready(tmp_path: Path):
    databases = [Database.in_file(tmp_path / "kefu.sqlite") for _ in range(6)]
    failures: list[BaseException] = []

    def use(database: Database) -> None:
        try:
            with database.reading() as connection:
                connection.execute(text("SELECT count(*) FROM shop_orders"))
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=use, args=(database,)) for database in databases]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for database in databases:
        database.close()

    assert failures == []


def test_a_further_revision_is_not_written_while_nothing_has_changed(capsys):
    before = sorted((FOLDER / "versions").iterdir())

    assert main(["nothing at all"]) == 0
    assert main(["--unknown"]) == 2

    assert sorted((FOLDER / "versions").iterdir()) == before
    assert "as the revisions have them" in capsys.readouterr().out
