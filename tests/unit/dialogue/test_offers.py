"""What is offered behind an answer, and how customers take it up: with a yes, a number, an address."""

from __future__ import annotations

from dataclasses import replace

import pytest

from app.dialogue import AnswerQuestion, DialogueState, Perform, Say, phrases
from app.dialogue.inquiry import is_about_own
from app.dialogue.offers import goes_on
from app.dialogue.state import Frame, Mention
from tests.dialogue_samples import outcome, shipped_engine, take, understood

ENGINE = shipped_engine()


def offered(message: str = "平底锅降价了，能退差价吗", intent: str = "price_protection") -> DialogueState:
    state, effects = take(ENGINE, DialogueState(), message, understood(message, intent))
    assert [type(effect) for effect in effects] == [AnswerQuestion]
    state, effects = ENGINE.answered(state, is_answered=True)
    assert state.instead is not None, effects
    return state


def begun(effects: list) -> list[str]:
    return [effect.request.name for effect in effects if isinstance(effect, Perform)]


@pytest.mark.parametrize(
    "message", ["办理", "帮我办", "申请吧", "好的，帮我处理一下", "好", "please start it", "ok proceed"]
)
def test_an_offer_is_taken_up_in_the_words_people_use(message):
    intent = "cancel_flow" if message == "申请吧" else None  # what the classifier makes of so little

    _, effects = take(ENGINE, offered(), message, understood(message, intent, confidence=0.48))

    assert begun(effects) == ["list_orders"]


@pytest.mark.parametrize("message", ["算了", "不用了", "多久到账", "那换货呢"])
def test_what_is_no_yes_leaves_an_offer_alone(message):
    _, effects = take(ENGINE, offered(), message, understood(message, "refund_status" if "到账" in message else None))

    assert begun(effects) == []


def test_a_phone_number_takes_an_offer_up_and_says_who_asks():
    state, effects = take(
        ENGINE, offered(), "13800000009", understood("13800000009", "provide_information", ("phone", "13800000009"))
    )

    (request,) = (effect.request for effect in effects if isinstance(effect, Perform))
    assert (request.name, request.arguments["phone"]) == ("identify_customer", "13800000009")
    assert [frame.flow for frame in state.frames] == ["price_protection", "verify_identity"]


def test_doing_it_is_not_giving_it_up():
    assert goes_on("申请吧")
    assert not goes_on("算了")


def test_an_email_address_alone_is_no_question_for_the_documents():
    message = "xiaoyu.wang@example.com"

    state, effects = take(
        ENGINE, DialogueState(), message, understood(message, "provide_information", ("email", message))
    )

    (request,) = (effect.request for effect in effects if isinstance(effect, Perform))
    assert (request.name, request.arguments["email"]) == ("identify_customer", message)
    assert state.failures == 0


def test_who_asks_is_taken_from_an_answer_to_another_question():
    message = "帮我取消订单SL8620000002"
    state, _ = take(
        ENGINE, DialogueState(), message, understood(message, "cancel_order", ("order_number", "SL8620000002"))
    )
    assert state.asked is not None
    assert state.asked.slot == "reason"

    state, effects = take(ENGINE, state, "尾号是0001", understood("尾号是0001", "provide_information"))

    (request,) = (effect.request for effect in effects if isinstance(effect, Perform))
    assert request.arguments == {"order_id": "SL8620000002", "phone_tail": "0001"}
    assert state.frames[0].flow == "cancel_order"


def test_who_asks_is_taken_from_the_first_message():
    message = "包裹丢了 SL8620000020 尾号0008"

    _, effects = take(
        ENGINE, DialogueState(), message, understood(message, "parcel_lost", ("order_number", "SL8620000020"))
    )

    assert begun(effects) == ["identify_customer"]


@pytest.mark.parametrize(
    ("message", "intent", "slots"),
    [
        ("查一下我老公的订单 13800000008", "order_status", [("phone", "13800000008")]),
        (
            "地址改成上海市张江路100号，李四，13900000000",
            "change_address",
            [("address", "上海市张江路100号"), ("phone", "13900000000")],
        ),
    ],
)
def test_somebody_elses_number_does_not_say_who_asks(message, intent, slots):
    _, effects = take(ENGINE, DialogueState(), message, understood(message, intent, *slots))

    assert "identify_customer" not in begun(effects)


def test_the_address_for_an_invoice_does_not_say_who_asks():
    message = "开发票发到caiwu@example.com"

    _, effects = take(
        ENGINE, DialogueState(), message, understood(message, "invoice_request", ("email", "caiwu@example.com"))
    )

    assert begun(effects) == ["list_orders"]


@pytest.mark.parametrize(
    "message", ["还要多久", "什么时候能到", "啥时候到鸭", "我的快递什么时候到", "when will it arrive", "how long"]
)
def test_a_question_that_names_nothing_is_about_ones_own(message):
    assert is_about_own(message)


@pytest.mark.parametrize(
    "message",
    ["寄到德国要多久", "退款几天到账", "How long does shipping to Germany take?", "什么时候到货", "有大宝贝吗"],
)
def test_a_question_about_something_in_general_is_not(message):
    assert not is_about_own(message)


def test_how_long_it_still_takes_is_told_of_the_parcel_just_looked_up():
    state = DialogueState(
        turn=3,
        customer_id="C1",
        mentions=(Mention("order", "SL1", 3),),
        finished=Frame("track_parcel", 1, "end"),
        finished_turn=3,
    )

    _, effects = take(ENGINE, state, "还要多久", understood("还要多久", "delivery_time"))

    (request,) = (effect.request for effect in effects if isinstance(effect, Perform))
    assert (request.name, request.arguments) == ("track_parcel", {"order_id": "SL1"})


def test_another_wish_in_between_is_about_the_same_order():
    message = "查订单SL8620000004"
    state, _ = take(
        ENGINE, DialogueState(), message, understood(message, "order_status", ("order_number", "SL8620000004"))
    )
    state, _ = ENGINE.resume(state, outcome("needs_identity"))

    state, _ = take(ENGINE, state, "这个到哪了", understood("这个到哪了", "track_parcel"))
    while state.pending is not None:
        state, _ = ENGINE.resume(state, outcome("needs_identity"))
    _, effects = take(ENGINE, state, "尾号0001", understood("尾号0001", "provide_information"))

    (request,) = (effect.request for effect in effects if isinstance(effect, Perform))
    assert request.arguments == {"order_id": "SL8620000004", "phone_tail": "0001"}


@pytest.mark.parametrize("message", ["我想问下退货政策", "我想問下退貨規定"])
def test_rules_that_are_not_found_do_not_begin_a_return(message):
    state, effects = take(ENGINE, DialogueState(), message, understood(message, "return_request"))
    assert isinstance(effects[0], AnswerQuestion)

    state, _ = ENGINE.answered(state, is_answered=False)

    assert state.frames == ()


def test_who_asks_for_a_number_to_call_is_asked_before_a_person_is_called():
    state, effects = take(ENGINE, DialogueState(), "客服电话多少", understood("客服电话多少", "talk_to_human"))
    assert isinstance(effects[0], AnswerQuestion)

    state, effects = ENGINE.answered(state, is_answered=False)

    assert effects == (Say(phrases.OFFER_PERSON),)
    assert state.asked is not None
    assert state.asked.kind == "person"


def test_no_person_is_called_for_poems():
    state = DialogueState(failures=3)
    poem = understood("帮我写首诗吧")

    kept, effects = ENGINE.answered(state, is_answered=False, understanding=replace(poem, confidence=0.0))

    assert kept.failures == 3
    assert effects == ()
