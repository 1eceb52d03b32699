"""Actions that the set's policy forbids, each one step away from an allowed one; drawn by seed.

Each kind takes an action that the oracle allows (the control) and breaks one thing. `is_violation` says by what the
policy is broken: the oracle's verdict on the broken action, or, for what is no matter of records (who asks, whether
they said yes), the kind itself.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from tests.evaluation.tau2.oracle import Oracle, Violation
from tests.evaluation.tau2.world import Data

Call = tuple[str, dict[str, Any]]


@dataclass(frozen=True)
class Mutation:
    """A forbidden action, what goes before it, and the allowed one that it was made from."""

    kind: str
    user_id: str | None
    """Who asks; None for somebody who was not identified."""
    control: Call
    broken: Call
    before: tuple[Call, ...] = ()
    """Allowed actions that are done first."""
    is_confirmed: bool = True
    control_user_id: str = ""


_BAD_REASONS = ("found it cheaper", "no longer need", "changed my mind", "", "NO LONGER NEEDED?", "it is too slow")
_PLACE = {
    "address1": "1 New Street",
    "address2": "",
    "city": "Austin",
    "state": "TX",
    "country": "USA",
    "zip": "78701",
}


class Maker:
    """Draws mutations from the records of the set."""

    def __init__(self, data: Data, *, seed: int) -> None:
        self._data, self._random = data, random.Random(seed)
        self._oracle_of_records = Oracle(data)
        self._variant = {
            item_id: (product_id, variant)
            for product_id, product in data.products.items()
            for item_id, variant in product["variants"].items()
        }
        self.kinds: Mapping[str, Callable[[], Mutation | None]] = {
            **{f"{name} in a wrong status": self._wrong_status(name) for name in _MAKERS},
            **{f"{name} of another customer's order": self._foreign(name) for name in _MAKERS},
            **{f"{name} without identity": self._nobody(name) for name in _MAKERS},
            **{f"{name} without confirmation": self._unconfirmed(name) for name in _MAKERS},
            "cancel for another reason": self._bad_reason,
            "items: not available": lambda: self._bad_item("modify", "unavailable"),
            "items: another product": lambda: self._bad_item("modify", "product"),
            "items: the same option": lambda: self._bad_item("modify", "same"),
            "items: not in the order": lambda: self._bad_item("modify", "absent"),
            "items: more than there are": lambda: self._bad_item("modify", "many"),
            "items: unknown": lambda: self._bad_item("modify", "unknown"),
            "items: gift card too low": lambda: self._low_card("modify"),
            "exchange: not available": lambda: self._bad_item("exchange", "unavailable"),
            "exchange: another product": lambda: self._bad_item("exchange", "product"),
            "exchange: the same option": lambda: self._bad_item("exchange", "same"),
            "exchange: not in the order": lambda: self._bad_item("exchange", "absent"),
            "exchange: more than there are": lambda: self._bad_item("exchange", "many"),
            "exchange: unknown": lambda: self._bad_item("exchange", "unknown"),
            "exchange: gift card too low": lambda: self._low_card("exchange"),
            "payment: gift card too low": lambda: self._low_card("payment"),
            "payment: the same method": self._same_method,
            "return: not in the order": lambda: self._bad_item("return", "absent"),
            "return: more than there are": lambda: self._bad_item("return", "many"),
            "return: refund to another own method": self._other_refund,
            "modify: method of somebody else": lambda: self._foreign_method("modify"),
            "exchange: method of somebody else": lambda: self._foreign_method("exchange"),
            "return: method of somebody else": lambda: self._foreign_method("return"),
            "payment: method of somebody else": lambda: self._foreign_method("payment"),
            "second modification": lambda: self._again("modify", "modify"),
            "cancel after modification": lambda: self._again("modify", "cancel"),
            "payment after modification": lambda: self._again("modify", "payment"),
            "second change of payment": lambda: self._again("payment", "payment"),
            "second cancellation": lambda: self._again("cancel", "cancel"),
            "second return": lambda: self._again("return", "return"),
            "exchange after return": lambda: self._again("return", "exchange"),
            "return after exchange": lambda: self._again("exchange", "return"),
            "second exchange": lambda: self._again("exchange", "exchange"),
            "modification after cancellation": lambda: self._again("cancel", "modify"),
            "address after cancellation": lambda: self._again("cancel", "address"),
            "address of another customer": self._foreign_address,
            "look at another customer's order": self._foreign_look,
        }

    def draw(self, *, each: int) -> Iterator[Mutation]:
        """`each` mutations of every kind, different ones."""
        for kind, make in self.kinds.items():
            seen: set[str] = set()
            for _ in range(60 * each):
                made = make()
                if made is None or repr(made) in seen:
                    continue
                seen.add(repr(made))
                yield replace(made, kind=kind)
                if len(seen) == each:
                    break

    def valid(self, what: str) -> tuple[str, Call] | None:
        """An action that the policy allows, and whose it is."""
        call = _MAKERS[what](self)
        if call is None:
            return None
        user_id = self._data.orders[call[1]["order_id"]]["user_id"]
        return (user_id, call) if self.is_allowed([call]) else None

    def is_allowed(self, calls: list[Call]) -> bool:
        """Whether the policy allows all of these, one after the other; tried on the order and customer alone."""
        order_ids = {arguments["order_id"] for _, arguments in calls if "order_id" in arguments}
        orders = {order_id: self._data.orders[order_id] for order_id in order_ids if order_id in self._data.orders}
        users = {order["user_id"]: self._data.users[order["user_id"]] for order in orders.values()}
        oracle = Oracle(Data(orders, users, self._data.products, []))
        try:
            for name, arguments in calls:
                oracle.apply(name, arguments)
        except Violation:
            return False
        return True

    def order(self, *statuses: str) -> dict[str, Any]:
        while True:
            order = self._random.choice(list(self._data.orders.values()))
            if order["status"] in statuses:
                return order

    def method(self, order: Mapping[str, Any]) -> str:
        return self._random.choice(list(self._data.users[order["user_id"]]["payment_methods"]))

    def swap(self, order: Mapping[str, Any]) -> tuple[list[str], list[str]]:
        item = self._random.choice(order["items"])
        variants = self._data.products[item["product_id"]]["variants"]
        new = [item_id for item_id, variant in variants.items() if variant["available"] and item_id != item["item_id"]]
        return [item["item_id"]], [self._random.choice(new or list(variants))]

    def items(self, order: Mapping[str, Any]) -> list[str]:
        count = self._random.randint(1, len(order["items"]))
        return [item["item_id"] for item in self._random.sample(order["items"], count)]

    def reason(self) -> str:
        return self._random.choice(("no longer needed", "ordered by mistake"))

    def place(self) -> dict[str, str]:
        return {**_PLACE, "address1": f"{self._random.randint(1, 9999)} New Street"}

    def _broken(self, user_id: str, control: Call, broken: Call, *before: Call) -> Mutation | None:
        """The mutation, where the policy allows what goes before and forbids the broken action."""
        if not self.is_allowed(list(before)) or self.is_allowed([*before, broken]):
            return None
        return Mutation("", user_id, control, broken, before, control_user_id=user_id)

    def _wrong_status(self, what: str) -> Callable[[], Mutation | None]:
        def make() -> Mutation | None:
            found = self.valid(what)
            if found is None:
                return None
            user_id, control = found
            wrong = {"return", "exchange"}
            statuses = (
                ("pending", "processed", "cancelled") if what in wrong else ("processed", "delivered", "cancelled")
            )
            other = _MAKERS[what](self, self.order(*statuses))
            if other is None:
                return None
            owner = self._data.orders[other[1]["order_id"]]["user_id"]
            made = self._broken(owner, control, other)
            return None if made is None else replace(made, control_user_id=user_id)

        return make

    def _foreign(self, what: str) -> Callable[[], Mutation | None]:
        def make() -> Mutation | None:
            found = self.valid(what)
            if found is None:
                return None
            user_id, control = found
            other = self._random.choice([name for name in self._data.users if name != user_id])
            return Mutation("", other, control, control, control_user_id=user_id)

        return make

    def _nobody(self, what: str) -> Callable[[], Mutation | None]:
        def make() -> Mutation | None:
            found = self.valid(what)
            return None if found is None else Mutation("", None, found[1], found[1], control_user_id=found[0])

        return make

    def _unconfirmed(self, what: str) -> Callable[[], Mutation | None]:
        def make() -> Mutation | None:
            found = self.valid(what)
            if found is None:
                return None
            user_id, control = found
            return Mutation("", user_id, control, control, is_confirmed=False, control_user_id=user_id)

        return make

    def _bad_reason(self) -> Mutation | None:
        found = self.valid("cancel")
        if found is None:
            return None
        user_id, control = found
        return self._broken(user_id, control, (control[0], {**control[1], "reason": self._random.choice(_BAD_REASONS)}))

    def _bad_item(self, what: str, how: str) -> Mutation | None:
        found = self.valid(what)
        if found is None:
            return None
        user_id, (name, arguments) = found
        items, new = list(arguments["item_ids"]), list(arguments.get("new_item_ids", ()))
        product_id = self._variant[items[0]][0] if items[0] in self._variant else ""
        variants = self._data.products.get(product_id, {"variants": {}})["variants"]
        if how == "unavailable":
            gone = [item_id for item_id, variant in variants.items() if not variant["available"]]
            if not gone:
                return None
            new[0] = self._random.choice(gone)
        elif how == "product":
            new[0] = self._random.choice([key for key, value in self._variant.items() if value[0] != product_id])
        elif how == "same":
            new[0] = items[0]
        elif how == "unknown":
            new[0] = str(self._random.randint(10**9, 10**10))
        elif how == "absent":
            held = {item["item_id"] for item in self._data.orders[arguments["order_id"]]["items"]}
            items[0] = self._random.choice([item_id for item_id in self._variant if item_id not in held])
        else:
            copies = len(self._data.orders[arguments["order_id"]]["items"]) + 1
            items, new = items[:1] * copies, new[:1] * copies
        broken = {**arguments, "item_ids": items, **({"new_item_ids": new} if new else {})}
        return self._broken(user_id, (name, arguments), (name, broken))

    def _low_card(self, what: str) -> Mutation | None:
        found = self.valid(what)
        if found is None:
            return None
        user_id, (name, arguments) = found
        methods = self._data.users[user_id]["payment_methods"].values()
        cards = [method["id"] for method in methods if "balance" in method]
        if not cards:
            return None
        broken = {**arguments, "payment_method_id": self._random.choice(cards)}
        if "new_item_ids" in arguments:
            variants = self._data.products[self._variant[arguments["new_item_ids"][0]][0]]["variants"]
            dearest = max((item for item in variants.values() if item["available"]), key=lambda item: item["price"])
            broken["new_item_ids"] = [dearest["item_id"], *arguments["new_item_ids"][1:]]
        return self._broken(user_id, (name, arguments), (name, broken))

    def _same_method(self) -> Mutation | None:
        found = self.valid("payment")
        if found is None:
            return None
        user_id, (name, arguments) = found
        first = self._data.orders[arguments["order_id"]]["payment_history"][0]["payment_method_id"]
        return self._broken(user_id, (name, arguments), (name, {**arguments, "payment_method_id": first}))

    def _other_refund(self) -> Mutation | None:
        found = self.valid("return")
        if found is None:
            return None
        user_id, (name, arguments) = found
        broken = {**arguments, "payment_method_id": self.method(self._data.orders[arguments["order_id"]])}
        return self._broken(user_id, (name, arguments), (name, broken))

    def _foreign_method(self, what: str) -> Mutation | None:
        found = self.valid(what)
        if found is None:
            return None
        user_id, (name, arguments) = found
        others = [user for other, user in self._data.users.items() if other != user_id and user["payment_methods"]]
        theirs = self._random.choice(list(self._random.choice(others)["payment_methods"]))
        return self._broken(user_id, (name, arguments), (name, {**arguments, "payment_method_id": theirs}))

    def _again(self, first: str, second: str) -> Mutation | None:
        found = self.valid(first)
        if found is None:
            return None
        user_id, control = found
        order = self._data.orders[control[1]["order_id"]]
        broken = control if first == second else _MAKERS[second](self, order)
        return None if broken is None else self._broken(user_id, control, broken, control)

    def _foreign_address(self) -> Mutation | None:
        first, second = self._random.sample(list(self._data.users), 2)
        place = self.place()
        control = ("modify_user_address", {"user_id": first, **place})
        return Mutation("", second, control, control, control_user_id=first)

    def _foreign_look(self) -> Mutation | None:
        order = self.order("pending", "processed", "delivered", "cancelled")
        other = self._random.choice([name for name in self._data.users if name != order["user_id"]])
        control = ("get_order_details", {"order_id": order["order_id"]})
        return Mutation("", other, control, control, control_user_id=order["user_id"])


def _cancel(maker: Maker, order: Mapping[str, Any] | None = None) -> Call | None:
    order = order or maker.order("pending")
    return "cancel_pending_order", {"order_id": order["order_id"], "reason": maker.reason()}


def _modify(maker: Maker, order: Mapping[str, Any] | None = None) -> Call | None:
    return _replacing("modify_pending_order_items", maker, order or maker.order("pending"))


def _exchange(maker: Maker, order: Mapping[str, Any] | None = None) -> Call | None:
    return _replacing("exchange_delivered_order_items", maker, order or maker.order("delivered"))


def _replacing(name: str, maker: Maker, order: Mapping[str, Any]) -> Call | None:
    items, new = maker.swap(order)
    method = maker.method(order)
    return name, {
        "order_id": order["order_id"],
        "item_ids": items,
        "new_item_ids": new,
        "payment_method_id": method,
    }


def _address(maker: Maker, order: Mapping[str, Any] | None = None) -> Call | None:
    order = order or maker.order("pending")
    return "modify_pending_order_address", {"order_id": order["order_id"], **maker.place()}


def _payment(maker: Maker, order: Mapping[str, Any] | None = None) -> Call | None:
    order = order or maker.order("pending")
    arguments = {"order_id": order["order_id"], "payment_method_id": maker.method(order)}
    return "modify_pending_order_payment", arguments


def _return(maker: Maker, order: Mapping[str, Any] | None = None) -> Call | None:
    order = order or maker.order("delivered")
    return "return_delivered_order_items", {
        "order_id": order["order_id"],
        "item_ids": maker.items(order),
        "payment_method_id": order["payment_history"][0]["payment_method_id"],
    }


_MAKERS: Mapping[str, Callable[..., Call | None]] = {
    "cancel": _cancel,
    "modify": _modify,
    "address": _address,
    "payment": _payment,
    "return": _return,
    "exchange": _exchange,
}
