"""Numbers in digits and in words."""

from __future__ import annotations

import pytest

from index.text.numerals import number, parse_zh, whole_number


@pytest.mark.parametrize("text", ["十1", "1十", "二百5万", "十x", "", "百千号"])
def test_digits_among_chinese_numerals_are_no_number(text):
    assert parse_zh(text) is None
    assert whole_number(text) is None
    assert number(text) is None


@pytest.mark.parametrize(("text", "value"), [("12", 12), ("十二", 12), ("一亿二千万", 120_000_000), ("٣", 3)])
def test_whole_numbers_in_digits_and_in_chinese(text, value):
    assert whole_number(text) == value


@pytest.mark.parametrize(("text", "value"), [("1,234.5", 1234.5), ("两千五", 2500), ("Twenty-four", 24), ("半", 0.5)])
def test_a_number_in_either_language(text, value):
    assert number(text) == value
