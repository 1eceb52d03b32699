"""A shop in memory that fulfils `app.domain.shop.Shop`; its changes are made whole or not at all."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import ClassVar

from app.domain.shop import Address, Customer, Item, Order, OrderChange
from index.errors import KefuError


class OrderMoved(KefuError):
    code: ClassVar[str] = "order_moved"


class OrderMissing(KefuError):
    code: ClassVar[str] = "order_missing"


class CustomerMissing(KefuError):
    code: ClassVar[str] = "customer_missing"


class MemoryShop:
    """Customers, items and orders in dictionaries. `changes` lists what was changed, for tests to look at."""

    def __init__(
        self, customers: Iterable[Customer] = (), items: Iterable[Item] = (), orders: Iterable[Order] = ()
    ) -> None:
        self.customers = {customer.customer_id: customer for customer in customers}
        self.items = {item.sku: item for item in items}
        self.orders = {order.order_id: order for order in orders}
        self.changes: list[OrderChange | tuple[str, Address]] = []
        self._of: dict[str, list[str]] = {}
        for order in self.orders.values():
            self._of.setdefault(order.customer_id, []).append(order.order_id)
        self._variants: dict[str, list[Item]] = {}
        for item in self.items.values():
            self._variants.setdefault(item.product_id, []).append(item)
        self._lock = threading.Lock()

    def copy(self) -> MemoryShop:
        """Another shop with the same records; what does not change is shared."""
        other = MemoryShop()
        other.customers, other.orders = dict(self.customers), dict(self.orders)
        other.items, other._variants, other._of = self.items, self._variants, self._of
        return other

    def customer(self, customer_id: str) -> Customer | None:
        return self.customers.get(customer_id)

    def find_customers(
        self,
        *,
        email: str | None = None,
        phone: str | None = None,
        name: str | None = None,
        postcode: str | None = None,
    ) -> Sequence[Customer]:
        if not (email or phone or name or postcode):
            return []
        return [
            customer
            for customer in self.customers.values()
            if (email is None or (customer.email or "").casefold() == email.casefold())
            and (phone is None or customer.phone == phone)
            and (name is None or customer.name.casefold() == name.casefold())
            and (postcode is None or (customer.address is not None and customer.address.postcode == postcode))
        ]

    def order(self, order_id: str) -> Order | None:
        return self.orders.get(order_id)

    def orders_of(self, customer_id: str, *, limit: int = 20) -> Sequence[Order]:
        found = [self.orders[order_id] for order_id in self._of.get(customer_id, ())]
        found.sort(key=lambda order: order.placed_at.timestamp() if order.placed_at else 0.0, reverse=True)
        return found[:limit]

    def order_of_parcel(self, tracking_number: str) -> Order | None:
        return next(
            (
                order
                for order in self.orders.values()
                if any(item.tracking_number == tracking_number for item in order.shipments)
            ),
            None,
        )

    def item(self, sku: str) -> Item | None:
        return self.items.get(sku)

    def variants(self, product_id: str) -> Sequence[Item]:
        return self._variants.get(product_id, [])

    def change_order(self, change: OrderChange) -> Order:
        with self._lock:
            order = self.orders.get(change.order_id)
            if order is None:
                raise OrderMissing(f"There is no order {change.order_id}.")
            moved = change.expected_cases is not None and change.expected_cases != len(order.cases)
            if moved or order.status != change.expected_status:
                raise OrderMoved(f"Order {change.order_id} is {order.status}, not {change.expected_status}.")
            changed = replace(
                order,
                status=change.status or order.status,
                address=change.address or order.address,
                lines=order.lines if change.lines is None else change.lines,
                payments=(*order.payments, *change.payments),
                cases=order.cases if change.case is None else (*order.cases, change.case),
            )
            customer = self.customers[order.customer_id]
            methods = tuple(
                replace(method, balance_cents=(method.balance_cents or 0) + change.balances[method.method_id])
                if method.method_id in change.balances
                else method
                for method in customer.payment_methods
            )
            self.orders[order.order_id] = changed
            self.customers[customer.customer_id] = replace(customer, payment_methods=methods)
            self.changes.append(change)
            return changed

    def change_address(self, customer_id: str, address: Address) -> Customer:
        with self._lock:
            if customer_id not in self.customers:
                raise CustomerMissing(f"There is no customer {customer_id}.")
            changed = replace(self.customers[customer_id], address=address)
            self.customers[customer_id] = changed
            self.changes.append((customer_id, address))
            return changed
