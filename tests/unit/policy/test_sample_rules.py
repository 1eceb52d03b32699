"""The rules of the sample company, asked what its documents say."""

from datetime import date
from pathlib import Path

import pytest

from app.actions import GOVERNED
from app.policy import Policy, idle_rules, parse_rules

TEXT = (Path(__file__).parents[3] / "policies" / "rules.yaml").read_text(encoding="utf-8")
RULES, FAULTS = parse_rules(TEXT, actions=GOVERNED)
TODAY = date(2026, 11, 24)
DELIVERED = {
    "status": "delivered",
    "today": TODAY,
    "delivered_on": date(2026, 11, 20),
    "days_since_delivered": 4,
    "country": "CN",
    "currency": "CNY",
    "tier": "普通",
    "reason": "change_of_mind",
    "returns_this_month": 0,
    "lines": 1,
    "shipping": 8,
    "method_is_original": True,
    "return_class": "七日无理由退货 no-reason return",
    "category": "女装",
}


def decide(action, **facts):
    return Policy(RULES).decide(action, {**DELIVERED, **facts})


def test_the_file_has_no_faults_and_no_rule_is_idle():
    assert FAULTS == []
    assert idle_rules(RULES) == []


@pytest.mark.parametrize(
    ("facts", "answer", "rule"),
    [
        ({}, "allow", ""),
        ({"days_since_delivered": 7}, "allow", ""),
        ({"days_since_delivered": 8}, "refuse", "return.window"),
        ({"days_since_delivered": 8, "tier": "PLUS"}, "allow", ""),
        ({"days_since_delivered": 15, "tier": "PLUS"}, "allow", ""),
        ({"days_since_delivered": 16, "tier": "PLUS"}, "refuse", "return.window-plus"),
        # Received before March 2026: PLUS members had no longer window then.
        (
            {"days_since_delivered": 8, "tier": "PLUS", "delivered_on": date(2026, 2, 28), "today": date(2026, 3, 8)},
            "refuse",
            "return.window-2025",
        ),
        ({"country": "GB", "days_since_delivered": 8}, "refuse", "return.window-abroad"),
        ({"country": "GB", "days_since_delivered": 8, "tier": "PLUS"}, "allow", ""),
        ({"status": "shipped"}, "refuse", "return.received"),
        ({"return_class": "定制不支持无理由退货"}, "refuse", "return.custom-made"),
        ({"return_class": "定制不支持无理由退货", "reason": "fault"}, "allow", ""),
        ({"return_class": "生鲜不支持无理由退货", "reason": "fault"}, "refuse", "return.fresh"),
        ({"return_class": "拆封后不支持无理由退货", "is_opened": True}, "refuse", "return.opened"),
        ({"return_class": "拆封后不支持无理由退货", "is_opened": False}, "allow", ""),
        ({"return_class": "跨境进口，未拆封可退", "is_opened": True}, "refuse", "return.opened"),
        ({"return_class": "激活后不支持无理由退货", "is_activated": True}, "refuse", "return.activated"),
        ({"return_class": "激活后不支持无理由退货", "reason": "fault"}, "allow", ""),
        (
            {"return_class": "激活后不支持无理由退货", "reason": "fault", "days_since_delivered": 9},
            "refuse",
            "return.fault-electronics",
        ),
        ({"return_class": "安装后不支持无理由退货", "is_installed": True}, "refuse", "return.installed"),
        ({"reason": "fault", "days_since_delivered": 16}, "needs_person", "return.fault-late"),
        ({"reason": "damaged", "days_since_delivered": 3}, "needs_person", "return.damaged-late"),
        ({"method_is_original": False}, "refuse", "return.refund-to"),
        ({"reason": "不喜欢"}, "needs_person", "return.reason"),
    ],
)
def test_returns(facts, answer, rule):
    decided = decide("return_items", **facts)

    assert (decided.answer, decided.rule_id) == (answer, rule)


@pytest.mark.parametrize(
    ("facts", "missing"),
    [
        ({"reason": None}, ("reason",)),
        ({"return_class": "拆封后不支持无理由退货"}, ("is_opened",)),
        ({"return_class": "激活后不支持无理由退货"}, ("is_activated",)),
    ],
)
def test_returns_ask_only_for_what_they_hang_on(facts, missing):
    assert decide("return_items", **facts).missing == missing


def test_who_pays_the_freight_of_a_return():
    notices = {
        name: decide("return_items", **facts).notices[0].en
        for name, facts in {
            "standard": {},
            "plus": {"tier": "PLUS"},
            "third of plus": {"tier": "PLUS", "returns_this_month": 2},
            "fault": {"reason": "fault"},
            "abroad": {"country": "GB", "tier": "PLUS"},
        }.items()
    }

    assert (
        notices["standard"]
        == notices["third of plus"]
        == "You pay the return freight; the delivery fee of the order is kept."
    )
    assert notices["plus"].startswith("As you are a PLUS member")
    assert notices["fault"] == "We pay the return freight."
    assert notices["abroad"].startswith("You pay the international return freight")
    assert [charge.cents for charge in decide("return_items", reason="fault").charges] == [-800]


@pytest.mark.parametrize(
    ("action", "facts", "answer", "rule"),
    [
        ("cancel_order", {"status": "unpaid"}, "allow", ""),
        ("cancel_order", {"status": "pending"}, "allow", ""),
        ("cancel_order", {"status": "shipped"}, "needs_person", "cancel.on-its-way"),
        ("cancel_order", {"status": "delivered"}, "refuse", "cancel.received"),
        ("cancel_order", {"status": "processed", "return_class": "安装后不支持"}, "refuse", "cancel.left-warehouse"),
        ("cancel_order", {"status": "pending", "return_class": "定制不支持"}, "needs_person", "cancel.custom-made"),
        ("cancel_order", {"status": "pending", "category": "礼品卡"}, "refuse", "cancel.gift-card"),
        ("change_order_items", {"status": "pending"}, "refuse", "items.fixed"),
        ("change_order_payment", {"status": "pending"}, "needs_person", ""),
        ("exchange_items", {}, "refuse", "exchange.fault-only"),
        ("exchange_items", {"reason": "fault"}, "allow", ""),
        ("exchange_items", {"reason": "fault", "days_since_delivered": 15}, "allow", ""),
        ("exchange_items", {"reason": "fault", "days_since_delivered": 16}, "refuse", "exchange.window"),
        ("exchange_items", {"reason": "fault", "same_variant": False}, "refuse", "exchange.same-variant"),
        ("exchange_items", {"reason": "fault", "country": "US"}, "refuse", "exchange.abroad"),
        ("exchange_items", {"reason": "fault", "item_exchanges": 2}, "needs_person", "exchange.twice"),
        ("exchange_items", {"reason": "fault", "new_stock": 0}, "needs_person", "exchange.stock"),
        ("claim_price_protection", {}, "allow", ""),
        ("claim_price_protection", {"days_since_placed": 30}, "allow", ""),
        ("claim_price_protection", {"days_since_placed": 31}, "refuse", "price.window"),
        (
            "claim_price_protection",
            {"placed_on": date(2025, 12, 31), "today": date(2026, 1, 16), "days_since_placed": 16},
            "refuse",
            "price.window-2025",
        ),
        ("claim_price_protection", {"item_price_claims": 1}, "refuse", "price.once"),
        ("claim_price_protection", {"item_in_return": True}, "refuse", "price.returned"),
        ("claim_price_protection", {"price_drop": 0}, "refuse", "price.dropped"),
        ("claim_price_protection", {"return_class": "生鲜"}, "refuse", "price.excluded"),
        ("request_invoice", {}, "allow", ""),
        ("request_invoice", {"status": "shipped"}, "refuse", "invoice.received"),
        ("request_invoice", {"paid_with": "gift_card"}, "refuse", "invoice.gift-card"),
        ("request_invoice", {"invoices": 1}, "needs_person", "invoice.once"),
        ("check_warranty", {"months_since_delivered": 11, "warranty_months": 12}, "allow", ""),
        ("check_warranty", {"months_since_delivered": 12, "warranty_months": 12}, "refuse", "warranty.over"),
    ],
)
def test_other_actions(action, facts, answer, rule):
    ordinary = {
        "placed_on": date(2026, 11, 15),
        "days_since_placed": 9,
        "same_variant": True,
        "item_exchanges": 0,
        "new_stock": 5,
        "quantity": 1,
        "item_price_claims": 0,
        "item_in_return": False,
        "price_drop": 70,
        "paid_with": "alipay",
        "invoices": 0,
        "invoice_kind": "personal",
    }

    decided = decide(action, **{**ordinary, **facts})

    assert (decided.answer, decided.rule_id) == (answer, rule)


@pytest.mark.parametrize(
    ("facts", "answer", "fee"),
    [
        ({}, "allow", []),
        ({"address_changes": 1}, "refuse", []),
        ({"address_changes": 1, "is_same_place": True}, "allow", []),
        ({"status": "shipped"}, "refuse", []),
        ({"new_region": "新疆维吾尔自治区"}, "allow", [1500]),
        ({"new_region": "内蒙古", "new_city": "呼和浩特"}, "allow", []),
        ({"new_region": "内蒙古", "new_city": "呼伦贝尔"}, "allow", [1500]),
        ({"new_country": "HK"}, "refuse", []),
        ({"country": "GB", "new_country": "FR"}, "needs_person", []),
    ],
)
def test_the_address_of_an_order(facts, answer, fee):
    ordinary = {
        "status": "pending",
        "address_changes": 0,
        "is_same_place": False,
        "new_country": "CN",
        "new_region": "浙江",
        "new_city": "杭州",
    }

    decided = decide("change_order_address", **{**ordinary, **facts})

    assert decided.answer == answer
    assert [charge.cents for charge in decided.charges] == fee
