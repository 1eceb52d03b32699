from __future__ import annotations

from contextlib import suppress

import pytest

from ingest.blocks import Extracted
from ingest.errors import DocumentDamaged, DocumentRefused, DocumentTooLarge, DocumentWithoutText
from ingest.limits import Limits
from ingest.loaders import load
from tests.documents import Placed, pdf


def read(data: bytes, **limits: int) -> Extracted:
    return load("pdf", data, Limits(**limits))


def parts(extracted: Extracted) -> list[tuple[str, int | None, str]]:
    return [(block.kind, block.page, block.text) for block in extracted.blocks]


def test_larger_letters_are_headings_and_broken_lines_are_joined() -> None:
    page: list[Placed] = [
        (60, 760, "礼品卡章程", 18),
        (60, 720, "一、有效期", 14),
        (60, 700, "礼品卡自购买之日起三年内有效，过期后余额不再可用，但可以申请延期一次，延期"),
        (60, 684, "不收费。"),
        (60, 668, "1. 售出后不退。"),
        (60, 652, "2. 不兑换现金。"),
    ]

    extracted = read(pdf(page, title="章程"))

    assert parts(extracted) == [
        ("heading", 1, "礼品卡章程"),
        ("heading", 1, "一、有效期"),
        ("paragraph", 1, "礼品卡自购买之日起三年内有效，过期后余额不再可用，但可以申请延期一次，延期不收费。"),
        ("item", 1, "1. 售出后不退。"),
        ("item", 1, "2. 不兑换现金。"),
    ]
    assert extracted.metadata.title == "章程"
    assert extracted.blocks[2].headings == ("礼品卡章程", "一、有效期")


def test_running_heads_and_page_numbers_go_and_sentences_go_on_over_pages() -> None:
    line = "退货的商品应当完好，配件、说明书和赠品一并退回，缺少的部分按照页面标示的价值从退款"
    first: list[Placed] = [(60, 810, "云杉里 内部资料"), (60, 700, line), (280, 30, "第1页")]
    second: list[Placed] = [
        (60, 810, "云杉里 内部资料"),
        (60, 760, "中扣除。"),
        (60, 700, "另起一段，" + line[:-1] + "。"),
        (280, 30, "第2页"),
    ]

    extracted = read(pdf(first, second))

    assert parts(extracted) == [
        ("paragraph", 1, line + "中扣除。"),
        ("paragraph", 2, "另起一段，" + line[:-1] + "。"),
    ]


def test_two_columns_are_read_one_after_the_other() -> None:
    left = [f"左栏第{number}行文字从这里开始一直写到栏的右边" for number in "一二三四五六七"]
    right = [f"右栏第{number}行文字从这里开始一直写到栏的右边" for number in "一二三四五六七"]
    page: list[Placed] = []
    for row, (one, other) in enumerate(zip(left, right, strict=True)):
        page += [(40, 700 - 14 * row, one), (310, 700 - 14 * row, other)]

    text = read(pdf(page)).text

    assert text.index("左栏第七行") < text.index("右栏第一行")


def test_columns_without_rules_are_a_table() -> None:
    rows = [("Zone", "First kg", "Each further kg"), ("EU", "79 yuan", "30 yuan"), ("US", "85 yuan", "35 yuan")]
    page: list[Placed] = [
        (x, 700 - 20 * row, text) for row, line in enumerate(rows) for x, text in zip((60, 200, 350), line, strict=True)
    ]

    assert parts(read(pdf(page))) == [
        ("row", 1, "Zone: EU; First kg: 79 yuan; Each further kg: 30 yuan"),
        ("row", 1, "Zone: US; First kg: 85 yuan; Each further kg: 35 yuan"),
    ]


def test_a_ruled_table_keeps_cells_of_several_lines_together() -> None:
    rules = "".join(f"{x} 620 m {x} 720 l S\n" for x in (50, 200, 400))
    rules += "".join(f"50 {y} m 400 {y} l S\n" for y in (620, 680, 720))
    page: list[Placed] = [
        (60, 700, "项目"),
        (210, 700, "规定"),
        (60, 660, "电子卡"),
        (210, 660, "付款后十分钟内"),
        (210, 640, "发送到邮箱"),
    ]

    assert parts(read(pdf(page, drawn=rules))) == [("row", 1, "项目: 电子卡；规定: 付款后十分钟内发送到邮箱")]


def test_hyphenated_words_are_put_together() -> None:
    page: list[Placed] = [
        (60, 700, "Orders that were paid with a gift card are fully refun-"),
        (60, 686, "dable at once."),
    ]

    assert "fully refundable at once." in read(pdf(page)).text


def test_a_page_of_pictures_is_reported_and_a_file_of_them_refused() -> None:
    extracted = read(pdf([(60, 700, "有文字的一页。")], []))

    assert "page 2" in extracted.warnings[0]
    with pytest.raises(DocumentWithoutText, match="no text"):
        read(pdf([], []))


def test_damaged_and_oversized_files_are_refused() -> None:
    with pytest.raises(DocumentDamaged):
        read(b"%PDF-1.7\nnothing else")
    with pytest.raises(DocumentTooLarge, match="3 pages"):
        read(pdf([(9, 9, "a")], [(9, 9, "b")], [(9, 9, "c")]), max_pages=2)


@pytest.mark.parametrize("cut", range(40, 1000, 120))
def test_a_truncated_file_is_text_or_a_refusal(cut: int) -> None:
    whole = pdf([(60, 700, "退货政策。")])
    with suppress(DocumentRefused):
        assert "退货" in read(whole[:-cut]).text
