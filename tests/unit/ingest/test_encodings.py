from __future__ import annotations

import codecs

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.encodings import decode
from ingest.errors import DocumentEncodingUnknown

SIMPLIFIED = "自签收次日起7日内可以退货，运费由买家承担；质量问题的，运费由商家承担。"
TRADITIONAL = "自簽收次日起7日內可以退貨，運費由買家承擔；質量問題的，運費由商家承擔。"
ENGLISH = "Returns are free within 7 days. The buyer pays the freight."


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        (SIMPLIFIED, "utf-8"),
        (SIMPLIFIED, "utf-8-sig"),
        (SIMPLIFIED, "utf-16"),
        (SIMPLIFIED, "utf-16-le"),
        (SIMPLIFIED, "utf-16-be"),
        (SIMPLIFIED, "gbk"),
        (SIMPLIFIED, "gb18030"),
        (SIMPLIFIED[:6], "gbk"),
        (SIMPLIFIED + "\n" + ENGLISH, "gb18030"),
        (TRADITIONAL, "utf-8"),
        (TRADITIONAL, "utf-16"),
        (TRADITIONAL, "big5"),
        (TRADITIONAL, "gb18030"),
        (TRADITIONAL[:6], "big5"),
        (TRADITIONAL + "\n" + ENGLISH, "big5hkscs"),
        (ENGLISH, "ascii"),
        (ENGLISH, "utf-16-le"),
        ("Café crème, naïve déjà vu at £5", "cp1252"),
        ("返品はこちらへどうぞ。送料は無料です。", "cp932"),
        ("", "utf-8"),
    ],
)
def test_text_is_read_in_the_encoding_that_it_was_written_in(text: str, encoding: str) -> None:
    assert decode(text.encode(encoding)).text == text


@given(st.text(st.sampled_from(SIMPLIFIED + ENGLISH + "，。！？\n"), min_size=12, max_size=300))
@settings(max_examples=60, deadline=None)
def test_simplified_text_survives_each_encoding(text: str) -> None:
    # A few Chinese sentences make clear what it is; a lone sign or two would not.
    text = f"{SIMPLIFIED}\n{text}"

    for encoding in ("utf-8", "utf-8-sig", "utf-16", "gbk", "gb18030"):
        assert decode(text.encode(encoding)).text == text


@given(st.text(st.sampled_from(TRADITIONAL + ENGLISH), min_size=12, max_size=300))
@settings(max_examples=60, deadline=None)
def test_traditional_text_survives_big5(text: str) -> None:
    text = f"{TRADITIONAL}\n{text}"

    assert decode(text.encode("big5")).text == text


def test_declared_encoding_is_believed_where_the_bytes_allow_it() -> None:
    page = "退货政策".encode("gbk")

    assert decode(page, declared="GB2312").text == "退货政策"
    assert decode("退货政策".encode(), declared="gb2312").text == "退货政策"
    assert decode(page, declared="no-such-encoding").text == "退货政策"


def test_mostly_right_text_is_kept_and_the_place_of_damage_named() -> None:
    data = bytearray(("第一行没有问题。\n" * 3 + "第四行坏了一个字。\n" + "其余没有问题。\n" * 20).encode())
    at = data.index("坏".encode())
    data[at : at + 3] = b"\xff\xfe\xff"

    decoded = decode(bytes(data))

    assert decoded.text.startswith("第一行没有问题。")
    assert "\ufffd" in decoded.text
    assert "line 4" in decoded.warnings[0]


def test_text_cut_in_the_middle_of_a_character_is_kept() -> None:
    decoded = decode((SIMPLIFIED * 3).encode()[:-2])

    assert decoded.text.rstrip("\ufffd") == (SIMPLIFIED * 3)[:-1]
    assert decoded.warnings


@pytest.mark.parametrize(
    "data",
    [
        bytes(range(256)) * 4,
        b"\x00\x01\x02\x03" * 100,
        b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + bytes(200),
        codecs.BOM_UTF8[:1] + b"\x80\xff\xfe\xff\x81" * 30,
    ],
)
def test_bytes_that_are_no_text_are_refused(data: bytes) -> None:
    with pytest.raises(DocumentEncodingUnknown, match="UTF-8"):
        decode(data)


@given(st.binary(max_size=400))
@settings(max_examples=200, deadline=None)
def test_any_bytes_give_text_or_a_refusal(data: bytes) -> None:
    try:
        decoded = decode(data)
    except DocumentEncodingUnknown:
        return
    assert isinstance(decoded.text, str)
