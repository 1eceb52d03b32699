from __future__ import annotations

import threading

import pytest
from sqlalchemy import Column, Integer, MetaData, Table, func, insert, select

from app.database import Database
from app.database.errors import DatabaseAddressInvalid, DatabaseUnavailable

numbers = Table("test_numbers", MetaData(), Column("number", Integer, primary_key=True))


@pytest.fixture
def database(tmp_path):
    database = Database.in_file(tmp_path / "made" / "kefu.sqlite")
    with database.writing() as connection:
        numbers.create(connection)
    yield database
    database.close()


def count(database: Database) -> int:
    with database.reading() as connection:
        return connection.execute(select(func.count()).select_from(numbers)).scalar_one()


def test_a_block_that_raises_leaves_nothing(database):
    with pytest.raises(ZeroDivisionError), database.writing() as connection:
        connection.execute(insert(numbers), [{"number": 1 // n} for n in (1, 0)])

    assert count(database) == 0


def test_eight_writers_wait_for_one_another(database):
    def write() -> None:
        for _ in range(20):
            with database.writing() as connection:
                most = connection.execute(select(func.max(numbers.c.number))).scalar() or 0
                connection.execute(insert(numbers), [{"number": most + 1}])

    threads = [threading.Thread(target=write) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert count(database) == 160


def test_closing_twice_and_using_it_again(database):
    with database.writing() as connection:
        connection.execute(insert(numbers), [{"number": 1}])
    database.close()
    database.close()

    assert count(database) == 1


def test_an_address_that_is_none():
    with pytest.raises(DatabaseAddressInvalid, match="looks like sqlite"):
        Database("what is this")


def test_a_driver_that_is_not_there(tmp_path):
    with pytest.raises(DatabaseAddressInvalid, match="no driver"), Database("nosuch://host/kefu").reading():
        pass


def test_a_database_that_does_not_answer(tmp_path):
    (tmp_path / "kefu.sqlite").write_bytes(b"this is no database, however long one reads it" * 30)

    with (
        pytest.raises(DatabaseUnavailable, match="not a database"),
        Database.in_file(tmp_path / "kefu.sqlite").reading(),
    ):
        pass
