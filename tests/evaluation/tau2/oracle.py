"""What the set's policy.md makes of each tool call, worked out on its own records: the second opinion on the gate.

Written from the policy alone and in the set's own terms, so that it shares nothing with the code that it judges.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

from tests.evaluation.tau2.world import Data, cents


class Violation(Exception):
    """The policy forbids it."""


def check(is_allowed: bool, why: str) -> None:
    if not is_allowed:
        raise Violation(why)


class Oracle:
    """The set's records, changed as its policy says."""

    def __init__(self, data: Data) -> None:
        self._data = data.copied()
        self._item_of = {
            item_id: (product_id, variant)
            for product_id, product in self._data.products.items()
            for item_id, variant in product["variants"].items()
        }
        self._told: dict[str, dict[str, Any]] = {}

    def apply(self, name: str, arguments: Mapping[str, Any]) -> None:
        """Raises `Violation`; tools that only read do nothing."""
        write = getattr(self, f"_{name}", None)
        if write is not None:
            write(**arguments)

    def state(self) -> dict[str, Any]:
        """As `world.state_of`."""
        orders = {}
        for order_id, order in self._data.orders.items():
            payments = [
                (payment["transaction_type"], cents(payment["amount"]), payment["payment_method_id"])
                for payment in order["payment_history"]
            ]
            orders[order_id] = {
                "status": order["status"],
                "items": sorted((item["item_id"], cents(item["price"])) for item in order["items"]),
                "payments": sorted(payments),
                "address": _place(order["address"]),
                "told": self._told.get(order_id, {}),
            }
        users = self._data.users.values()
        methods = [method for user in users for method in user["payment_methods"].values()]
        return {
            "orders": orders,
            "balances": {method["id"]: cents(method["balance"]) for method in methods if "balance" in method},
            "addresses": {user["user_id"]: _place(user["address"]) for user in users},
        }

    def _order(self, order_id: str, *statuses: str) -> dict[str, Any]:
        check(order_id in self._data.orders, "no such order")
        order = self._data.orders[order_id]
        check(order["status"] in statuses, f"the order is {order['status']}")
        return order

    def _method(self, order: Mapping[str, Any], method_id: str) -> dict[str, Any]:
        methods = self._data.users[order["user_id"]]["payment_methods"]
        check(method_id in methods, "no method of this customer")
        return methods[method_id]

    def _move(self, order: dict[str, Any], kind: str, amount: float, method_id: str) -> None:
        method = self._method(order, method_id)
        if "balance" in method:
            change = -amount if kind == "payment" else amount
            method["balance"] = round(method["balance"] + change, 2)
        if cents(amount):
            entry = {"transaction_type": kind, "amount": amount, "payment_method_id": method_id}
            order["payment_history"].append(entry)

    def _cancel_pending_order(self, order_id: str, reason: str) -> None:
        order = self._order(order_id, "pending")
        check(reason in ("no longer needed", "ordered by mistake"), "no acceptable reason")
        for payment in list(order["payment_history"]):
            if payment["transaction_type"] == "payment":
                self._move(order, "refund", payment["amount"], payment["payment_method_id"])
        order["status"] = "cancelled"
        self._told[order_id] = {"reason": reason}

    def _modify_pending_order_address(self, order_id: str, **address: str) -> None:
        self._order(order_id, "pending", "pending (item modified)")["address"] = address

    def _modify_pending_order_payment(self, order_id: str, payment_method_id: str) -> None:
        order = self._order(order_id, "pending")
        method = self._method(order, payment_method_id)
        check(len(order["payment_history"]) == 1, "payment was changed before")
        first = order["payment_history"][0]
        check(first["payment_method_id"] != payment_method_id, "the same method")
        check("balance" not in method or method["balance"] >= first["amount"], "not enough on the gift card")
        self._move(order, "payment", first["amount"], payment_method_id)
        self._move(order, "refund", first["amount"], first["payment_method_id"])

    def _difference(self, order: Mapping[str, Any], item_ids: list[str], new_item_ids: list[str], method: Any) -> float:
        check(bool(item_ids) and len(item_ids) == len(new_item_ids), "each item has its new one")
        held = Counter(item["item_id"] for item in order["items"])
        check(not Counter(item_ids) - held, "an item that is not in the order")
        difference = 0.0
        for item_id, new_item_id in zip(item_ids, new_item_ids, strict=True):
            item = next(item for item in order["items"] if item["item_id"] == item_id)
            check(new_item_id in self._item_of, "no such item")
            product_id, variant = self._item_of[new_item_id]
            check(product_id == item["product_id"], "another product")
            check(item_id != new_item_id, "the same option")
            check(variant["available"], "not available")
            difference += variant["price"] - item["price"]
        difference = round(difference, 2)
        check("balance" not in method or method["balance"] >= difference, "not enough on the gift card")
        return difference

    def _modify_pending_order_items(
        self, order_id: str, item_ids: list[str], new_item_ids: list[str], payment_method_id: str
    ) -> None:
        order = self._order(order_id, "pending")
        method = self._method(order, payment_method_id)
        difference = self._difference(order, item_ids, new_item_ids, method)
        self._move(order, "payment" if difference > 0 else "refund", abs(difference), payment_method_id)
        done: set[int] = set()
        for item_id, new_item_id in zip(item_ids, new_item_ids, strict=True):
            place = next(
                number
                for number, item in enumerate(order["items"])
                if item["item_id"] == item_id and number not in done
            )
            done.add(place)
            variant = self._item_of[new_item_id][1]
            order["items"][place] = {**order["items"][place], "item_id": new_item_id, "price": variant["price"]}
        order["status"] = "pending (item modified)"

    def _return_delivered_order_items(self, order_id: str, item_ids: list[str], payment_method_id: str) -> None:
        order = self._order(order_id, "delivered")
        method = self._method(order, payment_method_id)
        original = order["payment_history"][0]["payment_method_id"]
        check("balance" in method or payment_method_id == original, "refund to another method")
        check(bool(item_ids), "no items")
        check(not Counter(item_ids) - Counter(item["item_id"] for item in order["items"]), "an item not in the order")
        order["status"] = "return requested"
        self._told[order_id] = {"items": sorted(item_ids), "method": payment_method_id}

    def _exchange_delivered_order_items(
        self, order_id: str, item_ids: list[str], new_item_ids: list[str], payment_method_id: str
    ) -> None:
        order = self._order(order_id, "delivered")
        method = self._method(order, payment_method_id)
        difference = self._difference(order, item_ids, new_item_ids, method)
        order["status"] = "exchange requested"
        self._told[order_id] = {
            "items": sorted(item_ids),
            "new": sorted(new_item_ids),
            "method": payment_method_id,
            "difference": cents(difference),
        }

    def _modify_user_address(self, user_id: str, **address: str) -> None:
        check(user_id in self._data.users, "no such customer")
        self._data.users[user_id]["address"] = address


def _place(address: Mapping[str, str]) -> list[str]:
    country = {"USA": "US"}.get(address["country"], address["country"])
    lines = [line for line in (address["address1"], address["address2"]) if line]
    return [*lines, address["city"], address["state"], country, address["zip"]]
