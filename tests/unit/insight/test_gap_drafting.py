from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

import numpy as np
import pytest

from app.insight.gaps.drafting import Drafter, numbers_in
from app.insight.gaps.privacy import is_personal, without_personal


def apart(texts: Sequence[str]) -> Any:
    """Every text in a direction of its own: only words tell what is alike."""
    return np.eye(max(1, len(texts)), dtype=np.float32)[: len(texts)]


@pytest.fixture
def drafter() -> Drafter:
    return Drafter(apart)


REPLIES = {
    "c1": ("您好，我是客服小林。每邀请一位新用户下单，双方各得20元券。奖励在确认收货后3天内到账。",),
    "c2": ("张女士您好！每邀请一位新用户下单，双方各得20元券。您的订单202611080001我备注了。",),
    "c3": ("每邀请一位新用户下单，双方各得20元券哦。奖励在确认收货后3天内到账。祝您生活愉快！",),
    "c4": ("Hi Anna, you both get a 20 yuan coupon for each new customer.",),
    "c5": ("You both get a 20 yuan coupon for each new customer. Anything else?",),
}


def test_sentences_that_recur_are_the_draft_in_the_order_of_saying(drafter: Drafter) -> None:
    extract = drafter.extract(REPLIES)

    assert extract.text("zh") == "每邀请一位新用户下单，双方各得20元券。奖励在确认收货后3天内到账。"
    assert [(item.said, item.of) for item in extract.sentences["zh"]] == [(3, 3), (2, 3)]


def test_what_belongs_to_one_customer_and_what_is_polite_stay_out(drafter: Drafter) -> None:
    text = drafter.extract(REPLIES).text("zh") + drafter.extract(REPLIES).text("en")

    for word in ("小林", "张女士", "2026", "Anna", "愉快", "Anything"):
        assert word not in text


def test_what_one_agent_said_once_is_no_article(drafter: Drafter) -> None:
    extract = drafter.extract({"c1": ("我们明年会支持。",)})

    assert extract.text("zh") == extract.text("en") == ""
    assert len(extract.warnings) == 2


def test_no_replies_at_all_make_an_empty_draft(drafter: Drafter) -> None:
    assert drafter.extract({}).text("zh") == ""


def test_agents_who_name_different_numbers_are_told_and_the_majority_is_taken(drafter: Drafter) -> None:
    said = "奖励在对方确认收货后{}天内到账。"
    replies = {f"c{number}": (said.format(days),) for number, days in enumerate(("3", "三", "3", "5"))}

    extract = drafter.extract(replies)

    assert extract.text("zh") == said.format("3")
    assert any("5天" in warning and "(3)" in warning for warning in extract.warnings)


def test_what_agents_say_everywhere_is_no_answer(drafter: Drafter) -> None:
    everywhere = "我已经为您登记，专员会尽快联系。"
    replies = {f"c{number}": (f"{everywhere}目前不支持租赁。",) for number in range(3)}
    elsewhere = {f"x{number}": (everywhere,) for number in range(20)}

    assert drafter.extract(replies, elsewhere=elsewhere).text("zh") == "目前不支持租赁。"


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("3天内退20元", (3, 20)),
        ("三天内退二十元", (3, 20)),
        ("within three days", (3,)),
        ("1,280.50 yuan", (Fraction(2561, 2),)),
        ("没有数字", ()),
    ],
)
def test_numbers_are_read_in_digits_and_in_words(text: str, numbers: tuple[Any, ...]) -> None:
    assert numbers_in(text) == tuple(map(Fraction, numbers))


@pytest.mark.parametrize(
    "text",
    [
        "我的电话13812345678",
        "call +44 7700 900123",
        "订单号SL202611080001",
        "order 20261108001 is on its way",
        "写信到 li.wei@example.com",
        "加微信 lin_kefu88",
        "张女士您好",
        "我叫王小明",
        "Dear Anna,",
        "Mr Smith asked",
        "浙江省杭州市滨江区江南大道100号3幢",
        "live at 12 Baker Street",
        "身份证 330106199001011234",
    ],
)
def test_what_belongs_to_a_person_is_found(text: str) -> None:
    assert is_personal(text)
    assert "[…]" in without_personal(text)


@pytest.mark.parametrize(
    "text",
    [
        "退款3天内到账",
        "满199元减30元",
        "refunds take 5 to 7 business days",
        "杭州有体验店吗",
        "hi, can I return it",
        "黄金会员",
    ],
)
def test_what_belongs_to_nobody_is_left(text: str) -> None:
    assert without_personal(text) == text
