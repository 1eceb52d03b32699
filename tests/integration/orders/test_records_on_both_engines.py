from __future__ import annotations

import threading
from datetime import UTC, date, datetime
from pathlib import Path

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import func, select

from app.database import Database, metadata
from app.database.revising import import_tables
from app.domain.profile import Preferences
from app.orders import SqlShop, tables
from app.orders.sample import make_sample, read_catalogue
from app.profiles import Profiles
from tests.shop_samples import WANG, plain_order

CATALOGUE = Path(__file__).parents[3] / "knowledge" / "catalogue" / "products.csv"


def test_the_migrated_tables_are_those_of_the_program(database):
    import_tables()

    with database.reading() as connection:
        assert compare_metadata(MigrationContext.configure(connection, opts={"compare_type": True}), metadata) == []


def test_several_who_open_an_empty_database_at_once_make_its_tables_once(address):
    others = [Database(address) for _ in range(4)]
    counts: list[int] = []

    def use(other: Database) -> None:
        with other.reading() as connection:
            counts.append(connection.execute(select(func.count()).select_from(tables.orders)).scalar_one())

    threads = [threading.Thread(target=use, args=(other,)) for other in others]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for other in others:
        other.close()

    assert counts == [0] * 4


def test_sample_records_come_back_as_they_were_made(database):
    sample = make_sample(read_catalogue(CATALOGUE), customers=20, as_of=date(2026, 11, 25))
    shop = SqlShop(database)

    shop.add(customers=sample.customers, items=sample.items, orders=sample.orders)

    assert list(shop.every_order()) == sample.orders
    assert {one.customer_id: one for one in shop.every_customer()} == {one.customer_id: one for one in sample.customers}
    assert {one.sku: one for one in shop.every_item()} == {one.sku: one for one in sample.items}


def test_a_profile_is_kept_used_and_erased(database):
    shop = SqlShop(database)
    shop.add(customers=[WANG], orders=[plain_order("SL1")])
    profiles = Profiles(database, shop)
    before = datetime.now(UTC)

    profiles.update(
        "C1",
        preferences=Preferences("en", {"鞋": "39"}),
        consents={"service": True, "personalisation": True},
        source="page\x00",
        actor="customer",
    )
    profiles.update("C1", preferences=Preferences("zh"), source="page", actor="customer")
    profiles.add_note("C1", "喜欢\x00黑色", source="conversation 1", actor="assistant")

    profile = profiles.get("C1", actor="customer")
    assert profile.preferences == Preferences("zh")
    assert profile.facts.sizes == {"鞋": ("38",)}
    assert [note.text for note in profile.notes] == ["喜欢黑色"]
    assert profile.consents["service"].source == "page"
    assert before <= profile.consents["service"].at <= datetime.now(UTC)
    assert profiles.erase("C1", actor="customer").erased == {"preferences": 1, "consents": 2, "notes": 1}


def test_eight_who_say_what_they_like_at_once_leave_one_word(database):
    shop = SqlShop(database)
    shop.add(customers=[WANG])
    profiles = Profiles(database, shop)
    failures: list[Exception] = []

    def say(number: int) -> None:
        try:
            profiles.update("C1", preferences=Preferences(brands=(str(number),)), source="page", actor="customer")
        except Exception as error:
            failures.append(error)

    threads = [threading.Thread(target=say, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert failures == []
    assert len(profiles.get("C1", actor="customer").preferences.brands) == 1
