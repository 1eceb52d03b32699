"""Figures that stand in the evidence and are said of something else."""

import pytest

from app.generation.measures import misplaced


@pytest.mark.parametrize(
    ("sentence", "evidence"),
    [
        ("苹果49.9元/斤。", "name: 冰糖心苹果 5斤；price: 49.9元"),
        ("苹果每斤49.9元。", "冰糖心苹果5斤装，49.9元。"),
        ("保管费每天15元。", "保管费每月15元。"),
        ("The fee is 15 yuan a day.", "The fee is 15 yuan a month."),
        ("Apples are ¥49.9 per kg.", "Apples, 2.5 kg bag: ¥49.9."),
        ("容量: 4升，价格: 1200 W。", "额定功率: 1200 W；容量: 4升"),
        ("The weight is 1,200 W.", "Rated power 1,200 W"),
    ],
)
def test_an_amount_per_another_unit_and_a_figure_of_another_kind_are_found(sentence, evidence):
    assert len(misplaced(sentence, evidence)) == 1


@pytest.mark.parametrize(
    ("sentence", "evidence"),
    [
        ("苹果一斤9块9。", "价格（元/斤）：9.9"),
        ("苹果每公斤19.8元。", "Apples cost 19.8 yuan per kg."),
        ("一年99块。", "年度会员 99 元"),
        ("续重每公斤5元。", "首重1公斤12元，续重5元。"),
        ("Storage is 15 yuan a month.", "保管费15元/月。"),
        ("容量4升，功率1200W。", "额定功率: 1200 W；容量: 4升"),
        ("价格是399元，一台。", "price: 399"),
        ("费用为货值的5%。", "按货值收取5%的费用。"),
        ("您一个月内可以退。", "30天内可以退货。"),
        ("", "退款3天到账。"),
    ],
)
def test_what_is_said_of_the_same_in_other_words_is_not(sentence, evidence):
    assert misplaced(sentence, evidence) == []
