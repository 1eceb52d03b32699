"""What is wished for beside something else is not lost."""

from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from app.domain.conversation import ConversationMessage
from app.domain.understanding import Understanding
from tests.conversation_fakes import ConversingShop
from tests.dialogue_samples import NOW, understood

ORDER = "SL2026112400012"
CANCEL, STATUS = f"不想要了，取消{ORDER}", f"查一下{ORDER}"


def known(message: str, intent: str, **fields: object) -> tuple[str, Understanding]:
    slots = [("order_number", ORDER)] if ORDER in message else []
    return message, understood(message, intent, *slots, **fields)  # type: ignore[arg-type]


KNOWN = dict(
    [
        known(CANCEL, "cancel_order"),
        known(STATUS, "order_status"),
        known("帮我开发票", "invoice_request"),
        known("我要退货", "return_request"),
        known("质量太差要退货", "return_request", sentiment="negative"),
        known("转人工", "talk_to_human"),
        known("确认", "affirm"),
        known("算了", "cancel_flow"),
        known("退货运费谁出？", "return_policy"),
        known("那换货呢？", "policy_question"),
        known(f"{CANCEL}，另外帮我开发票", "cancel_order"),
        known(f"{STATUS}，另外帮我开发票", "order_status"),
        known("帮我开发票，另外退货运费谁出？", "return_policy"),
        known("帮我开发票，另外质量太差要退货", "invoice_request", sentiment="negative"),
        known(f"{CANCEL}，另外{STATUS}，顺便帮我开发票", "cancel_order"),
        known(f"{CANCEL}，另外天气不错", "cancel_order"),
    ]
)


def say(shop: ConversingShop, message: str) -> tuple[ConversationMessage, ...]:
    return shop.say(message).messages


def waiting(shop: ConversingShop) -> list[str]:
    return [wish["text"] for wish in _state(shop)["later"]]


def flows(shop: ConversingShop) -> list[str]:
    return [frame["flow"] for frame in _state(shop)["frames"]]


def _state(shop: ConversingShop) -> Mapping[str, Any]:
    conversation = shop.store.get("K1")
    assert conversation is not None
    return conversation.state


@pytest.fixture
def shop(tmp_path: Path) -> ConversingShop:
    return ConversingShop(tmp_path, KNOWN)


def test_the_second_wish_is_noted_and_taken_up_when_the_first_is_through(shop: ConversingShop):
    (asked,) = say(shop, f"{CANCEL}，另外帮我开发票")

    assert asked.data["confirms"]["action"] == "cancel_order"
    noted, question = asked.text.splitlines()[-2:]
    assert "“帮我开发票”我记下了" in noted
    assert f"将取消订单{ORDER}" in question  # what is asked stands last
    assert waiting(shop) == ["帮我开发票"]

    (done,) = say(shop, "确认")

    assert f"订单{ORDER}已取消。" in done.text
    assert "您还说到“帮我开发票”" in done.text
    assert flows(shop) == ["invoice_request"]
    assert waiting(shop) == []


def test_a_wish_that_needs_nothing_more_leads_straight_to_the_next(shop: ConversingShop):
    (told,) = say(shop, f"{STATUS}，另外帮我开发票")

    assert shop.actions.requests[0].name == "order_status"
    assert "记下了" not in told.text
    assert "您还说到“帮我开发票”" in told.text
    assert flows(shop) == ["invoice_request"]


def test_what_is_asked_is_answered_first(shop: ConversingShop):
    answered, asked = say(shop, "帮我开发票，另外退货运费谁出？")

    assert "运费由商家承担" in answered.text
    assert "您还说到“帮我开发票”" in asked.text
    assert flows(shop) == ["invoice_request"]


def test_three_wishes_come_in_their_order(shop: ConversingShop):
    say(shop, f"{CANCEL}，另外{STATUS}，顺便帮我开发票")
    assert waiting(shop) == [STATUS, "帮我开发票"]

    say(shop, "确认")

    assert [request.name for request in shop.actions.requests if request.name == "order_status"] == ["order_status"]
    assert flows(shop) == ["invoice_request"]


def test_leaving_the_first_leads_to_the_second(shop: ConversingShop):
    say(shop, f"{CANCEL}，另外帮我开发票")
    (left,) = say(shop, "算了")

    assert "您还说到“帮我开发票”" in left.text
    assert flows(shop) == ["invoice_request"]


def test_a_wish_that_is_brought_up_again_meanwhile_is_not_taken_up_twice(shop: ConversingShop):
    say(shop, f"{CANCEL}，另外帮我开发票")
    say(shop, "帮我开发票")

    assert waiting(shop) == []
    assert flows(shop) == ["cancel_order", "invoice_request"]


def test_a_person_who_takes_over_takes_all(shop: ConversingShop):
    say(shop, f"{CANCEL}，另外帮我开发票")
    say(shop, "转人工")

    assert waiting(shop) == []


def test_what_waited_overnight_is_forgotten(shop: ConversingShop):
    say(shop, f"{CANCEL}，另外帮我开发票")
    shop.now = NOW + timedelta(days=1)
    say(shop, "那换货呢？")

    assert waiting(shop) == []
    assert flows(shop) == []


@pytest.mark.parametrize(
    ("message", "flow"),
    [("帮我开发票，另外质量太差要退货", "invoice_request"), (f"{CANCEL}，另外天气不错", "cancel_order")],
)
def test_what_is_no_second_wish_is_taken_whole(shop: ConversingShop, message: str, flow: str):
    say(shop, message)

    assert flows(shop) == [flow]
    assert waiting(shop) == []


def test_nothing_is_cut_while_something_is_open(shop: ConversingShop):
    say(shop, "我要退货")
    say(shop, f"{STATUS}，另外帮我开发票")

    assert waiting(shop) == []
