"""How much praise and fault the words of a message hold."""

import pytest

from app.understanding.tone import Tone, tone_of


@pytest.mark.parametrize(
    ("text", "praise", "fault"),
    [
        ("质量不错，客服也耐心", 2, 0),
        ("做工粗糙，还掉色", 0, 2),
        ("不好看", 0, 1),
        ("没有异味", 1, 0),
        ("不是很满意", 0, 1),
        ("一点也不吵", 1, 0),
        ("great sound, very comfortable", 2, 0),
        ("it isn't comfortable", 0, 1),
        ("never a problem", 1, 0),
        ("can't fault it", 1, 0),
        ("IT’S AWFUL", 0, 1),
        ("订单到哪了", 0, 0),
        ("where is my parcel", 0, 0),
        ("bestseller list", 0, 0),
        ("", 0, 0),
        ("👍🎉", 0, 0),
    ],
)
def test_words_are_counted_and_denied_ones_for_the_other_side(text: str, praise: float, fault: float) -> None:
    assert tone_of(text) == Tone(praise, fault)


@pytest.mark.parametrize("text", ["颜色好看，但是掉色", "looks nice but it leaks"])
def test_what_is_said_before_a_but_counts_half(text: str) -> None:
    assert tone_of(text) == Tone(0.5, 1)


def test_both_scripts_and_traditional_characters_are_read() -> None:
    assert tone_of("物流很快，love it，質量不錯") == Tone(3, 0)


def test_a_wall_of_text_is_read_to_a_limit() -> None:
    assert tone_of("差" * 100_000).fault <= 2000
