from __future__ import annotations

import pytest

from app.generation.held import missing_quantities

SAME = [
    ("一位顾客一天最多鉴定三件。", "每位顾客每天最多鉴定 3 件。"),
    ("碎屏档一年88元，每次自付50。", "| 碎屏档 | 88 元 | 50 元 |\n| 档位 | 年保费 | 每次自付额 |"),
    ("余额一天最多付5000元。", "余额每日支付上限是5000元。"),
    ("After an hour of turning, the motor rests for three hours.", "After each hour of turning it rests for 3 hours."),
    ("第二天就能送到。", "次日送达。"),
    ("第一次用之前要充三个小时电。", "首次使用前请充电 3 小时。"),
    ("Sent in after 11 pm, it is checked the second day.", "23:00 以后提交的处方，第二天审核。"),
    ("口红139块。", "ZH-M801,丝绒口红,makeup,139,520,0.025"),
    ("年中庆是6月8日到18日。", "| 年中庆 | 6 月 8 日至 6 月 18 日 |"),
    ("蟹卡到当年12月20日有效。", "蟹卡有效期到当年 12 月 20 日。"),
    ("客服早8点到晚上12点都有人。", "客服每天8点到24点有人值班。"),
    ("Points last for a year and a half.", "每笔积分的有效期是 18 个月。"),
    ("满2万就是大树会员。", "满 20000 元升为大树。"),
    ("只能连2.4GHz的Wi-Fi。", "Only 2.4 GHz Wi-Fi works."),
    ("打八折。", "It becomes 80% of its price."),
    ("半个月内可以换。", "自签收起15日内可换货。"),
    ("Seven with it off.", "7 hours with noise cancelling off"),
]
OTHER = [
    ("第三天就能送到。", "次日送达。"),
    ("半个月内可以换。", "自签收起30日内可换货。"),
    ("一个月内可以换。", "自签收起15日内可换货。"),
    ("一年最多鉴定三件。", "每位顾客每天最多鉴定 3 件。"),
    ("口红139520块。", "丝绒口红,makeup,139,521,0.025"),
    ("年中庆是6月8日到19日。", "6 月 8 日至 6 月 18 日"),
    ("打八折。", "It becomes 70% of its price."),
    ("第一次收费3次。", "第二次收费。"),
]


@pytest.mark.parametrize(("sentence", "evidence"), SAME)
def test_the_same_in_other_forms_is_held(sentence, evidence):
    assert missing_quantities(sentence, evidence) == []


@pytest.mark.parametrize(("sentence", "evidence"), OTHER)
def test_something_else_is_missing(sentence, evidence):
    assert len(missing_quantities(sentence, evidence)) >= 1


def test_the_customers_own_case_has_to_be_said_by_the_customer():
    sentence, evidence = "您这单120元，包邮。", "满99元包邮，不足的收9元。"

    assert missing_quantities(sentence, evidence, question="我买了120块的东西要运费吗") == []
    assert [item.text for item in missing_quantities(sentence, evidence, question="要运费吗")] == ["120元"]
    assert missing_quantities(sentence, evidence, question=None) == []


def test_a_limit_is_never_somebodys_own_case():
    missing = missing_quantities("您在15天内可以退。", "签收后7天内可以退。", question="15天内可以退吗")

    assert [item.text for item in missing] == ["15天"]


def test_an_own_case_wants_a_limit_to_be_held_against():
    missing = missing_quantities("您这单120元，包邮。", "快递由顺丰发出。", question="我这单120元")

    assert [item.text for item in missing] == ["120元"]
