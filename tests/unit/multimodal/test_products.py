from __future__ import annotations

from app.domain.media import FoundNumber
from app.domain.shop import Item
from app.multimodal import ProductMatcher


def item(sku: str, name: str, name_en: str) -> Item:
    return Item(sku, f"product-{sku}", name, name_en, "", {}, 9900, "CNY", 3)


CATALOGUE = [
    item("A-1", "星屿 S9 5G手机 8+256GB", "Starisle S9 5G phone 8+256 GB"),
    item("A-2", "星屿 S9 5G手机 12+512GB", "Starisle S9 5G phone 12+512 GB"),
    item("B-1", "纯棉四件套 1.8米床", "Cotton bedding set, 1.8 m"),
    item("B-2", "纯棉四件套 1.5米床", "Cotton bedding set, 1.5 m"),
    item("C-1", "手机壳 透明", "Clear phone case"),
]


def skus(*rows: str) -> list[str]:
    return [match.sku for match in ProductMatcher(CATALOGUE).match(rows)]


def test_a_title_of_a_shop_page_finds_its_product_and_tells_variants_apart() -> None:
    assert skus("【官方旗舰】星屿S9 5G手机12+512GB  ×1")[0] == "A-2"
    assert skus("NEW Starisle S9 5G phone 8+256GB")[0] == "A-1"
    assert skus("纯棉四件套 1.5米床 浅灰")[0] == "B-2"


def test_a_title_over_two_rows_and_a_misread_letter_are_forgiven() -> None:
    assert skus("Cotton beddlng set,", "1.8 m")[0] == "B-1"


def test_an_sku_that_was_read_is_certain() -> None:
    number = FoundNumber("sku", "C-1", "C-l", 0.9, True)

    [match] = ProductMatcher(CATALOGUE).match(["nothing else"], [number])

    assert (match.sku, match.score, match.matched) == ("C-1", 1.0, "C-l")


def test_other_text_and_kinds_of_things_match_nothing() -> None:
    assert skus("手机号 13800138000", "总金额 199", "phone", "你好", "", "😀😀") == []
    assert ProductMatcher([]).match(["星屿 S9"]) == ()
