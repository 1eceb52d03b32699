import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.text.segment import search_bigrams, search_words, stem, words


def test_model_numbers_are_found_whole_and_in_parts():
    tokens = search_words("型号SL-AC-1042的滤网")

    assert {"slac1042", "1042", "ac", "型号", "滤网"} <= set(tokens)


@pytest.mark.parametrize("written", ["SL-AC-1042", "sl_ac.1042", "ＳＬ－ＡＣ－１０４２"])
def test_a_model_number_is_the_same_token_however_it_is_typed(written):
    assert search_words(written)[0] == "slac1042"
    assert search_bigrams(written)[0] == "slac1042"


def test_traditional_and_simplified_words_are_the_same_tokens():
    assert search_words("無理由退貨") == search_words("无理由退货")


def test_plural_and_tense_do_not_hide_an_english_word():
    assert search_words("Refunds refunded refunding") == ["refund"] * 3


def test_bigrams_are_pairs_of_neighbouring_han_characters():
    assert search_bigrams("退货费") == ["退货", "货费"]
    assert search_bigrams("退") == ["退"]


def test_words_keep_numbers_and_decimals_whole():
    assert words("满 99.5 元，运费 10") == ["满", "99.5", "元", "运费", "10"]


@pytest.mark.parametrize("empty", ["", "  \n", "。！？", "🙂🙂", "\u200b"])
def test_text_without_words_gives_no_tokens(empty):
    assert search_words(empty) == search_bigrams(empty) == words(empty) == []


@given(st.text(max_size=100))
def test_tokens_hold_no_white_space_and_are_never_empty(text):
    tokens = [*search_words(text), *search_bigrams(text)]

    assert all(token and not any(char.isspace() for char in token) for token in tokens)


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("policies", "policy"),
        ("boxes", "box"),
        ("shipped", "ship"),
        ("glass", "glass"),
        ("bus", "bus"),
        ("退货", "退货"),
    ],
)
def test_stem_takes_off_endings_only(word, expected):
    assert stem(word) == expected
