import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.text.language import crosses, detect


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("七天无理由退货怎么操作？", "zh"),
        ("iPhone15能退吗", "zh"),
        ("請問運費多少", "zh"),
        ("How do I return a jacket?", "en"),
        ("Where is order SL-AC-1042 (退货)? I have been waiting for two weeks now.", "en"),
        ("请把 the refund policy for opened boxes 翻译成中文说明", "mixed"),
        ("", "en"),
        ("12345 🙂", "en"),
        ("https://kefu.cn/return-policy 怎么打不开", "zh"),
        ("\u200b退\u200b货", "zh"),
    ],
)
def test_language_follows_the_words_not_the_codes(text, expected):
    assert detect(text) == expected


@given(st.text(max_size=200))
def test_any_text_has_a_language(text):
    assert detect(text) in {"zh", "en", "mixed"}


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("运费由谁承担", "Who pays the postage?", True),
        ("Who pays?", "运费由谁承担", True),
        ("运费由谁承担", "退货期限", False),
        ("How can my order 能不能 please be 取消 today", "Who pays?", False),
    ],
)
def test_two_texts_cross_where_one_is_chinese_and_the_other_english(one, other, expected):
    assert crosses(one, other) is expected


@pytest.mark.timeout(60)  # a square of the length would take many minutes
@pytest.mark.parametrize("text", ["a" * 200_000, "a1" * 100_000, "a.b-" * 50_000, "x@" * 100_000])
def test_a_run_of_letters_costs_no_more_than_its_length(text):
    assert detect(text) == "en"
