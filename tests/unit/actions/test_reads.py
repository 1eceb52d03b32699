import pytest

UNKNOWN = "SL404"


def test_nothing_personal_is_said_to_a_stranger(counter):
    for name in ("list_orders", "order_status", "track_parcel", "refund_status", "show_account", "cancel_order"):
        for customer in (None, "nobody"):
            outcome = counter.ask(name, customer, order_id="SL2")
            assert (outcome.status, dict(outcome.data)) == ("needs_identity", {})


@pytest.mark.parametrize(
    "name", ["order_status", "refund_status", "cancel_order", "return_items", "request_invoice", "check_warranty"]
)
def test_the_order_of_another_customer_looks_like_one_that_does_not_exist(counter, name):
    assert counter.ask(name, order_id="SX2") == counter.ask(name, order_id=UNKNOWN)
    assert counter.ask(name, order_id="SX2").status == "refused"


def test_the_parcel_of_another_customer_looks_like_one_that_does_not_exist(counter):
    theirs = counter.ask("track_parcel", "C2", tracking_number="XL1")

    assert theirs == counter.ask("track_parcel", "C2", tracking_number="XL404")
    assert counter.ask("track_parcel", tracking_number="XL1").data["shipments"][0]["status"] == "in_transit"


def test_an_order_is_told_with_its_items_and_where_its_parcel_is(counter):
    outcome = counter.ask("order_status", order_id=" sl4 ")

    assert (
        outcome.message.zh
        == "订单SL4：运输中。商品SHIRT×1，合计99元。包裹XL1（顺丰）2026-11-24 07:00 (UTC+8)：运输中 杭州。"
    )
    assert outcome.message.en.startswith("Order SL4 is on its way: 1 × Product SHIRT; 99 yuan in all.")
    assert outcome.data["order_id"] == "SL4"
    assert outcome.data["lines"][0]["label"] == {"zh": "商品SHIRT", "en": "Product SHIRT"}


def test_orders_to_choose_from_are_named_in_the_language_of_whoever_chooses(counter):
    outcome = counter.ask("list_orders")

    labels = {choice["order_id"]: choice["label"] for choice in outcome.data["orders"]}
    assert labels["SL4"] == {"zh": "商品SHIRT×1", "en": "1 × Product SHIRT"}


def test_without_a_number_the_customer_is_asked_which_of_their_orders(counter):
    outcome = counter.ask("order_status", "C2")

    assert (outcome.status, outcome.missing) == ("needs_input", ("order_id",))
    assert {choice["order_id"] for choice in outcome.data["choices"]} == {"SX1", "SX2"}


def test_the_variants_of_a_product_are_told_to_anybody(counter):
    outcome = counter.ask("product_variants", None, sku="COAT-M")

    assert [entry["sku"] for entry in outcome.data["items"]] == ["COAT-M", "COAT-L", "SOLD-OUT"]
    assert "红色，M 529元（缺货）" in outcome.message.zh
    assert "red, M 529 yuan (out of stock)" in outcome.message.en


@pytest.mark.parametrize(
    ("given", "customer"),
    [
        ({"email": "Xiaoyu.Wang@EXAMPLE.com"}, "C1"),
        ({"phone": "138 0000 0001"}, "C1"),
        ({"phone": "+1 206 555 0104"}, "C2"),
        ({"name": "emma smith", "postcode": "98101"}, "C2"),
        ({"order_id": "sl5", "phone_tail": "0001"}, "C1"),
    ],
)
def test_a_customer_is_known_by_what_the_company_has_on_record(counter, given, customer):
    outcome = counter.ask("identify_customer", None, **given)

    assert (outcome.status, outcome.data["customer_id"]) == ("done", customer)


@pytest.mark.parametrize(
    "given",
    [
        {"email": "who@example.com"},
        {"email": "xiaoyu.wang@example.com", "postcode": "98101"},
        {"name": "王小雨", "postcode": "98101"},
        {"order_id": "SL5", "phone_tail": "9999"},
        {"order_id": UNKNOWN, "phone_tail": "0001"},
        {"phone": "not a number"},
    ],
)
def test_a_wrong_answer_says_nothing_about_what_was_wrong(counter, given):
    outcome = counter.ask("identify_customer", None, **given)

    assert (outcome.status, dict(outcome.data)) == ("refused", {})
    assert outcome.message.en == "That does not match our records. Please check it and try again."


def test_too_little_is_asked_for_and_too_short_a_tail_is_not_taken(counter):
    assert counter.ask("identify_customer", None).missing == ("email",)
    assert counter.ask("identify_customer", None, name="王小雨").missing == ("postcode",)
    assert counter.ask("identify_customer", None, order_id="SL5", phone_tail="01").missing == ("phone_tail",)


def test_after_five_wrong_answers_a_person_takes_over(counter):
    for tail in range(5):
        assert counter.ask("identify_customer", None, order_id="SL5", phone_tail=f"999{tail}").status == "refused"

    outcome = counter.ask("identify_customer", None, order_id="SL5", phone_tail="0001")

    assert outcome.status == "needs_person"
    log = counter.gate.ledger.entries(subject="order:SL5")
    assert len(log) == 6
    assert {entry.arguments["phone_tail"] for entry in log} == {"***"}


def test_asking_for_a_person_hands_on_what_it_is_about(counter):
    outcome = counter.ask("hand_to_person", None, summary="退款没到")

    assert (outcome.status, outcome.data["summary"]) == ("needs_person", "退款没到")


def test_the_warranty_is_decided_by_rule_and_catalogue(counter):
    outcome = counter.ask("check_warranty", order_id="SL6")

    assert outcome.status == "done"
    assert [ground.rule_id for ground in outcome.grounds if ground.holds] == ["warranty.received", "warranty.over"]


@pytest.mark.parametrize(
    "arguments", [None, [], "x", 3, {"order_id": ["SL1"]}, {"order_id": {"$ne": ""}}, {"order_id": True}]
)
def test_arguments_of_any_kind_are_answered(counter, arguments):
    from app.domain.action import ActionRequest

    outcome = counter.gate.perform(ActionRequest("order_status", arguments, "C1"))

    assert outcome.status == "needs_input"


def test_an_action_that_does_not_exist_is_refused(counter):
    assert counter.ask("drop_tables").status == "refused"
