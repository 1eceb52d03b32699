"""The public set tau2_retail in our terms: its database as a shop, its tools as our actions."""

from __future__ import annotations

import copy
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

from app.actions import ActionGate
from app.database import Database
from app.domain.action import ActionOutcome, ActionRequest, Wording
from app.domain.shop import Address, Customer, Item, Order, OrderLine, Payment, PaymentMethod, Shipment
from app.policy import Policy, read_rules
from tests.memory_shop import MemoryShop

RULES = Path(__file__).with_name("rules.yaml")
NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)
_KINDS = {"gift_card": "gift_card", "paypal": "paypal", "credit_card": "card"}


@dataclass(frozen=True)
class Data:
    """The set as it comes."""

    orders: Mapping[str, dict[str, Any]]
    users: Mapping[str, dict[str, Any]]
    products: Mapping[str, dict[str, Any]]
    tasks: list[dict[str, Any]]

    @classmethod
    def read(cls, folder: Path) -> Data:
        def lines(name: str) -> list[dict[str, Any]]:
            return [json.loads(line) for line in (folder / name).read_text(encoding="utf-8").splitlines() if line]

        return cls(
            {order["order_id"]: order for order in lines("orders.jsonl")},
            {user["user_id"]: user for user in lines("users.jsonl")},
            {product["product_id"]: product for product in lines("products.jsonl")},
            lines("tasks.jsonl"),
        )

    def copied(self) -> Data:
        return copy.deepcopy(self)


def cents(amount: float) -> int:
    return round(amount * 100)


def shop_of(data: Data) -> MemoryShop:
    names = {product_id: product["name"] for product_id, product in data.products.items()}
    items = [
        Item(
            variant["item_id"],
            product_id,
            names[product_id],
            names[product_id],
            names[product_id],
            variant["options"],
            cents(variant["price"]),
            "USD",
            10 if variant["available"] else 0,
        )
        for product_id, product in data.products.items()
        for variant in product["variants"].values()
    ]
    customers = [_customer(user) for user in data.users.values()]
    people = {customer.customer_id: customer.name for customer in customers}
    return MemoryShop(customers, items, [_order(order, people[order["user_id"]]) for order in data.orders.values()])


def _customer(user: Mapping[str, Any]) -> Customer:
    name = f"{user['name']['first_name']} {user['name']['last_name']}"
    methods = tuple(
        PaymentMethod(
            method["id"],
            _KINDS[method["source"]],  # type: ignore[arg-type]
            " ".join(str(method[key]) for key in ("brand", "last_four") if key in method),
            cents(method["balance"]) if "balance" in method else None,
        )
        for method in user["payment_methods"].values()
    )
    return Customer(user["user_id"], name, user["email"], None, address_of(user["address"], name), methods)


def address_of(address: Mapping[str, str], recipient: str) -> Address:
    country = {"USA": "US"}.get(address["country"], address["country"])
    lines = tuple(line for line in (address["address1"], address["address2"]) if line)
    return Address(recipient, lines, address["city"], address["state"], country, address["zip"])


def _order(order: Mapping[str, Any], recipient: str) -> Order:
    lines = tuple(
        OrderLine(
            str(number),
            item["item_id"],
            item["product_id"],
            item["name"],
            item["name"],
            item["options"],
            1,
            cents(item["price"]),
        )
        for number, item in enumerate(order["items"])
    )
    payments = tuple(
        Payment(payment["transaction_type"], cents(payment["amount"]), payment["payment_method_id"])
        for payment in order["payment_history"]
    )
    shipments = tuple(
        Shipment(tracking, "", tuple(line.line_id for line in lines if line.sku in part["item_ids"]))
        for part in order["fulfillments"]
        for tracking in part["tracking_id"]
    )
    address = address_of(order["address"], recipient)
    return Order(
        order["order_id"], order["user_id"], order["status"], lines, address, "USD", payments, None, shipments=shipments
    )


@cache
def database() -> Database:
    """One audit in memory for all desks."""
    return Database("sqlite://")


@cache
def policy() -> Policy:
    return Policy(read_rules(RULES))


_WRITES = {
    "cancel_pending_order": "cancel_order",
    "modify_pending_order_address": "change_order_address",
    "modify_pending_order_items": "change_order_items",
    "modify_pending_order_payment": "change_order_payment",
    "return_delivered_order_items": "return_items",
    "exchange_delivered_order_items": "exchange_items",
    "modify_user_address": "change_customer_address",
}


@dataclass
class Desk:
    """One conversation with the gate, in the set's own tools."""

    shop: MemoryShop
    database: Database = field(default_factory=lambda: database())
    customer_id: str | None = None
    is_confirming: bool = True
    """Whether the customer says yes to what is described."""

    def __post_init__(self) -> None:
        self.gate = ActionGate(self.shop, policy(), self.database, now=lambda: NOW)

    def call(self, name: str, arguments: Mapping[str, Any]) -> ActionOutcome:
        if name == "calculate":  # arithmetic, no action
            return ActionOutcome("done", Wording("", ""))
        if name in _WRITES:
            return self._write(_WRITES[name], arguments)
        ask, given = _read(name, arguments)
        if name == "get_user_details" and arguments["user_id"] != self.customer_id:
            return ActionOutcome("refused", Wording("", ""))
        outcome = self.gate.perform(ActionRequest(ask, given, self.customer_id))
        if ask == "identify_customer" and outcome.status == "done":
            self.customer_id = str(outcome.data["customer_id"])
        return outcome

    def identify(self, user_id: str) -> None:
        """As the customer does by their e-mail address."""
        email = self.shop.customers[user_id].email
        assert self.call("find_user_id_by_email", {"email": email}).status == "done"

    def _write(self, name: str, arguments: Mapping[str, Any]) -> ActionOutcome:
        if name == "change_customer_address" and arguments["user_id"] != self.customer_id:
            return ActionOutcome("refused" if self.customer_id else "needs_identity", Wording("", ""))
        request = ActionRequest(name, _translated(arguments), self.customer_id)
        asked = self.gate.perform(request)
        if asked.status != "needs_confirmation" or not self.is_confirming:
            return asked
        confirmation = asked.data["confirmation"]
        return self.gate.perform(
            ActionRequest(name, request.arguments, self.customer_id, is_confirmed=True, confirmation=confirmation)
        )


def _read(name: str, arguments: Mapping[str, Any]) -> tuple[str, dict[str, Any]]:
    if name == "find_user_id_by_email":
        return "identify_customer", {"email": arguments["email"]}
    if name == "find_user_id_by_name_zip":
        full = f"{arguments['first_name']} {arguments['last_name']}"
        return "identify_customer", {"name": full, "postcode": arguments["zip"]}
    if name == "transfer_to_human_agents":
        return "hand_to_person", {"summary": arguments["summary"]}
    if name == "get_item_details":
        return "product_variants", {"sku": arguments["item_id"]}
    asks = {
        "get_order_details": "order_status",
        "get_user_details": "show_account",
        "get_product_details": "product_variants",
    }
    return asks[name], {key: value for key, value in arguments.items() if key != "user_id"}


def _translated(arguments: Mapping[str, Any]) -> dict[str, Any]:
    given = {key: arguments[key] for key in ("order_id", "reason", "payment_method_id") if key in arguments}
    if "address1" in arguments:
        address = address_of(arguments, "")
        given["address"] = {
            "lines": list(address.lines),
            "city": address.city,
            "region": address.region,
            "country": address.country,
            "postcode": address.postcode,
        }
    if "item_ids" in arguments:
        new = arguments.get("new_item_ids", [""] * len(arguments["item_ids"]))
        pairs = zip(arguments["item_ids"], new, strict=False)
        given["items"] = [{"sku": old, "quantity": 1, "new_sku": other} for old, other in pairs]
    return given


def state_of(shop: MemoryShop) -> dict[str, Any]:
    """What the set's own database would hold, in cents; the order of items and payments does not count."""
    return {
        "orders": {order_id: _order_state(order) for order_id, order in shop.orders.items()},
        "balances": {
            method.method_id: method.balance_cents
            for customer in shop.customers.values()
            for method in customer.payment_methods
            if method.balance_cents is not None
        },
        "addresses": {
            customer.customer_id: _place(customer.address) for customer in shop.customers.values() if customer.address
        },
    }


def _place(address: Address) -> list[str]:
    return [*address.lines, address.city, address.region, address.country, address.postcode]


def _order_state(order: Order) -> dict[str, Any]:
    status: str = order.status
    told: dict[str, Any] = {}
    lines = {line.line_id: line for line in order.lines}
    for case in order.cases:
        if case.kind == "cancel":
            told = {"reason": case.reason}
        if case.kind == "modify":
            status = "pending (item modified)"
        if case.kind == "return":
            status = "return requested"
            skus = sorted(lines[line_id].sku for line_id in case.line_ids)
            told = {"items": skus, "method": case.method_id}
        if case.kind == "exchange":
            status = "exchange requested"
            told = {
                "items": sorted(entry["sku"] for entry in case.details["replaced"]),
                "new": sorted(entry["new_sku"] for entry in case.details["replaced"]),
                "method": case.method_id,
                "difference": -case.amount_cents,
            }
    return {
        "status": status,
        "items": sorted((line.sku, line.price_cents) for line in order.lines for _ in range(line.quantity)),
        "payments": sorted((payment.kind, payment.amount_cents, payment.method_id) for payment in order.payments),
        "address": _place(order.address),
        "told": told,
    }
