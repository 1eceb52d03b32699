from __future__ import annotations

import pytest

from ingest.cleaning import clean, clean_line, join_lines


def test_invisible_characters_go_and_odd_spaces_become_plain() -> None:
    assert clean("\ufeff退\u200b货\u00ad 政\u3000策\u00a0 v2\u202e") == "退货 政 策 v2"


def test_line_ends_of_all_kinds_are_kept_as_newlines() -> None:
    assert clean("a\r\nb\rc\u2028d \n\n\n\n e") == "a\nb\nc\nd\n\ne"


def test_half_of_a_character_goes_because_it_cannot_be_stored() -> None:
    assert clean("退\ud800货") == "退货"


@pytest.mark.parametrize(
    ("lines", "joined"),
    [
        (["七日内可以", "退货。"], "七日内可以退货。"),
        (["Returns are", "free."], "Returns are free."),
        (["The amount is refun-", "dable."], "The amount is refundable."),
        (["type-", "C cable"], "type- C cable"),
        (["支持 PLUS", "会员"], "支持 PLUS会员"),
        ([], ""),
    ],
)
def test_broken_lines_are_joined_as_their_language_does(lines: list[str], joined: str) -> None:
    assert join_lines(lines) == joined


def test_text_of_several_lines_becomes_one_line() -> None:
    assert clean_line(" 退货\n政策 ") == "退货政策"
