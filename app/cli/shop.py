"""`kefu shop`: the shop's records: filled with those of the sample company, and looked at."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from app.cli import options
from app.cli.opening import open_container, parse_day
from app.cli.terminal import emit, emit_json, emit_table, note, paint, plain

if TYPE_CHECKING:
    from app.building.container import Container
    from app.domain.shop import Address, Customer, Order
    from app.orders import SqlShop

group = typer.Typer(help="The shop's records: fill, show, events.", no_args_is_help=True)

_CATALOGUE = Path("knowledge/catalogue/products.csv")
_MOST_CUSTOMERS = 20_000
_ORDERS_SHOWN = 20


@group.command("fill")
def fill(
    *,
    seed: Annotated[int, typer.Option("--seed", help="Another one gives other customers and orders.")] = 1,
    customers: Annotated[
        int, typer.Option("--customers", min=0, max=_MOST_CUSTOMERS, help="About 15 orders each.")
    ] = 400,
    as_of: Annotated[
        str | None, typer.Option("--as-of", metavar="DATE", help="The last day of the records; by default today.")
    ] = None,
    catalogue: Annotated[Path, typer.Option("--catalogue", metavar="FILE", help="The products.")] = _CATALOGUE,
    if_empty: Annotated[bool, typer.Option("--if-empty", help="Do nothing where there are records.")] = False,
    replace: Annotated[bool, typer.Option("--replace", help="Remove ALL records of the shop first.")] = False,
    as_json: options.Json = False,
) -> None:
    """Fill the database with the sample company's customers, products and two years of orders.

    All invented from a seed; docs/sample-data.md lists those that are always there. Refuses to mix them with other
    records.

    \b
    Example:
      kefu shop fill
      kefu shop fill --customers 6000 --seed 7 --as-of 2026-11-24 --replace
    """
    from app.orders.errors import ShopNotEmpty
    from app.orders.sample import make_sample, read_catalogue

    day = parse_day(as_of, option="--as-of") or datetime.now(UTC).date()
    if if_empty and replace:
        raise typer.BadParameter("Give --if-empty or --replace, not both.", param_hint="--replace")
    shop = _own_shop(open_container())
    if not replace and not shop.is_empty():
        if not if_empty:
            raise ShopNotEmpty(
                "There are records already. --replace removes ALL of them first; --if-empty leaves them."
            )
        counts = shop.counts()
        emit_json({"filled": False, **counts}) if as_json else emit(f"There already: {_counted(counts)}.")
        return
    sample = make_sample(read_catalogue(catalogue), seed=seed, customers=customers, as_of=day)
    shop.add(customers=sample.customers, items=sample.items, orders=sample.orders, in_place_of_all=replace)
    counts = shop.counts()
    if as_json:
        emit_json({"filled": True, "as_of": day.isoformat(), "seed": seed, **counts})
    else:
        emit(f"Filled with {_counted(counts)} up to {day}. Look at one: kefu shop show SL8620000005")


@group.command("show")
def show(
    name: Annotated[
        str, typer.Argument(metavar="ORDER|CUSTOMER", help="Number of an order or a parcel, or a customer.")
    ],
    *,
    as_json: options.Json = False,
) -> None:
    """Show an order by its number or that of its parcel, or a customer by id, e-mail or phone with the newest orders.

    \b
    Example:
      kefu shop show SL8620000005
      kefu shop show xiaoyu.wang@example.com
    """
    from app.orders.contract import to_json
    from app.orders.errors import OrderMissing

    shop = open_container().shop
    order = shop.order(name) or shop.order_of_parcel(name)
    if order is not None:
        emit_json(to_json(order)) if as_json else _show_order(order)
        return
    customer = shop.customer(name)
    found = [customer] if customer is not None else [*shop.find_customers(email=name), *shop.find_customers(phone=name)]
    if not found:
        raise OrderMissing(f"There is no order, parcel or customer {name!r}. `kefu shop fill` makes sample records.")
    people = [(one, shop.orders_of(one.customer_id, limit=_ORDERS_SHOWN)) for one in found]
    if as_json:
        shown = [{**to_json(one), "orders": [to_json(order) for order in orders]} for one, orders in people]
        emit_json({"customers": shown})
        return
    for one, orders in people:
        _show_customer(one, orders)


@group.command("events")
def events(
    *,
    out: options.Out = "-",
    seed: Annotated[int, typer.Option("--seed", help="Another one gives other events.")] = 1,
    as_json: options.Json = False,
) -> None:
    """Invent what customers viewed, searched, put in the basket and bought, around their orders, as JSON Lines.

    For `kefu recommend fit`. A line: user_id, event (search, view, cart, buy, dismiss), at, session_id, item_id (the
    product), sku, query, quantity, order_id; one customer after the other, each one's oldest first.

    \b
    Example:
      kefu shop events --out events.jsonl
    """
    from app.cli.jsonl import write_line, written
    from app.orders.sample import behaviour_of

    shop = _own_shop(open_container())
    items = list(shop.every_item())
    languages = {customer.customer_id: customer.language for customer in shop.every_customer()}
    count = 0
    with written(out) as file:
        for event in behaviour_of(shop.every_order(), items, languages, seed=seed):
            write_line(file, event.to_dict())
            count += 1
    if out != "-":
        emit_json({"events": count, "file": out}) if as_json else emit(f"{count} events in {out}.")
    elif not count:
        note("No events: there are no orders. `kefu shop fill` makes some.")


def _own_shop(container: Container) -> SqlShop:
    """Raises `ShopRefused` where the records are elsewhere."""
    from app.orders import SqlShop
    from app.orders.errors import ShopRefused

    shop = container.shop
    if not isinstance(shop, SqlShop):
        raise ShopRefused("KEFU_SHOP__URL names a shop elsewhere, whose records are its own. Unset it to use ours.")
    return shop


def _counted(counts: dict[str, int]) -> str:
    return ", ".join(f"{count} {what}" for what, count in counts.items())


def _show_order(order: Order) -> None:
    emit(f"{paint(order.order_id, 'bold')}  {order.status}  {_when(order.placed_at)}  customer {order.customer_id}")
    money = order.currency
    rows: list[tuple[Any, ...]] = [
        (line.line_id, line.sku, line.name, " ".join(line.options.values()), line.quantity, _money(line.price_cents))
        for line in order.lines
    ]
    emit_table(("line", "sku", "name", "options", "quantity", f"price {money}"), rows)
    shipping, discount = _money(order.shipping_cents), _money(order.discount_cents)
    emit(f"Total {_money(order.total_cents)} with {shipping} for shipping, {discount} off")
    for payment in order.payments:
        emit(f"{payment.kind:8} {_money(payment.amount_cents)}  {payment.method_id}  {_when(payment.at)}")
    emit(f"To {plain(_address(order.address))}")
    if order.note:
        emit(f"Note: {plain(order.note)}")
    for shipment in order.shipments:
        lines = ", ".join(shipment.line_ids)
        emit(f"\n{shipment.tracking_number}  {shipment.carrier}  lines {lines}  expected {_when(shipment.expected_at)}")
        emit_table(("at (UTC)", "status", "place", "note"), [
            (_when(event.at), event.status, event.place, event.note) for event in shipment.events
        ])  # fmt: skip
    for case in order.cases:
        amount = f"  {_money(case.amount_cents)}" if case.amount_cents else ""
        lines = ", ".join(case.line_ids)
        emit(f"\n{case.case_id}  {case.kind}  {case.status}  {_when(case.created_at)}  lines {lines}{amount}")
        if case.reason:
            emit(plain(case.reason))


def _show_customer(customer: Customer, orders: Sequence[Order]) -> None:
    about = (customer.tier, customer.language, customer.email, customer.phone)
    emit(f"{paint(customer.customer_id, 'bold')}  {plain(customer.name)}  {'  '.join(part for part in about if part)}")
    if customer.address is not None:
        emit(plain(_address(customer.address)))
    for method in customer.payment_methods:
        balance = "" if method.balance_cents is None else f"  {method.balance_cents / 100:.2f}"
        emit(f"{method.method_id}  {method.kind}  {plain(method.label)}{balance}")
    emit_table(
        ("order", "status", "placed (UTC)", "total", "goods"),
        [
            (
                order.order_id,
                order.status,
                _when(order.placed_at),
                f"{_money(order.total_cents)} {order.currency}",
                ", ".join(line.name for line in order.lines),
            )
            for order in orders
        ],
    )


def _address(address: Address) -> str:
    where = (*address.lines, address.city, address.region, address.country, address.postcode)
    return f"{address.recipient}, {', '.join(part for part in where if part)}"


def _money(cents: int) -> str:
    return f"{cents / 100:.2f}"


def _when(at: datetime | None) -> str:
    return "-" if at is None else f"{at.astimezone(UTC):%Y-%m-%d %H:%M}"
