"""When two sentences say different things; judged by a person."""

from __future__ import annotations

import pytest

from app.generation.disagreement import Said, disagreement, may_disagree


def kind(one: str, other: str, *, contexts: tuple[str, str] = ("退货规则 > 期限", "退货规则 > 期限")) -> str | None:
    found = [
        disagreement(Said(a, context_a, a), Said(b, context_b, b))
        for a, b, context_a, context_b in ((one, other, *contexts), (other, one, *contexts[::-1]))
    ]
    assert (found[0] is None) == (found[1] is None), "it goes both ways"
    return found[0].kind if found[0] else None


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("自签收次日起7日内可以无理由退货。", "自签收次日起15日内可以无理由退货。", "number"),
        ("自签收次日起七日内可以无理由退货。", "自簽收次日起十五天內可以無理由退貨。", "number"),
        ("1. 满99元包邮，未满收运费8元。", "2. 满49元包邮，未满收运费8元。", "number"),
        ("新品首发订单在2026年12月1日统一发货。", "新品首发订单在2026年12月3日统一发货。", "date"),
        ("拆封后的内衣支持无理由退货。", "拆封后的内衣不支持无理由退货。", "polarity"),
        ("The return window is 7 days for every member.", "The return window is 15 days for every member.", "number"),
        ("Opened cosmetics can be returned.", "Opened cosmetics cannot be returned.", "polarity"),
    ],
)
def test_another_number_date_or_a_no_against_a_yes_is_a_disagreement(one: str, other: str, expected: str) -> None:
    assert kind(one, other) == expected


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("自签收次日起7日内可以无理由退货。", "自签收次日起七天内可以无理由退货。"),
        ("48小时内发货，超时赔付。", "两天内发货，超时赔付。"),
        ("退款3个工作日内到账。", "换货3天内寄出。"),
        ("PLUS会员自签收次日起15日内可以退货。", "普通会员自签收次日起7日内可以退货。"),
        ("KF-001型号的保修期为12个月。", "KF-002型号的保修期为24个月。"),
        ("自签收次日起7日内可以无理由退货。", "Goods can be returned within 15 days."),
        ("可以退货。", "不可以退货。"),
        ("", ""),
    ],
)
def test_agreement_other_subjects_and_what_is_not_certain_are_none(one: str, other: str) -> None:
    assert kind(one, other) is None


def test_the_same_words_below_titles_about_different_things_are_no_disagreement() -> None:
    one, other = "整机的保修期限为12个月。", "整机的保修期限为24个月。"

    assert kind(one, other, contexts=("电水壶 PK-17B > 保修", "空气净化器 A3 > 保修")) is None
    assert kind(one, other, contexts=("双人帐篷 > 质量保证", "智能门锁 > 售后服务")) is None
    assert kind(one, other, contexts=("整机保修条款", "保修条款 > 整机")) == "number"


def test_only_sentences_with_something_to_contradict_are_compared() -> None:
    assert may_disagree("七天内可以退货。")
    assert may_disagree("不支持退货。")
    assert not may_disagree("欢迎光临。")
