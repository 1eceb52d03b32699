from __future__ import annotations

import re

import pytest

from app.marketing import AdvertisingLaw, Fact
from app.marketing.errors import RulesBroken

ZH, EN = AdvertisingLaw.shipped("zh"), AdvertisingLaw.shipped("en")


def found(text, **more):
    return [hit.rule for hit in (ZH if re.search("[一-鿿]", text) else EN).check(text, **more)]


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("全国第一的羊绒品牌", "absolute_term"),
        ("国家级工艺", "absolute_term"),
        ("頂級面料", "absolute_term"),
        ("品质最好", "absolute_term"),
        ("全 国★第 一", "absolute_term"),
        ("全国第①", "absolute_term"),
        ("销量NO.1", "absolute_term"),
        ("治疗失眠，缓解颈椎病", "medical_claim"),
        ("增强免疫力", "medical_claim"),
        ("无任何副作用", "health_food_claim"),
        ("三天见效", "health_food_claim"),
        ("不过包退，保过班", "education_promise"),
        ("保本高收益", "financial_promise"),
        ("比其他品牌更耐用", "denigration"),
        ("别家的质量都很差", "denigration"),
        ("永不褪色", "false_effect"),
        ("人民大会堂特供", "state_authority"),
        ("开光辟邪手链", "superstition_vulgarity"),
        ("全网最低价", "false_bargain"),
        ("亏本甩卖，马上涨价", "false_bargain"),
        ("原价999元，现价99元", "price_comparison"),
        ("限时抢购", "urgency"),
        ("免费送手机壳", "gifts"),
        ("院士推荐", "unproven_authority"),
        ("The best phone ever made", "unsubstantiated_superlative"),
        ("Cures acne overnight", "health_claim"),
        ("100% safe, risk-free", "guarantee"),
        ("better than any other brand", "denigration"),
        ("Was $99, now 50% off", "price_comparison"),
        ("Last chance, today only", "urgency"),
        ("free gift with every order", "free_offer"),
        ("Doctors recommend it", "endorsement"),
        ("eco-friendly and sustainable", "environmental_claim"),
    ],
)
def test_wordings_that_the_law_does_not_allow_are_found(text, rule):
    assert rule in found(text)


@pytest.mark.parametrize(
    "text",
    [
        "最后一步：拧紧盖子。",
        "最小码适合脚长22厘米。",
        "以最新日期的批次发货。",
        "最大承重50千克，最低-24℃。",
        "第一次使用前请清洗，第一步加水。",
        "最佳食用期为三天，现吃最好。",
        "不能代替药物治疗，请遵医嘱。",
        "一次性止血带一条。",
        "绝对湿度不超过80%。",
        "折叠后放进包里。",
        "升级版的口袋设计。",
        "拨打免费电话咨询。",
        "Best before 2027, sugar-free, fragrance-free.",
        "Dog treats with duck.",
        "Heat-treated steel, patent leather strap.",
        "We do our best to answer.",
        "",
        "🤍🤍🤍",
    ],
)
def test_wordings_that_the_law_allows_raise_no_alarm(text):
    assert found(text) == []


def test_each_rule_names_its_article_in_both_languages():
    for law in (ZH, EN):
        for rule in law.rules:
            assert rule.article
            assert rule.why.zh
            assert rule.why.en
    assert len({rule.id for rule in ZH.rules}) == len(ZH.rules)


def test_a_name_is_no_advertising_but_an_unproven_wording_needs_a_fact():
    assert found("第一家食品 糕点礼盒", names=["第一家食品"]) == []
    assert found("第一家食品，全国第一", names=["第一家食品"]) == ["absolute_term"]
    assert found("原价299元") == ["price_comparison"]
    assert found("原价299元", facts=[Fact("价格", "原价299元")]) == []
    assert found("全国第一", facts=[Fact("口号", "全国第一")]) == ["absolute_term"]


def test_a_hit_is_where_it_stands_in_the_text_as_written():
    (hit,) = ZH.check("你好，ＮＯ．１ 的选择")

    assert hit.text == "ＮＯ．１"
    assert (hit.start, hit.end) == (3, 7)


def test_what_a_channel_demands_is_missed():
    assert found("【星屿】新品到店。", channel="sms") == ["sms_refusal"]
    assert found("【星屿】新品到店。拒收请回复R", channel="sms") == []
    assert found("主题：新品", channel="email") == ["email_mark", "email_refusal"]
    assert found("New in our shop", channel="sms") == ["sms_refusal"]


@pytest.mark.parametrize("text", ["rules: [", "language: zh", "rules: [{id: a}]", "- a", ""])
def test_a_rule_file_that_cannot_be_used_is_named(text):
    with pytest.raises(RulesBroken, match=r"own\.yaml"):
        AdvertisingLaw.read(text, source="own.yaml")
