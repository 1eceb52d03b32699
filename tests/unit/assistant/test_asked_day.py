"""Of which day a question asks; today is 24 November 2026."""

from __future__ import annotations

from datetime import date

import pytest

from app.assistant.asked_day import asked_day

TODAY = date(2026, 11, 24)


@pytest.mark.parametrize(
    ("question", "day"),
    [
        ("我去年12月买的，七天无理由退货的运费谁出？", date(2025, 12, 1)),
        ("去年十二月買的電飯煲還能退嗎", date(2025, 12, 1)),
        ("前年5月购买的洗衣机", date(2024, 5, 1)),
        ("2025年12月3日签收的订单按哪个规则", date(2025, 12, 3)),
        ("下单日期是２０２６年２月１日，能价保吗", date(2026, 2, 1)),
        ("10月5日买的电饭煲降价了", date(2026, 10, 5)),
        ("12月5日买的电饭煲降价了", date(2025, 12, 5)),
        ("2024年2月29日下单的", date(2024, 2, 29)),
        ("明年1月1日下单运费多少", date(2027, 1, 1)),
        ("What applies for an order placed in March 2025?", date(2025, 3, 1)),
        ("I bought it last December, can I return it?", date(2025, 12, 1)),
        ("I ordered shoes on 3 March 2025", date(2025, 3, 3)),
        ("The kettle that I bought in December last year leaks", date(2025, 12, 1)),
        ("In December 2025 I bought a kettle", date(2025, 12, 1)),
        ("If I place an order on 5 January 2027, is delivery free?", date(2027, 1, 5)),
    ],
)
def test_a_day_of_purchase_that_the_question_names_is_asked_of(question: str, day: date) -> None:
    assert asked_day(question, TODAY) == day


@pytest.mark.parametrize(
    "question",
    [
        "七天无理由退货的运费谁出？",
        "我昨天刚收到东西，PLUS退货运费你们出吗？",
        "我去年买的电饭煲",
        "我上个月买的",
        "2026年3月1日以后买的算新规则吗",
        "去年12月买的，今年3月收到的",
        "你们春节2月8号恢复发货是吧",
        "2026年11月24日下单的",
        "2026年2月30日买的",
        "PLUS年费明年会涨价吗",
        "望京店是不是下个月要搬家啊",
        "when do points I earned in May 2026 run out",
        "I need to cancel it before December 2026, right?",
        "orders before 3 February 2027?",
        "who won the 2022 world cup",
        "I bought it last March",
        "",
    ],
)
def test_anything_less_clear_is_asked_of_today(question: str) -> None:
    assert asked_day(question, TODAY) is None
