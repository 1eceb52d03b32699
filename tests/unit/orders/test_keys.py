from __future__ import annotations

import pytest

from app.domain.shop import in_language
from app.orders.keys import email_key, name_key, phone_key, postcode_key


@pytest.mark.parametrize(
    ("one", "other"), [("Ｍei  Lin", "mei lin"), ("王 小明", "王小明"), ("O'Connor", "o’connor"), ("MÜLLER", "müller")]
)
def test_names_that_are_the_same_to_people(one, other):
    assert name_key(one) == name_key(other) != ""


def test_names_that_are_not():
    assert name_key("王小明") != name_key("王晓明")
    assert name_key("!!! 😀") == ""


def test_emails_and_postcodes():
    assert email_key(" A.B@Example.COM ") == "a.b@example.com"
    assert postcode_key("sw1a 1aa") == postcode_key("SW1A1AA")


@pytest.mark.parametrize(
    "text", ["+86 138 0000 0001", "13800000001", "0086-13800000001", "１３８００００ ０００１", "138-0000-0001"]
)
def test_a_chinese_number_with_and_without_its_country(text):
    assert phone_key(text) == "13800000001"


def test_numbers_of_other_countries_keep_theirs():
    assert phone_key("+1 (206) 555-0104") == "12065550104"
    assert phone_key("+44 7700 900105") == "447700900105"


@pytest.mark.parametrize(
    ("text", "zh", "en"),
    [
        ("黑色 black", "黑色", "black"),
        ("墨绿 dark green", "墨绿", "dark green"),
        ("七日无理由退货 no-reason return", "七日无理由退货", "no-reason return"),
        ("XL", "XL", "XL"),
        ("black", "black", "black"),
        ("黑色", "黑色", "黑色"),
        ("", "", ""),
    ],
)
def test_halves_of_what_a_catalogue_says_in_both_languages(text, zh, en):
    assert in_language(text, "zh") == zh
    assert in_language(text, "en") == en
