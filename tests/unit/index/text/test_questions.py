from dataclasses import replace

import pytest

from index.text.questions import asks, is_question
from index.types import Location
from tests.fakes import passage


@pytest.mark.parametrize(
    "sentence",
    [
        "退款多久到账？",
        "问：运费谁出",
        "Can I return it?",
        "保温杯能刻几个字",
        "购物车能放多少件",
        "空调显示H1要不要修",
        "空气净化器要24小时开着吗",
        "How do I clean the filter",
        "can the kettle go in the dishwasher",
    ],
)
def test_what_asks(sentence):
    assert is_question(sentence)


@pytest.mark.parametrize(
    "sentence",
    [
        "退款在3个工作日内到账。",
        "无论什么原因，均不退款",
        "免费",
        "送货上门，不另收费",
        "时限: 多少都可以",
        "Returns are free within 7 days",
        "Whatever the reason, we pay.",
        "不支持",
        "Must be unopened",
        "When the parcel is late, call us",
        "Does not start or charge",
    ],
)
def test_what_states(sentence):
    assert not is_question(sentence)


@pytest.mark.parametrize(
    ("text", "sentences", "expected"),
    [
        ("净化器换完滤芯灯还亮红\n长按5秒复位。", ((0, 11), (12, 19)), True),
        ("颜色: 红\n尺码: 大", ((0, 5), (6, 11)), False),
        ("门店地址。长按5秒复位。", ((0, 5), (5, 12)), False),
        ("净化器换完滤芯灯还亮红", ((0, 11),), False),
    ],
)
def test_the_line_above_the_answer_in_a_row_asks(text, sentences, expected):
    row = replace(passage(text, sentences=sentences), location=Location(0, len(text), row=3))

    assert asks(row, 0) is expected
    assert not asks(replace(row, location=Location(0, len(text))), 0)
