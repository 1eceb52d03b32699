"""Confirmation, idempotency and audit; and by many random requests: no write without identity and a yes."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.actions import ACTIONS, ActionGate
from app.database import Database
from app.domain.action import ActionRequest
from app.domain.shop import Order
from app.policy import Policy, parse_rules
from index.errors import KefuError
from tests.memory_shop import MemoryShop, OrderMoved
from tests.shop_of_spruce import ITEMS, NOW, shop

RETURN = {"order_id": "SL5", "items": [{"sku": "SHIRT", "quantity": 1}], "reason": "change_of_mind"}
RETURN_WHOLE = {"order_id": "SL9", "reason": "change_of_mind", "is_opened": False}
"""Can be done once only: nothing is left to be returned."""


def test_the_same_key_gives_the_same_outcome_and_does_nothing_more(counter):
    first = counter.confirm("return_items", "C1", "key-1", RETURN)
    second = counter.confirm("return_items", "C1", "key-1", RETURN)

    assert first.status == "done"
    assert second == first
    assert len(counter.shop.changes) == 1


def test_a_key_is_good_for_one_request_of_one_customer(counter):
    assert counter.confirm("return_items", "C1", "key-1", RETURN).status == "done"

    assert counter.confirm("return_items", "C1", "key-1", {**RETURN, "order_id": "SL6"}).status == "refused"
    assert counter.confirm("cancel_order", "C1", "key-1", {"order_id": "SL2"}).status == "refused"
    theirs = counter.confirm("return_items", "C2", "key-1", RETURN)
    assert (theirs.status, dict(theirs.data)) == ("refused", {})
    assert len(counter.shop.changes) == 1


@pytest.mark.parametrize("key", ["key-1", None])
def test_eight_threads_at_once_do_it_once(counter, key):
    """With one key all get the same outcome; without a key one wins, for the item can be returned once only."""
    outcomes: list[Any] = []
    barrier = threading.Barrier(8)

    def run() -> None:
        barrier.wait()
        outcomes.append(counter.confirm("return_items", "C1", key, RETURN_WHOLE))

    threads = [threading.Thread(target=run) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(counter.shop.changes) == 1
    statuses = sorted(outcome.status for outcome in outcomes)
    if key is None:
        assert statuses == ["done", *["refused"] * 7]
    else:
        assert statuses == ["done"] * 8
        assert all(outcome == outcomes[0] for outcome in outcomes)


class _ShopAskedTwice(MemoryShop):
    """At the first look at an order, what `meanwhile` does has been done already."""

    meanwhile: Callable[[], object] | None = None

    def order(self, order_id: str) -> Order | None:
        meanwhile, self.meanwhile = self.meanwhile, None
        if meanwhile is not None:
            meanwhile()
        return super().order(order_id)


@pytest.mark.parametrize(("other", "status"), [("key-1", "done"), ("key-2", "refused")])
def test_the_same_request_done_between_the_look_at_its_key_and_the_plan_is_told_as_done(counter_over, other, status):
    records = shop()
    counter = counter_over(_ShopAskedTwice(records.customers.values(), records.items.values(), records.orders.values()))
    told = []
    counter.shop.meanwhile = lambda: told.append(counter.confirm("return_items", "C1", other, RETURN_WHOLE))

    outcome = counter.confirm("return_items", "C1", "key-1", RETURN_WHOLE)

    assert len(counter.shop.changes) == 1
    assert told[0].status == "done"
    assert outcome.status == status
    assert (outcome == told[0]) is (other == "key-1")


def test_two_orders_at_once_do_not_spend_one_gift_card_twice(counter):
    address = {"lines": ["友好北路12号"], "city": "乌鲁木齐", "region": "新疆", "postcode": "830000"}
    outcomes: list[str] = []

    def run(number: str) -> None:
        ask = {"order_id": number, "address": address, "payment_method_id": "card-gift"}
        outcomes.append(counter.confirm("change_order_address", "C1", None, ask).status)

    threads = [threading.Thread(target=run, args=(number,)) for number in ("SL2", "SL3")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(outcomes) == ["done", "refused"]  # 20 yuan on the card, 15 for each
    assert counter.shop.customers["C1"].payment_methods[1].balance_cents == 500


def test_a_yes_to_something_else_is_asked_again(counter):
    counter.shop.items["SHIRT"] = replace(ITEMS[2], price_cents=8900)
    asked = counter.ask("claim_price_protection", order_id="SL5", sku="SHIRT")
    counter.shop.items["SHIRT"] = replace(ITEMS[2], price_cents=9400)

    outcome = counter.confirm(
        "claim_price_protection", "C1", None, {"order_id": "SL5", "sku": "SHIRT"}, asked.data["confirmation"]
    )

    assert outcome.status == "needs_confirmation"
    assert outcome.data["refund_cents"] == 1500
    assert counter.shop.changes == []


def test_an_order_that_moves_on_meanwhile_is_left_alone_and_can_be_tried_again(counter, monkeypatch):
    change_order = counter.shop.change_order

    def moved(change):
        raise OrderMoved("moved")

    monkeypatch.setattr(counter.shop, "change_order", moved)
    outcome = counter.confirm("cancel_order", "C1", "key-1", {"order_id": "SL2"})
    assert (outcome.status, outcome.data["code"]) == ("refused", "order_moved")

    monkeypatch.setattr(counter.shop, "change_order", change_order)
    assert counter.confirm("cancel_order", "C1", "key-1", {"order_id": "SL2"}).status == "done"


def test_a_shop_that_does_not_say_whether_it_did_it_is_not_asked_again(counter, monkeypatch):
    class Uncertain(KefuError):
        code = "shop_uncertain"

    calls = []

    def uncertain(change):
        calls.append(change)
        raise Uncertain("timed out")

    monkeypatch.setattr(counter.shop, "change_order", uncertain)

    for _ in range(2):
        assert counter.confirm("cancel_order", "C1", "key-1", {"order_id": "SL2"}).status == "needs_person"
    assert len(calls) == 1


def test_a_process_that_died_at_it_leaves_it_to_a_person(counter):
    request = ActionRequest("cancel_order", {"order_id": "SL2"}, "C1", "conversation", "key-1", is_confirmed=True)
    counter.gate.ledger.begin(request, subject="order:SL2", rules=[], rules_sha256="")

    outcome = counter.gate.perform(request)

    assert outcome.status == "needs_person"
    assert counter.shop.changes == []


def test_a_claim_that_was_left_behind_is_taken_over_and_a_living_one_is_not(policy, tmp_path):
    database = Database.in_file(tmp_path / "kefu.sqlite")
    patient = ActionGate(shop(), policy, database, now=lambda: NOW, wait_s=0.1)
    request = ActionRequest("cancel_order", {"order_id": "SL2"}, "C1", is_confirmed=True)
    left = ActionGate(shop(), policy, database, now=lambda: NOW, lease_s=0.0).ledger

    with left.claim("customer:C1"):
        assert patient.perform(request).status == "done"
    with patient.ledger.claim("customer:C1"):
        assert patient.perform(replace(request, arguments={"order_id": "SL3"})).status == "failed"


def test_the_audit_says_who_asked_for_what_by_which_rules_and_what_came_of_it(counter):
    counter.do("cancel_order", "C1", "key-1", order_id="SL2")
    counter.ask("cancel_order", order_id="SL5")

    refused, done, asked = counter.gate.ledger.entries(customer_id="C1")

    assert [entry.status for entry in (asked, done, refused)] == ["needs_confirmation", "done", "refused"]
    assert (done.actor, done.conversation_id, done.action, done.subject) == (
        "assistant",
        "conversation",
        "cancel_order",
        "order:SL2",
    )
    assert done.arguments == {"order_id": "SL2"}
    assert "cancel.received" in done.rules
    assert "!cancel.received" in refused.rules
    assert len(done.rules_sha256) == 64
    assert done.outcome is not None
    assert done.outcome.data["refund_cents"] == 70500


def test_without_rules_everything_that_they_would_decide_goes_to_a_person(tmp_path):
    gate = ActionGate(
        shop(), Policy(parse_rules("version: 1\nrules: []\n")[0]), Database.in_file(tmp_path / "k.sqlite")
    )

    outcome = gate.perform(ActionRequest("cancel_order", {"order_id": "SL2"}, "C1", is_confirmed=True))

    assert outcome.status == "needs_person"


VALUES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-5, 10),
    st.text(max_size=12),
    st.sampled_from(["SL1", "SL2", "SL5", "SX1", "SX2", "SHIRT", "COAT-M", "COAT-L", "alipay", "visa", "fault", "CN"]),
)
ADDRESSES = st.fixed_dictionaries(
    {"lines": st.lists(st.text(max_size=9), max_size=2), "city": VALUES, "region": VALUES, "country": VALUES}
)
ITEM_LISTS = st.lists(
    st.fixed_dictionaries({"sku": VALUES}, optional={"quantity": VALUES, "new_sku": VALUES, "is_opened": VALUES}),
    max_size=3,
)
REQUESTS = st.builds(
    ActionRequest,
    name=st.sampled_from(sorted(ACTIONS)),
    arguments=st.fixed_dictionaries(
        {},
        optional={
            "order_id": st.sampled_from(["SL1", "SL2", "SL3", "SL5", "SL9", "SX1", "SX2", "no"]) | VALUES,
            "items": ITEM_LISTS | VALUES,
            "address": ADDRESSES | VALUES,
            "reason": st.sampled_from(["change_of_mind", "fault"]) | VALUES,
            "payment_method_id": VALUES,
            "sku": VALUES,
            "title": VALUES,
            "email": VALUES,
            "is_opened": VALUES,
        },
    ),
    customer_id=st.sampled_from([None, "C1", "C2", "nobody"]),
    is_confirmed=st.booleans(),
    idempotency_key=st.sampled_from([None, "a", "b"]),
)


class Random:
    """One gate for all examples, over a new shop each."""

    def __init__(self, folder: Path, policy: Policy) -> None:
        self._folder, self._policy, self._count = folder, policy, 0

    def gate(self) -> tuple[ActionGate, MemoryShop]:
        self._count += 1
        records = shop()
        database = Database.in_file(self._folder / f"{self._count}.sqlite")
        return ActionGate(records, self._policy, database, now=lambda: NOW), records


@pytest.fixture(scope="module")
def random_gate(tmp_path_factory, policy):
    return Random(tmp_path_factory.mktemp("gate"), policy)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(requests=st.lists(REQUESTS, min_size=1, max_size=6))
def test_nothing_is_changed_without_identity_and_a_yes_nor_twice_under_a_key(random_gate, requests):
    gate, records = random_gate.gate()
    done_by_key: dict[str, Any] = {}
    for request in requests:
        before = len(records.changes)
        outcome = gate.perform(request)
        changed = len(records.changes) - before
        spec = ACTIONS[request.name].spec
        if changed:
            assert changed == 1
            assert spec.is_write
            assert request.is_confirmed
            assert request.customer_id in ("C1", "C2")
            assert outcome.status == "done"
            change = records.changes[-1]
            owner = change[0] if isinstance(change, tuple) else records.orders[change.order_id].customer_id
            assert owner == request.customer_id
            if request.idempotency_key:
                assert request.idempotency_key not in done_by_key
                done_by_key[request.idempotency_key] = outcome
        if spec.needs_identity and request.customer_id not in ("C1", "C2"):
            assert outcome.status == "needs_identity"
        for customer in records.customers.values():
            assert all((method.balance_cents or 0) >= 0 for method in customer.payment_methods)
