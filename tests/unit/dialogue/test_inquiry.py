from __future__ import annotations

import pytest

from app.dialogue.inquiry import is_inquiry
from app.dialogue.said import Said
from app.domain.understanding import Slot, Understanding

INQUIRIES = [
    "退款几天到账？",
    "怎么退货",
    "可以开专票吗",
    "人工客服早上几点上班,周末有人吗",
    "换回来的新机保修怎么算",
    "where do I send something back from Manchester",
    "Can I return shoes that I wore outdoors?",
    "快递一般几点送到",
    "what time do parcels arrive",
    "covered under warranty?",
]
WISHES = [
    "我要退货",
    "帮我取消订单吧",
    "能帮我取消订单吗",
    "我的快递到哪了",
    "我的包裹几点到？",
    "我那个快递大概什么时候能送到",
    "When will my parcel arrive?",
    "what time is my package coming today",
    "退款怎么还没到",
    "转人工",
    "能转人工吗",
    "开发票",
    "where is my order",
    "cancel my order please",
    "I'd like to exchange the shirt for a larger one",
    "could you track my parcel?",
]


def understanding(*slots: Slot) -> Understanding:
    return Understanding("return_request", 0.9, False, slots, "zh", "neutral")


@pytest.mark.parametrize("message", INQUIRIES)
def test_who_asks_how_things_are_is_answered_from_the_documents(message):
    assert is_inquiry(message, understanding())


@pytest.mark.parametrize("message", WISHES)
def test_who_wants_something_done_is_served(message):
    assert not is_inquiry(message, understanding())


def test_a_number_is_always_about_something_of_ones_own():
    number = Slot("order_number", "SL2026110001", "SL2026110001", 2, 14)

    assert not is_inquiry("订单SL2026110001能退吗", understanding(number))


@pytest.mark.parametrize("message", ["等等，生鲜坏了怎么赔？", "wait, how long does a refund take?"])
def test_hold_on_before_a_question_corrects_nothing(message):
    assert Said(message, understanding(), 0.5).is_aside


@pytest.mark.parametrize("message", ["等等，是昨天那单", "不对，是昨天那单吗", "wait, I meant the red one"])
def test_hold_on_before_a_value_is_a_correction(message):
    assert not Said(message, understanding(), 0.5).is_aside
