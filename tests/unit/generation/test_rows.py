"""What stands in a table and is said of another row, and the rows that a sentence speaks of."""

import pytest

from app.generation.rows import of_another_row, rows_spoken_of

REFUNDS = (
    "方式: 零钱、余额；退到: 原账户；到账: 24小时内\n"
    "方式: 借记卡；退到: 原卡；到账: 1至3个工作日\n"
    "方式: 信用卡；退到: 原卡；到账: 5至7个工作日"
)
CENTRES = (
    "Goods go back from: Ireland; Return centre: Rotterdam, Netherlands; Kept for: 30 days\n"
    "Goods go back from: Iceland; Return centre: Leicester; Kept for: 3 years"
)


@pytest.mark.parametrize(
    ("sentence", "evidence", "found"),
    [
        ("退到借记卡的，24小时内到账。", REFUNDS, ["24小时"]),
        ("您用的是信用卡，三个工作日就能到。", REFUNDS, ["三个工作日"]),
        ("借记卡的钱退到原账户。", REFUNDS, ["原账户"]),
        ("Returns from Iceland go to Rotterdam.", CENTRES, ["rotterdam"]),
        ("Goods from Ireland are kept for 3 years.", CENTRES, ["3 years"]),
        ("R8的吸力是8000帕。", "型号: R8；吸力: 6000帕\n型号: R8 Max；吸力: 8000帕", ["8000"]),
        ("分3期的手续费是24元。", "期数: 3期；手续费: 12元\n期数: 6期；手续费: 24元", ["24元"]),
        ("金卡会员满49元包邮。", "客户: 银卡、金卡会员；包邮: 满99元\n客户: 黑卡会员；包邮: 满49元", ["49元"]),
    ],
)
def test_a_figure_or_word_of_another_row_is_found(sentence, evidence, found):
    assert of_another_row(sentence, evidence) == found


@pytest.mark.parametrize(
    ("sentence", "evidence"),
    [
        ("退到借记卡的，一到三个工作日到账。", REFUNDS),
        ("信用卡和借记卡分别要5至7个和1至3个工作日。", REFUNDS),
        ("最快24小时内到账。", REFUNDS),
        ("退到信用卡，可不像零钱那样24小时就到。", REFUNDS),
        ("借记卡的钱没法退到原账户。", REFUNDS),
        ("R8 Max的吸力是8000帕。", "型号: R8；吸力: 6000帕\n型号: R8 Max；吸力: 8000帕"),
        ("退到借记卡的，24小时内到账。", f"{REFUNDS}\n周末申请的，不分方式，24小时内到账。"),
        ("借记卡的钱24小时内退。", "退款规则：借记卡1至3个工作日；零钱24小时内。"),
        ("KT-30和KT-30S功率一样。", "型号: KT-20；功率: 1200W\n型号: KT-30；功率: 1500W\n型号: KT-30S；功率: 1500W"),
        ("门封条有货。", "编号: F-1；名称: 门封条；适用: B2；库存: 缺\n编号: F-2；名称: 门封条；适用: B3；库存: 有货"),
        ("退到借记卡的，24小时内到账。", ""),
        ("", REFUNDS),
    ],
)
def test_what_the_row_itself_or_the_text_around_it_says_is_not(sentence, evidence):
    assert of_another_row(sentence, evidence) == []


def test_what_the_customer_says_of_the_own_case_is_not():
    sentence = "您24小时内申请的，退到借记卡要1至3个工作日。"

    assert of_another_row(sentence, REFUNDS) == ["24小时"]
    assert of_another_row(sentence, REFUNDS, question="24小时内申请的，退到借记卡要多久？") == []


def test_of_a_table_only_the_rows_that_are_named_are_left():
    evidence = f"退款到账时间\n{REFUNDS}\n节假日顺延。"

    assert rows_spoken_of("借记卡要1至3个工作日。", evidence) == (
        "退款到账时间\n方式: 借记卡；退到: 原卡；到账: 1至3个工作日\n节假日顺延。"
    )
    assert rows_spoken_of("节假日会晚几天。", evidence) == evidence


def test_a_value_that_holds_the_gap_belongs_to_its_cell():
    evidence = "方式: 邮寄；说明: 先登记；再寄出；费用: 12元\n方式: 上门；说明: 等电话；费用: 20元"

    assert of_another_row("上门取件的费用是12元。", evidence) == ["12元"]
    assert of_another_row("邮寄的费用是12元。", evidence) == []
