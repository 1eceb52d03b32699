from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass

import pytest

from app.database import Database
from app.domain.shop import Shop
from app.orders import RestShop, SqlShop
from tests.live_server import live
from tests.postgres import fresh_database
from tests.shop_samples import ITEMS, NOBODY, WANG, ZOE
from tests.shop_server import KEY, shop_server


@dataclass
class Kept:
    """A shop, and the records behind it."""

    shop: Shop
    records: SqlShop


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def address(request, tmp_path) -> Iterator[str]:
    """Of an empty database."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'kefu.sqlite'}"
        return
    with fresh_database() as url:
        yield url


@pytest.fixture
def database(address) -> Iterator[Database]:
    database = Database(address)
    yield database
    database.close()


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres), "http"])
def kept(request, tmp_path) -> Iterator[Kept]:
    """The same customers and items in each kind of shop."""
    with ExitStack() as stack:
        if request.param == "postgres":
            database = Database(stack.enter_context(fresh_database()))
        else:
            database = Database.in_file(tmp_path / "kefu.sqlite")
        stack.callback(database.close)
        records = SqlShop(database)
        records.add(customers=[WANG, ZOE, NOBODY], items=ITEMS)
        shop: Shop = records
        if request.param == "http":
            rest = RestShop(stack.enter_context(live(shop_server(records))) + "/kefu/", api_key=KEY)
            stack.callback(rest.close)
            shop = rest
        yield Kept(shop, records)
