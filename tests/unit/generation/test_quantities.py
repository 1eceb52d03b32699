"""Expected values are read off the texts by a person."""

from fractions import Fraction

import pytest

from app.generation.held import missing_quantities
from app.generation.quantities import quantities
from index.text.numerals import parse_en, parse_zh


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("七", 7), ("十", 10), ("十五", 15), ("二十四", 24), ("一百零五", 105), ("两百五", 250), ("两千", 2000),
        ("三万五千", 35_000), ("一亿二千万", 120_000_000), ("二〇二六", 2026), ("半", Fraction(1, 2)), ("柒", 7),
    ],
)  # fmt: skip
def test_chinese_numerals_have_their_value(text, value):
    assert parse_zh(text) == value


@pytest.mark.parametrize(
    ("text", "value"), [("seven", 7), ("twenty-four", 24), ("one hundred and five", 105), ("two thousand", 2000)]
)
def test_english_numerals_have_their_value(text, value):
    assert parse_en(text) == value


@pytest.mark.parametrize("text", ["", "元", "万"])
def test_what_is_no_chinese_numeral_has_no_value(text):
    assert parse_zh(text) is None


@pytest.mark.parametrize(
    ("claim", "evidence"),
    [
        ("收货后七天内可以退货", "自签收之日起7日内可申请退货"),
        ("You can return it within seven days.", "签收后7天内可退"),
        ("两年质保", "质保24个月"),
        ("质保两年", "The warranty lasts 2 years."),
        ("48小时内发货", "两天内发货"),
        ("运费¥15", "运费15元"),
        ("运费十五元", "运费15.00元"),
        ("an extra 15 yuan", "另加15元附加费"),
        ("打九折", "10% off"),
        ("95折", "九五折"),
        ("下午4点前付款", "16:00前付款"),
        ("before 4 pm", "16:00前付款"),
        ("2026年3月1日起施行", "自2026-03-01起施行"),
        ("from 1 March 2026", "自2026年3月1日起施行"),
        ("on March 1st", "2026年3月1日"),
        ("百分之八十", "80%"),
        ("1-3个工作日", "1至3个工作日"),
        ("3 to 5 business days", "3-5个工作日"),
        ("满1,000元", "满一千元"),
        ("型号SL-AC-1042支持", "sl-ac-1042"),
        ("1.5公斤", "1500克"),
    ],
)
def test_the_same_quantity_in_another_spelling_is_found(claim, evidence):
    assert missing_quantities(claim, evidence) == []


@pytest.mark.parametrize(
    ("claim", "evidence"),
    [
        ("15天内可以退货", "7天内可退货"),
        ("退款3个工作日到账", "退款3天到账"),
        ("within 3 days", "within 3 business days"),
        ("运费10元", "运费8元"),
        ("10美元", "10元"),
        ("打八折", "打九折"),
        ("20% off", "打九折"),
        ("下午5点前付款", "16:00前付款"),
        ("2025年3月1日起", "自2026年3月1日起"),
        ("质保12个月", "质保24个月"),
        ("SL-AC-1043", "SL-AC-1042"),
        ("满99元包邮", "满49元包邮"),
        ("两个月内", "60天内"),
    ],
)
def test_another_quantity_is_reported_missing(claim, evidence):
    assert len(missing_quantities(claim, evidence)) >= 1


@pytest.mark.parametrize("text", ["统一处理", "一般情况下", "万一损坏", "No one can help", "双十一活动", "一个包裹"])
def test_numerals_inside_ordinary_words_are_no_quantities(text):
    assert quantities(text) == []


def test_quantities_come_in_order_with_their_places():
    text = "满99元包邮，7天内可退"

    found = quantities(text)

    assert [(q.kind, q.value) for q in found] == [("cny", 99), ("minutes", 7 * 24 * 60)]
    assert [text[q.start : q.end] for q in found] == ["99元", "7天"]
