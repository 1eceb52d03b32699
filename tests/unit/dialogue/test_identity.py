"""Who somebody is by order number and phone tail: four digits are one or the other, never both."""

import pytest

from app.dialogue import DialogueState, Perform
from app.dialogue.filling import found_in
from app.dialogue.said import Said
from app.dialogue.state import Filled, Frame
from tests.dialogue_samples import outcome, shipped_engine, take, understood

ENGINE = shipped_engine()
FLOW = ENGINE._library["verify_identity"]
ORDER_KNOWN = {"order_id": Filled("1234", "1234", 1, 0, 4)}


def said(message: str, *orders: str) -> Said:
    return Said(message, understood(message, None, *(("order_number", order) for order in orders)), 0.5)


def filled(
    message: str, *orders: str, asked: tuple[str, ...], slots: dict[str, Filled] | None = None
) -> dict[str, str]:
    frame = Frame("verify_identity", 1, "who", dict(slots or {}))
    found = found_in(said(message, *orders), FLOW, frame, 2, asked=asked)
    return {name: value.value for name, value in found.items()}


EVERYTHING = ("email", "phone", "order_id", "phone_tail", "name", "postcode")


@pytest.mark.parametrize(
    ("message", "orders", "found"),
    [
        ("1234", ["1234"], {"order_id": "1234"}),
        ("订单1234", ["1234"], {"order_id": "1234"}),
        ("SL1001", ["SL1001"], {"order_id": "SL1001"}),
        ("订单1234，尾号5678", ["1234", "5678"], {"order_id": "1234", "phone_tail": "5678"}),
        ("尾号5678，订单1234", ["5678", "1234"], {"order_id": "1234", "phone_tail": "5678"}),
        ("1234 5678", ["1234"], {"order_id": "1234", "phone_tail": "5678"}),
        ("order 1234, last four digits are 5678", ["1234", "5678"], {"order_id": "1234", "phone_tail": "5678"}),
        ("My phone ends in 5678", ["5678"], {"phone_tail": "5678"}),
        ("订单号是8888", [], {}),
        ("order #8888", [], {}),
        ("SL1001", [], {}),
    ],
)
def test_when_anything_may_be_given_a_bare_number_is_the_order(message, orders, found):
    assert filled(message, *orders, asked=EVERYTHING) == found


@pytest.mark.parametrize(
    ("message", "orders", "found"),
    [
        ("5678", [], {"phone_tail": "5678"}),
        ("5678", ["5678"], {"phone_tail": "5678"}),
        ("1234", ["1234"], {"order_id": "1234"}),
        ("SL1001", ["SL1001"], {"order_id": "SL1001"}),
        ("订单1234的，5678", ["1234", "5678"], {"phone_tail": "5678", "order_id": "1234"}),
        ("是5678", ["5678"], {"phone_tail": "5678"}),
    ],
)
def test_when_the_tail_is_asked_for_four_digits_are_it_unless_they_are_the_order(message, orders, found):
    assert filled(message, *orders, asked=("phone_tail",), slots=ORDER_KNOWN) == found


def test_an_order_number_of_four_digits_does_not_say_who_asks():
    state, _ = take(ENGINE, DialogueState(), "我的订单到哪了", understood("我的订单到哪了", "order_status"))
    while state.pending is not None:
        state, effects = ENGINE.resume(state, outcome("needs_identity"))

    state, effects = take(ENGINE, state, "1234", understood("1234", None, ("order_number", "1234")))

    assert not any(isinstance(effect, Perform) for effect in effects), "the tail is asked for first"
    assert state.asked is not None
    assert state.asked.slot == "phone_tail"
    state, effects = take(ENGINE, state, "5678", understood("5678", None, ("order_number", "5678")))
    (request,) = (effect.request for effect in effects if isinstance(effect, Perform))
    assert (request.arguments["order_id"], request.arguments["phone_tail"]) == ("1234", "5678")
