from dataclasses import replace

import pytest

from app.domain.shop import Payment
from tests.shop_of_spruce import ITEMS, NOW, SEATTLE, URUMQI, line, order, shop

ADDRESS = {"lines": ["友好北路12号"], "city": "乌鲁木齐", "region": "新疆", "postcode": "830000"}


def test_cancelling_describes_what_happens_and_then_does_it(counter):
    asked = counter.ask("cancel_order", order_id="SL2")

    assert asked.status == "needs_confirmation"
    # 499 + 2 * 99 + 8 delivery = 705 yuan, as paid
    assert asked.message.zh == (
        "取消订单SL2：商品COAT（黑色，M）×1、商品SHIRT×2。退款705元：支付宝 705元。"
        "取消免费，退款即时发起，按原支付方式退回。请确认是否办理。"
    )
    assert "Refund: 705 yuan to Alipay." in asked.message.en
    assert counter.shop.changes == []

    done = counter.do("cancel_order", order_id="SL2")

    assert done.status == "done"
    cancelled = counter.shop.orders["SL2"]
    assert cancelled.status == "cancelled"
    assert cancelled.payments[-1] == Payment("refund", 70500, "alipay")
    assert [(case.kind, case.status, case.amount_cents) for case in cancelled.cases] == [("cancel", "done", 70500)]


def test_an_unpaid_order_is_cancelled_without_a_refund(counter):
    done = counter.do("cancel_order", order_id="SL1")

    assert (done.status, done.data["refund_cents"]) == ("done", 0)
    assert counter.shop.orders["SL1"].payments == ()


@pytest.mark.parametrize(
    ("number", "status", "rule"),
    [("SL4", "needs_person", "cancel.on-its-way"), ("SL5", "refused", "cancel.received"), ("SL7", "refused", None)],
)
def test_what_the_rules_say_against_a_cancellation_is_said_with_its_words(counter, number, status, rule):
    outcome = counter.do("cancel_order", order_id=number)

    assert (outcome.status, outcome.data.get("rule")) == (status, rule)
    assert counter.shop.changes == []
    if rule is not None:
        ground = next(ground for ground in outcome.grounds if not ground.holds)
        assert ground.document_id == "zh/orders/修改与取消订单.md"
        assert ground.quote


def test_each_part_of_a_mixed_payment_goes_back_the_way_it_came(counter_over):
    paid = (Payment("payment", 9000, "alipay", NOW), Payment("payment", 900, "card-gift", NOW))
    counter = counter_over(shop(order("SM1", "pending", line("SHIRT"), payments=paid)))

    done = counter.do("cancel_order", order_id="SM1")

    assert done.data["refunds"] == {"alipay": 9000, "card-gift": 900}
    assert counter.shop.customers["C1"].payment_methods[1].balance_cents == 2900


def test_a_remote_address_costs_a_surcharge_that_is_described_and_taken(counter):
    asked = counter.ask("change_order_address", order_id="SL2", address=ADDRESS)

    assert "改到偏远地区，补15元附加费。由支付宝支付15元。" in asked.message.zh
    done = counter.do("change_order_address", order_id="SL2", address=ADDRESS)
    assert done.status == "done"
    changed = counter.shop.orders["SL2"]
    assert (changed.address.city, changed.address.recipient) == ("乌鲁木齐", "王小雨")
    assert changed.payments[-1] == Payment("payment", 1500, "alipay")

    again = counter.do("change_order_address", order_id="SL2", address={**ADDRESS, "lines": ["别处"]})
    assert again.data["rule"] == "address.once"


def test_name_and_phone_of_an_address_change_as_often_as_one_likes(counter):
    for name in ("王大雨", "王中雨"):
        assert counter.do("change_order_address", order_id="SL2", address={"recipient": name}).status == "done"
    assert counter.shop.orders["SL2"].address.recipient == "王中雨"
    assert counter.do("change_order_address", order_id="SL2", address={"recipient": "王中雨"}).status == "done"


def test_half_an_address_is_asked_for_in_full(counter):
    outcome = counter.ask("change_order_address", order_id="SL2", address={"city": "杭州"})

    assert (outcome.status, outcome.missing) == ("needs_input", ("address",))
    assert outcome.data["missing"] == ["lines", "region"]


def test_an_order_does_not_go_abroad(counter):
    address = {"lines": ["12 Pine St"], "city": "Seattle", "region": "WA", "country": "us", "postcode": "98101"}

    assert counter.do("change_order_address", order_id="SL2", address=address).data["rule"] == "address.abroad"


def test_a_customers_own_address_is_changed_after_a_yes(counter):
    assert counter.ask("change_customer_address", address=ADDRESS).status == "needs_confirmation"
    assert counter.do("change_customer_address", address=ADDRESS).status == "done"
    assert counter.shop.customers["C1"].address.city == "乌鲁木齐"
    assert counter.shop.orders["SL2"].address.city == "上海"


def test_items_are_not_changed_where_the_rules_forbid_it(counter):
    outcome = counter.do("change_order_items", order_id="SL2", items=[{"sku": "COAT-M", "new_sku": "COAT-L"}])

    assert (outcome.status, outcome.data["rule"]) == ("refused", "items.fixed")


def test_a_return_gives_back_the_share_of_what_was_paid(counter):
    done = counter.do("return_items", order_id="SL5", items=[{"sku": "SHIRT", "quantity": 2}], reason="change_of_mind")

    # Goods of 499 + 3 * 99 = 796 yuan with 50 off: 198 * 746 / 796 = 185.5628…
    assert (done.status, done.data["refund_cents"]) == ("done", 18556)
    (case,) = counter.shop.orders["SL5"].cases
    assert (case.kind, case.status, case.line_ids, case.method_id) == ("return", "requested", ("SHIRT",), "alipay")
    assert case.details["quantities"] == {"SHIRT": 2}


def test_nothing_is_returned_twice(counter):
    ask = {"order_id": "SL5", "items": [{"sku": "SHIRT", "quantity": 2}], "reason": "change_of_mind"}
    assert counter.do("return_items", **ask).status == "done"

    again = counter.do("return_items", **ask)

    assert again.status == "refused"
    assert again.message.zh == "这件商品已经申请过退换货，或没有这么多件，不能重复申请。"
    rest = counter.do("return_items", order_id="SL5", items=[{"sku": "SHIRT"}], reason="change_of_mind")
    assert rest.data["items"] == [{"line_id": "SHIRT", "quantity": 1}]
    assert len(counter.shop.orders["SL5"].cases) == 2


def test_all_returned_parts_together_never_give_back_more_than_was_paid(counter):
    for sku, quantity in (("SHIRT", 1), ("SHIRT", 1), ("SHIRT", 1), ("COAT-M", 1)):
        items = [{"sku": sku, "quantity": quantity}]
        assert counter.do("return_items", order_id="SL5", items=items, reason="change_of_mind").status == "done"

    given = sum(case.amount_cents for case in counter.shop.orders["SL5"].cases)
    assert given == counter.shop.orders["SL5"].payments[0].amount_cents == 74600


def test_a_return_asks_only_for_what_it_hangs_on(counter):
    which = counter.ask("return_items", order_id="SL5")
    assert (which.missing, which.message.zh) == (
        ("items",),
        "请问是订单里的哪件商品：商品COAT（黑色，M）×1、商品SHIRT×3？",
    )
    assert counter.ask("return_items", order_id="SL2").data["rule"] == "return.received"  # whatever the items are
    assert counter.ask("return_items", order_id="SL9").missing == ("reason",)
    asked = counter.ask("return_items", order_id="SL9", reason="change_of_mind")
    assert (asked.missing, asked.message.zh) == (("is_opened",), "请问商品的防拆标签或密封包装拆开了吗？")
    opened = counter.ask("return_items", order_id="SL9", reason="change_of_mind", is_opened="是")
    assert opened.data["rule"] == "return.opened"
    sealed = [{"sku": "BRA", "is_opened": False}]
    assert counter.do("return_items", order_id="SL9", reason="change_of_mind", items=sealed).status == "done"


def test_a_refund_goes_to_no_other_method_than_the_rules_allow(counter):
    ask = {"order_id": "SL5", "items": ["SHIRT"], "reason": "change_of_mind"}

    assert counter.do("return_items", **ask, payment_method_id="card-gift").data["rule"] == "return.refund-to"
    assert counter.do("return_items", **ask, payment_method_id="visa").status == "refused"  # somebody else's
    assert counter.shop.changes == []


def test_too_late_a_return_is_refused_with_the_days(counter):
    outcome = counter.do("return_items", order_id="SL6", reason="change_of_mind")

    assert outcome.message.en.startswith("As a PLUS member you can return")
    assert "30 days ago" in outcome.message.en


def test_a_faulty_item_is_exchanged_for_the_same_one(counter):
    done = counter.do("exchange_items", order_id="SL5", items=["COAT-M"], reason="fault")

    assert (done.status, done.data["difference_cents"]) == ("done", 0)
    (case,) = counter.shop.orders["SL5"].cases
    assert (case.kind, case.details["replaced"][0]["new_sku"]) == ("exchange", "COAT-M")
    assert counter.do("return_items", order_id="SL5", items=["COAT-M"], reason="fault").status == "refused"


def test_another_size_is_no_exchange_and_another_product_never(counter):
    ask = {"order_id": "SL5", "reason": "fault"}

    other_size = counter.do("exchange_items", **ask, items=[{"sku": "COAT-M", "new_sku": "COAT-L"}])
    assert other_size.data["rule"] == "exchange.same-variant"
    assert counter.do("exchange_items", **ask, items=[{"sku": "COAT-M", "new_sku": "PHONE"}]).status == "refused"
    assert counter.do("exchange_items", **ask, items=[{"sku": "COAT-M", "new_sku": "NO"}]).status == "refused"


def test_a_price_that_dropped_is_refunded_once(counter):
    counter.shop.items["SHIRT"] = replace(ITEMS[2], price_cents=7900)

    done = counter.do("claim_price_protection", order_id="SL5", sku="SHIRT")

    assert (done.status, done.data["refund_cents"]) == ("done", 6000)  # 3 * (99 - 79)
    assert counter.do("claim_price_protection", order_id="SL5", sku="SHIRT").data["rule"] == "price.once"
    assert counter.do("claim_price_protection", order_id="SL5", sku="COAT-M").data["rule"] == "price.dropped"


def test_prices_in_another_currency_are_left_to_a_person(counter_over):
    paid = (Payment("payment", 1400, "alipay", NOW),)
    foreign = order("SF1", "delivered", line("SHIRT", price=1400), currency="USD", payments=paid, address=SEATTLE)
    counter = counter_over(shop(foreign))

    assert counter.do("claim_price_protection", order_id="SF1").status == "needs_person"


def test_an_invoice_wants_a_right_tax_number_and_is_issued_once(counter):
    company = {"order_id": "SL5", "kind": "company", "title": "云杉里（上海）贸易有限公司"}
    assert counter.ask("request_invoice", order_id="SL5").missing == ("title",)
    assert counter.ask("request_invoice", **company, tax_number="9131000071785").missing == ("tax_number",)
    # The example of python-stdnum's documentation of the unified social credit code.
    assert counter.do("request_invoice", **company, tax_number="91110000600037341L").status == "done"
    case = counter.shop.orders["SL5"].cases[0]
    assert (case.kind, case.details["email"], case.details["amount_cents"]) == (
        "invoice",
        "xiaoyu.wang@example.com",
        74600,
    )
    assert counter.do("request_invoice", **company, tax_number="91110000600037341L").data["rule"] == "invoice.once"


def test_a_gift_card_that_holds_too_little_pays_nothing(counter):
    outcome = counter.do("change_order_address", order_id="SL2", address=ADDRESS, payment_method_id="card-gift")
    assert outcome.status == "done"
    assert counter.shop.customers["C1"].payment_methods[1].balance_cents == 500

    second = counter.do("change_order_address", order_id="SL3", address=ADDRESS, payment_method_id="card-gift")
    assert (second.status, second.message.zh) == ("refused", "礼品卡余额不足。")
    assert counter.shop.orders["SL3"].address.city == "上海"


def test_the_same_address_again_changes_nothing(counter_over):
    counter = counter_over(shop(order("SA1", "pending", line("SHIRT"), address=URUMQI)))

    outcome = counter.do("change_order_address", order_id="SA1", address={**ADDRESS, "recipient": "王小雨"})

    assert (outcome.status, counter.shop.changes) == ("done", [])
