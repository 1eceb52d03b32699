"""Changes of the shop's records, each within the transaction of its caller."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, Row, delete, func, insert, select, update
from sqlalchemy.exc import IntegrityError

from app.database import is_storable
from app.domain.shop import Address, OrderChange
from app.orders.errors import BalanceTooLow, CaseTaken, CustomerMissing, MethodMissing, OrderMissing, OrderMoved
from app.orders.keys import postcode_key
from app.orders.rows import address_row, case_row, line_row, payment_row
from app.orders.tables import cases, changes, customers, lines, methods, orders, payments


def make_change(connection: Connection, change: OrderChange) -> None:
    """Check and make it, or raise; nothing more when it was made before."""
    order = _locked(connection, change.order_id)
    if connection.execute(select(changes.c.order_id).where(changes.c.change_id == change.change_id)).first():
        return
    _require_unmoved(connection, order, change)
    connection.execute(
        insert(changes).values(change_id=change.change_id, order_id=change.order_id, made_at=datetime.now(UTC))
    )
    values: dict[str, Any] = {}
    if change.status is not None:
        values["status"] = change.status
    if change.address is not None:
        values["address"] = address_row(change.address)
    if values:
        connection.execute(update(orders).where(orders.c.order_id == change.order_id).values(values))
    if change.lines is not None:
        connection.execute(delete(lines).where(lines.c.order_id == change.order_id))
        for position, line in enumerate(change.lines):
            connection.execute(insert(lines).values(line_row(change.order_id, position, line)))
    for payment in change.payments:
        connection.execute(insert(payments).values(payment_row(change.order_id, payment)))
    _move_balances(connection, order.customer_id, change.balances)
    _add_case(connection, change)


def set_address(connection: Connection, customer_id: str, address: Address) -> None:
    """A customer's own. Raises `CustomerMissing`."""
    row = address_row(address)
    values = {"address": row, "postcode_key": postcode_key(row["postcode"])}
    changed = is_storable(customer_id) and connection.execute(
        update(customers).where(customers.c.customer_id == customer_id).values(values)
    )
    if not changed or not changed.rowcount:
        raise CustomerMissing(f"There is no customer {customer_id!r}.")


def _locked(connection: Connection, order_id: str) -> Row[*tuple[Any, ...]]:
    """Its state; who else wants to change it waits. SQLite's writers wait for one another anyway."""
    query = select(orders.c.status, orders.c.customer_id).where(orders.c.order_id == order_id).with_for_update()
    row = connection.execute(query).first() if is_storable(order_id) else None
    if row is None:
        raise OrderMissing(f"There is no order {order_id!r}.")
    return row


def _require_unmoved(connection: Connection, order: Row[*tuple[Any, ...]], change: OrderChange) -> None:
    if order.status != change.expected_status:
        raise OrderMoved(
            f"Order {change.order_id} is {order.status} by now, not {change.expected_status}. Look at it again."
        )
    if change.expected_cases is None:
        return
    query = select(func.count()).select_from(cases).where(cases.c.order_id == change.order_id)
    if (found := connection.execute(query).scalar_one()) != change.expected_cases:
        raise OrderMoved(
            f"Order {change.order_id} has {found} cases by now, not {change.expected_cases}. Look at it again."
        )


def _move_balances(connection: Connection, customer_id: str, balances: Mapping[str, int]) -> None:
    for method_id, cents in sorted(balances.items()):  # in one order everywhere, so that no two wait for each other
        mine = (methods.c.customer_id == customer_id, methods.c.method_id == method_id)
        rest = methods.c.balance_cents + cents
        if connection.execute(update(methods).where(*mine, rest >= 0).values(balance_cents=rest)).rowcount:
            continue
        balance = connection.execute(select(methods.c.balance_cents).where(*mine)).scalar()
        if balance is None:
            raise MethodMissing(f"Customer {customer_id} has no payment method {method_id!r} with a balance.")
        raise BalanceTooLow(f"{method_id} holds {balance / 100:.2f}, and {-cents / 100:.2f} are wanted.")


def _add_case(connection: Connection, change: OrderChange) -> None:
    if change.case is None:
        return
    row = {**case_row(change.case), "order_id": change.order_id}
    try:
        connection.execute(insert(cases).values(row))
    except IntegrityError as error:
        raise CaseTaken(f"There is a case {change.case.case_id!r} already.") from error
