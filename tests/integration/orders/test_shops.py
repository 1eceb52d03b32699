"""What every shop does, in whatever it keeps its records."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import timedelta

import pytest

from app.domain.shop import Address, Case, OrderChange, Payment
from app.orders.errors import (
    BalanceTooLow,
    CaseTaken,
    CustomerMissing,
    MethodMissing,
    OrderMissing,
    OrderMoved,
)
from tests.shop_samples import ITEMS, LONDON, NOBODY, NOON, WANG, ZOE, line, order, plain_order, shoes

HOSTILE = [
    "", " ", ".", "..", "a/b", "a\\b", "\x00", "x\x00y", "\ud800", "' OR 1=1 --", "%", "_", "#W1", "订单", "x" * 5000,
]  # fmt: skip


def a_return(case_id: str = "R1", order_id: str = "SL2611200001") -> Case:
    return Case(
        case_id, order_id, "return", "requested", "尺码不合适", ("1",), 29_900, "alipay_c1", NOON, {"bag": True}
    )


def test_an_order_comes_back_as_it_was_put_in(kept):
    kept.records.add(orders=[order()])

    assert kept.shop.order("SL2611200001") == order()
    assert kept.shop.order_of_parcel("XL2611200001") == order()
    assert order().total_cents == 29_900 + 2 * 29_900 + 800 - 500


def test_an_order_that_knows_little_of_itself(kept):
    bare = plain_order("#W1", placed_at=None, shipped_at=None, delivered_at=None, payments=(), lines=(), note="")
    kept.records.add(orders=[bare])

    assert kept.shop.order("#W1") == bare


def test_customers_and_items_come_back_as_they_were_put_in(kept):
    assert kept.shop.customer("C1") == WANG
    assert kept.shop.customer("C2") == ZOE
    assert kept.shop.customer("C3") == NOBODY
    assert kept.shop.item("SO-1-39") == shoes("39", 0)
    assert kept.shop.variants("SO-1") == list(ITEMS[:2])


@pytest.mark.parametrize("text", HOSTILE)
def test_what_is_not_there_is_none_whatever_it_is_called(kept, text):
    shop = kept.shop

    assert (shop.customer(text), shop.order(text), shop.order_of_parcel(text), shop.item(text)) == (None,) * 4
    assert [*shop.variants(text), *shop.orders_of(text), *shop.find_customers(email=text)] == []
    people = (shop.find_customers(name=text), shop.find_customers(phone=text), shop.find_customers(postcode=text))
    assert [*people[0], *people[1], *people[2]] == []


@pytest.mark.parametrize(
    ("given", "ids"),
    [
        ({"email": " XIAOYU.wang@example.com "}, ["C1"]),
        ({"phone": "138 0000 0001"}, ["C1"]),
        ({"phone": "+86 138-0000-0001"}, ["C1"]),
        ({"phone": "1380000"}, []),
        ({"name": "王 小雨"}, ["C1", "C3"]),
        ({"name": "王小雨", "postcode": "200030"}, ["C1"]),
        ({"name": "ZOË O’BRIEN", "postcode": "sw1a1aa"}, ["C2"]),
        ({"name": "王小雨", "email": "zoe@example.com"}, []),
        ({"email": ""}, []),
        ({}, []),
    ],
)
def test_people_are_found_by_all_that_is_given(kept, given, ids):
    assert [customer.customer_id for customer in kept.shop.find_customers(**given)] == ids


def test_orders_of_a_customer_come_newest_first_and_those_without_a_time_last(kept):
    times = {"SL1": NOON, "SL2": NOON + timedelta(days=1), "SL3": None, "SL4": NOON - timedelta(days=1)}
    kept.records.add(orders=[plain_order(number, placed_at=at) for number, at in times.items()])

    assert [one.order_id for one in kept.shop.orders_of("C1")] == ["SL2", "SL1", "SL4", "SL3"]
    assert [one.order_id for one in kept.shop.orders_of("C1", limit=2)] == ["SL2", "SL1"]
    assert list(kept.shop.orders_of("C1", limit=0)) == []
    assert list(kept.shop.orders_of("C2")) == []


def test_a_change_is_made_whole(kept):
    kept.records.add(orders=[plain_order("SL2611200001", status="pending")])
    other = line("1", "SO-1-39", options={"size": "39"})
    refund = Payment("refund", 5000, "gift_c1", NOON)

    changed = kept.shop.change_order(
        OrderChange(
            "SL2611200001", "pending", status="cancelled", address=LONDON, lines=(other,), payments=(refund,),
            balances={"gift_c1": 5000}, case=a_return(),
        )
    )  # fmt: skip

    before = plain_order("SL2611200001")
    assert changed == replace(
        before,
        status="cancelled",
        address=LONDON,
        lines=(other,),
        payments=(*before.payments, refund),
        cases=(a_return(),),
    )
    assert kept.shop.order("SL2611200001") == changed
    assert [method.balance_cents for method in kept.shop.customer("C1").payment_methods] == [None, 10_000]


@pytest.mark.parametrize(
    ("change", "error"),
    [
        (OrderChange("SL2611200001", "pending", status="cancelled"), OrderMoved),
        (OrderChange("SL2611200001", "delivered", expected_cases=0, case=a_return()), OrderMoved),
        (OrderChange("SL0", "delivered", status="cancelled"), OrderMissing),
        (OrderChange("a/b", "delivered", status="cancelled"), OrderMissing),
        (OrderChange("SL2611200001", "delivered", status="cancelled", balances={"gift_c1": -5001}), BalanceTooLow),
        (OrderChange("SL2611200001", "delivered", status="cancelled", balances={"alipay_c1": 1}), MethodMissing),
        (OrderChange("SL2611200001", "delivered", status="cancelled", balances={"card_c2": 1}), MethodMissing),
        (OrderChange("SL2611200001", "delivered", status="cancelled", case=a_return("A-SL2611200001")), CaseTaken),
    ],
)
def test_a_change_that_cannot_be_made_leaves_everything_as_it_was(kept, change, error):
    kept.records.add(orders=[order()])

    with pytest.raises(error):
        kept.shop.change_order(change)

    assert kept.shop.order("SL2611200001") == order()
    assert kept.shop.customer("C1") == WANG


def test_the_same_change_twice_is_made_once(kept):
    kept.records.add(orders=[plain_order("SL2611200001")])
    change = OrderChange("SL2611200001", "delivered", balances={"gift_c1": 700}, case=a_return())

    first, second = kept.shop.change_order(change), kept.shop.change_order(change)

    assert first == second
    assert len(second.cases) == 1
    assert kept.shop.customer("C1").payment_methods[1].balance_cents == 5700


def test_of_eight_who_return_the_same_thing_at_once_one_succeeds(kept):
    kept.records.add(orders=[plain_order("SL2611200001")])
    outcomes = []

    def ask(number: int) -> None:
        try:
            kept.shop.change_order(
                OrderChange("SL2611200001", "delivered", expected_cases=0, case=a_return(f"R{number}"))
            )
            outcomes.append("done")
        except OrderMoved:
            outcomes.append("moved")

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(outcomes) == ["done"] + ["moved"] * 7
    assert len(kept.shop.order("SL2611200001").cases) == 1


def test_a_change_of_address_is_found_by_its_new_postcode(kept):
    changed = kept.shop.change_address("C1", LONDON)

    assert changed == replace(WANG, address=LONDON)
    assert kept.shop.find_customers(name="王小雨", postcode="SW1A 1AA") == [changed]
    with pytest.raises(CustomerMissing):
        kept.shop.change_address("nobody", LONDON)
    with pytest.raises(CustomerMissing):
        kept.shop.change_address("\x00", LONDON)


def test_words_of_customers_that_no_engine_can_hold_are_kept_without_what_it_cannot(kept):
    kept.records.add(orders=[plain_order("SL2611200001")])
    odd = Address("A\x00B \ud83d", ("1\x00",), "上海市", "", "CN", "2\x00")
    case = replace(a_return(), reason="坏了\x00\ud800😀", details={"a\x00": ["\x00b"]})

    changed = kept.records.change_order(OrderChange("SL2611200001", "delivered", address=odd, case=case))

    assert changed.address == Address("AB \ufffd", ("1",), "上海市", "", "CN", "2")
    assert changed.cases[0].reason == "坏了\ufffd😀"
    assert changed.cases[0].details == {"a": ["b"]}
    assert kept.shop.order("SL2611200001") == changed
