"""The shop's records in our own database."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from itertools import islice
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, Connection, Select, Table, delete, func, insert, select, text

from app.database import Database, is_storable
from app.domain.shop import Address, Customer, Item, Order, OrderChange, OrderStatus
from app.orders import tables
from app.orders.changing import make_change, set_address
from app.orders.keys import email_key, name_key, phone_key, postcode_key
from app.orders.rows import OrderRows, Row, customer_of, customer_row, item_of, item_row, method_rows, order_of

T = TypeVar("T")
_MOST_FOUND = 100
"""Customers of one search: nobody is identified by what fits more."""
_AT_ONCE = 500
_ORDER_OF_PARTS: dict[Table, tuple[ColumnElement[Any], ...]] = {
    tables.lines: (tables.lines.c.position,),
    tables.payments: (tables.payments.c.payment_id,),
    tables.shipments: (tables.shipments.c.position,),
    tables.shipment_events: (tables.shipment_events.c.at, tables.shipment_events.c.event_id),
    tables.cases: (tables.cases.c.created_at, tables.cases.c.case_id),
}


class SqlShop:
    """See `app.domain.shop.Shop`; safe to share between threads and processes."""

    def __init__(self, database: Database) -> None:
        """Nothing is opened yet."""
        self._database = database

    def customer(self, customer_id: str) -> Customer | None:
        """None where there is none of that id."""
        found = self._customers(
            select(tables.customers).where(tables.customers.c.customer_id == customer_id), customer_id
        )
        return found[0] if found else None

    def find_customers(
        self,
        *,
        email: str | None = None,
        phone: str | None = None,
        name: str | None = None,
        postcode: str | None = None,
    ) -> Sequence[Customer]:
        """Those to whom all that is given applies, by id; none where nothing is given. At most 100."""
        columns = tables.customers.c
        wanted = [
            (column, key(text))
            for column, key, text in (
                (columns.email_key, email_key, email),
                (columns.phone_key, phone_key, phone),
                (columns.name_key, name_key, name),
                (columns.postcode_key, postcode_key, postcode),
            )
            if text is not None
        ]
        if not wanted or not all(key for _, key in wanted):
            return []
        query = select(tables.customers).where(*(column == key for column, key in wanted))
        return self._customers(query.order_by(columns.customer_id).limit(_MOST_FOUND), *(key for _, key in wanted))

    def order(self, order_id: str) -> Order | None:
        """None where there is none of that number."""
        found = self._orders(select(tables.orders).where(tables.orders.c.order_id == order_id), order_id)
        return found[0] if found else None

    def orders_of(self, customer_id: str, *, limit: int = 20) -> Sequence[Order]:
        """Newest first; those without a time last."""
        columns = tables.orders.c
        query = select(tables.orders).where(columns.customer_id == customer_id)
        newest = (columns.placed_at.desc().nulls_last(), columns.order_id.desc())
        return self._orders(query.order_by(*newest).limit(max(limit, 0)), customer_id)

    def orders_in(self, status: OrderStatus) -> Iterator[Order]:
        """All orders of a status by number, read in pieces."""
        return self._in_pieces(tables.orders.c.status == status)

    def order_of_parcel(self, tracking_number: str) -> Order | None:
        """The order that a parcel belongs to; the newest, should a carrier have used a number again."""
        parcels = tables.shipments.c
        query = select(tables.orders).join(tables.shipments).where(parcels.tracking_number == tracking_number)
        found = self._orders(query.order_by(tables.orders.c.placed_at.desc().nulls_last()).limit(1), tracking_number)
        return found[0] if found else None

    def item(self, sku: str) -> Item | None:
        """None where there is none of that SKU."""
        found = self._items(select(tables.items).where(tables.items.c.sku == sku), sku)
        return found[0] if found else None

    def variants(self, product_id: str) -> Sequence[Item]:
        """All items of a product by SKU, in and out of stock."""
        columns = tables.items.c
        return self._items(
            select(tables.items).where(columns.product_id == product_id).order_by(columns.sku), product_id
        )

    def change_order(self, change: OrderChange) -> Order:
        """See `app.domain.shop.Shop.change_order`: whole or not at all, and only once."""
        with self._database.writing() as connection:
            make_change(connection, change)
            return _orders(connection, select(tables.orders).where(tables.orders.c.order_id == change.order_id))[0]

    def change_address(self, customer_id: str, address: Address) -> Customer:
        """A customer's own address. Raises `CustomerMissing`."""
        with self._database.writing() as connection:
            set_address(connection, customer_id, address)
            query = select(tables.customers).where(tables.customers.c.customer_id == customer_id)
            return _customers(connection, query)[0]

    def is_empty(self) -> bool:
        """Whether there is neither a customer nor an item."""
        with self._database.reading() as connection:
            return all(
                connection.execute(select(table.c[0]).limit(1)).first() is None
                for table in (tables.customers, tables.items)
            )

    def counts(self) -> dict[str, int]:
        """Customers, items and orders."""
        with self._database.reading() as connection:
            return {
                table.name.removeprefix("shop_"): connection.execute(
                    select(func.count()).select_from(table)
                ).scalar_one()
                for table in (tables.customers, tables.items, tables.orders)
            }

    def add(
        self,
        *,
        customers: Iterable[Customer] = (),
        items: Iterable[Item] = (),
        orders: Iterable[Order] = (),
        in_place_of_all: bool = False,
    ) -> None:
        """Take in records, all in one transaction; with `in_place_of_all` those that there were are removed first.

        SQLAlchemy's `IntegrityError` for an id that is there already or an order of nobody.
        """
        with self._database.writing() as connection:
            if in_place_of_all:
                for table in reversed(tables.ALL):
                    connection.execute(delete(table))
            for some in _pieces(customers):
                connection.execute(insert(tables.customers), [customer_row(customer) for customer in some])
                _insert(connection, tables.methods, [row for customer in some for row in method_rows(customer)])
            for goods in _pieces(items):
                connection.execute(insert(tables.items), [item_row(item) for item in goods])
            for bought in _pieces(orders):
                rows = OrderRows()
                for order in bought:
                    rows.add(order)
                for table in tables.ALL:
                    _insert(connection, table, rows.rows.get(table, []))
            if connection.dialect.name == "postgresql":
                # Before its first sweep it knows nothing of fresh tables and reads whole ones for a few orders.
                for table in tables.ALL:
                    connection.execute(text(f"ANALYZE {table.name}"))

    def every_customer(self) -> Iterator[Customer]:
        """All by id, read in pieces."""
        table = tables.customers
        return _pages(lambda after: self._customers(_page(table, after)), key=lambda customer: customer.customer_id)

    def every_item(self) -> Iterator[Item]:
        """All by SKU, read in pieces."""
        return _pages(lambda after: self._items(_page(tables.items, after)), key=lambda item: item.sku)

    def every_order(self, *, since: datetime | None = None) -> Iterator[Order]:
        """All by number, or those placed since a moment, read in pieces."""
        return self._in_pieces() if since is None else self._in_pieces(tables.orders.c.placed_at >= since)

    def _in_pieces(self, *conditions: ColumnElement[bool]) -> Iterator[Order]:
        return _pages(
            lambda after: self._orders(_page(tables.orders, after).where(*conditions)), key=lambda order: order.order_id
        )

    def _customers(self, query: Select[Any], *given: str) -> list[Customer]:
        if not all(map(is_storable, given)):
            return []
        with self._database.reading() as connection:
            return _customers(connection, query)

    def _orders(self, query: Select[Any], *given: str) -> list[Order]:
        if not all(map(is_storable, given)):
            return []
        with self._database.reading() as connection:
            return _orders(connection, query)

    def _items(self, query: Select[Any], *given: str) -> list[Item]:
        if not all(map(is_storable, given)):
            return []
        with self._database.reading() as connection:
            return [item_of(row) for row in connection.execute(query).mappings()]


def _customers(connection: Connection, query: Select[Any]) -> list[Customer]:
    rows = connection.execute(query).mappings().all()
    columns = tables.methods.c
    methods = _grouped(
        connection,
        select(tables.methods).order_by(columns.position),
        columns.customer_id,
        [row["customer_id"] for row in rows],
    )
    return [customer_of(row, methods[row["customer_id"]]) for row in rows]


def _orders(connection: Connection, query: Select[Any]) -> list[Order]:
    """One query a table, however many orders."""
    rows = connection.execute(query).mappings().all()
    order_ids = [row["order_id"] for row in rows]
    parts = {
        table: _grouped(connection, select(table).order_by(*position), table.c.order_id, order_ids)
        for table, position in _ORDER_OF_PARTS.items()
    }
    return [order_of(row, {table: found[row["order_id"]] for table, found in parts.items()}) for row in rows]


def _grouped(
    connection: Connection, query: Select[Any], column: ColumnElement[str], ids: Sequence[str]
) -> defaultdict[str, list[Row]]:
    found: defaultdict[str, list[Row]] = defaultdict(list)
    if ids:
        for row in connection.execute(query.where(column.in_(ids))).mappings():
            found[row[str(column.key)]].append(row)
    return found


def _insert(connection: Connection, table: Table, rows: Sequence[Row]) -> None:
    if rows:
        connection.execute(insert(table), rows)


def _page(table: Table, after: str) -> Select[Any]:
    identity = table.c[0]
    return select(table).where(identity > after).order_by(identity).limit(_AT_ONCE)


def _pages(read: Callable[[str], Sequence[T]], key: Callable[[T], str]) -> Iterator[T]:
    after = ""
    while found := read(after):
        yield from found
        after = key(found[-1])


def _pieces(records: Iterable[T]) -> Iterator[list[T]]:
    rest = iter(records)
    while piece := list(islice(rest, _AT_ONCE)):
        yield piece
