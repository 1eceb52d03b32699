import itertools

import pytest

from app.retrieval.cells import asks_for_things, by_cells, is_row_asked_for
from index.types import Location, Passage

ROW = (
    "sku: KE-2408；name_zh: 养生壶 1.5升；brand: 松果；price_cny: 149；stock: 99；"
    "attributes: 容量 capacity: 1.5 L; 功率 power: 800 W；description: 可煮茶；勿骤冷。"
)


def passage(text: str, *, row: int | None = 3, runs: int = 3) -> Passage:
    cuts = [round(len(text) * at / runs) for at in range(runs + 1)]
    spans = tuple(itertools.pairwise(cuts))
    return Passage("p", "d", "t", text, "", "zh", Location(0, len(text), row=row), spans)


def test_each_cell_behind_the_names_is_a_sentence_and_no_character_is_lost():
    row = by_cells(passage(ROW))

    assert row is not None
    assert [row.sentence_text(number) for number in range(len(row.sentences))] == [
        "sku: KE-2408；name_zh: 养生壶 1.5升；",
        "brand: 松果；",
        "price_cny: 149；",
        "stock: 99；",
        "attributes: 容量 capacity: 1.5 L;",
        "功率 power: 800 W；",
        "description: 可煮茶；勿骤冷。",
    ]
    assert row.text == ROW


@pytest.mark.parametrize(
    "short", [passage(ROW, row=None), passage(ROW, runs=2), passage(ROW.replace("；stock", "\nstock")), passage("a: b")]
)
def test_short_rows_and_other_texts_stay_as_they_are(short):
    assert by_cells(short) is None


@pytest.mark.parametrize("question", ["有没有1.5匹的空调", "哪款适合小户型", "do you sell kettles?", "卖不卖充电宝"])
def test_who_looks_for_articles_is_answered_with_their_names(question):
    assert asks_for_things(question)


@pytest.mark.parametrize("question", ["KA-35现在多少钱", "养生壶功率多大", "what does the kettle weigh"])
def test_who_names_an_article_asks_for_something_of_it(question):
    assert not asks_for_things(question)


@pytest.mark.parametrize(
    ("question", "row"),
    [
        ("屏幕显示E3怎么办", "代码: E3；含义: 传感器异常"),
        ("脚长25厘米 (250 mm)穿多大", "脚长 foot length (mm): 250；旧鞋码: 40"),
        ("what does the e3 light mean", "- Code: E3; Meaning: Sensor"),
        ("I wear UK 9, what is that in EU", "Foot length (mm): 280; EU: 44; UK: 9"),
    ],
)
def test_a_row_is_named_by_its_first_cell_or_by_a_name_with_its_value(question, row):
    assert is_row_asked_for(question, row) is True


@pytest.mark.parametrize(
    ("question", "row"),
    [
        ("屏幕显示E3怎么办", "代码: E31；含义: 传感器异常"),
        ("I wear UK 9", "Foot length (mm): 285; EU: 45; UK: 9.5"),
        ("第2天能到吗", "序号: 2；内容: 次日达"),
    ],
)
def test_other_rows_are_not_named(question, row):
    assert is_row_asked_for(question, row) is False


@pytest.mark.parametrize("sentence", ["项目: 质保；参数: 整机12个月", "质保说明：整机12个月。", ""])
def test_what_has_no_code_or_size_in_front_is_no_such_row(sentence):
    assert is_row_asked_for("质保12个月吗", sentence) is None
