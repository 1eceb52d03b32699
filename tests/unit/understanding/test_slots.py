"""What is found in a message, on the day 2026-11-24, a Tuesday. Expected values by the calendar and by hand."""

from datetime import date

import pytest

from app.understanding import Catalogue, CodePatterns, SlotFinder

TODAY = date(2026, 11, 24)
FINDER = SlotFinder(
    catalogue=Catalogue(
        [
            ("禾间 IH电饭煲 3升 HJ-R30", "Hejian HJ-R30 IH rice cooker 3 L"),
            ("禾间 电饭煲 4升 HJ-R40", "Hejian HJ-R40 rice cooker 4 L"),
            ("听涧 H7 头戴降噪耳机", "Brookline H7 over-ear headphones"),
            ("星屿 S9 5G手机 8+256GB", "Starisle S9 5G phone 8+256 GB"),
        ]
    )
)


def found(message: str, kind: str, *, today: date = TODAY) -> list[str]:
    return [slot.normalized for slot in FINDER.find(message, today=today) if slot.type == kind]


@pytest.mark.parametrize(
    ("message", "expected"),
    [
        ("前天买的", ["2026-11-22"]),
        ("大后天到吗", ["2026-11-27"]),
        ("双十一买的", ["2026-11-11"]),
        ("去年国庆下的单", ["2025-10-01"]),
        ("今年春节前能到吗", ["2026-02-17"]),
        ("上周五下的单", ["2026-11-20"]),
        ("下周五能到吗", ["2026-12-04"]),
        ("周五能到吗", ["2026-11-27"]),
        ("周五买的", ["2026-11-20"]),
        ("上个月3号", ["2026-10-03"]),
        ("上周买的", ["2026-11-16/2026-11-22"]),
        ("三天前付的款", ["2026-11-21"]),
        ("两个星期前", ["2026-11-10"]),
        ("15号收到的", ["2026-11-15"]),
        ("11月1日到11月11日", ["2026-11-01/2026-11-11"]),
        ("1月5日", ["2027-01-05"]),
        ("２０２６年１１月２０日", ["2026-11-20"]),
        ("11/20下单的", ["2026-11-20"]),
        ("三月份买的", ["2026-03"]),
        ("next Friday please", ["2026-12-04"]),
        ("can it come on Friday", ["2026-11-27"]),
        ("I bought it last Friday", ["2026-11-20"]),
        ("the day before yesterday", ["2026-11-22"]),
        ("two weeks ago", ["2026-11-10"]),
        ("Nov 20, 2026", ["2026-11-20"]),
        ("on the 15th I ordered it", ["2026-11-15"]),
        ("Black Friday", ["2026-11-27"]),
        ("tommorow", ["2026-11-25"]),
    ],
)
def test_days_are_counted_from_today(message: str, expected: list[str]) -> None:
    assert found(message, "date") == expected


@pytest.mark.parametrize(
    "message",
    ["换大一号", "买大了一号", "三号电池", "24小时客服", "每周一次", "第3号", "一周年", "sun hat", "30 February 2026"],
)
def test_what_only_looks_like_a_day_is_none(message: str) -> None:
    assert found(message, "date") == []


def test_a_day_that_the_year_lacks_is_none() -> None:
    assert found("2月30日买的", "date") == []
    assert found("2月29日买的", "date", today=date(2028, 3, 1)) == ["2028-02-29"]


@pytest.mark.parametrize(
    ("message", "expected"),
    [
        ("下午两点", ["14:00"]),
        ("晚上8点半", ["20:30"]),
        ("今晚八点", ["20:00"]),
        ("下午2点到4点", ["14:00/16:00"]),
        ("上午十点一刻", ["10:15"]),
        ("3点来取", ["15:00"]),
        ("14:30", ["14:30"]),
        ("3:30 pm", ["15:30"]),
        ("12am", ["00:00"]),
        ("half past nine", ["09:30"]),
        ("at noon", ["12:00"]),
        ("明天下午", ["12:00/18:00"]),
        ("tomorrow morning", ["08:00/12:00"]),
        ("快一点", []),
        ("两点建议", []),
        ("24小时", []),
    ],
)
def test_times(message: str, expected: list[str]) -> None:
    assert found(message, "time") == expected


@pytest.mark.parametrize(
    ("message", "expected"),
    [
        ("￥1,280", ["1280.00 CNY"]),
        ("一千二买的", ["1200.00 CNY"]),
        ("三块五", ["3.50 CNY"]),
        ("两百块", ["200.00 CNY"]),
        ("1.2万元", ["12000.00 CNY"]),
        ("价格少了六十", ["60.00 CNY"]),
        ("满300减50", ["300.00 CNY", "50.00 CNY"]),
        ("$19.99", ["19.99 USD"]),
        ("20 dollars", ["20.00 USD"]),
        ("€18.50", ["18.50 EUR"]),
        ("１２８０元", ["1280.00 CNY"]),
        ("买了两块手表", []),
        ("一块儿买", []),
        ("我120 pounds, 5 foot 4 tall", []),
    ],
)
def test_sums(message: str, expected: list[str]) -> None:
    assert found(message, "amount") == expected


@pytest.mark.parametrize(
    ("message", "expected"),
    [
        ("退两件", ["2"]),
        ("数量改成5", ["5"]),
        ("x3", ["3"]),
        ("two pairs of socks", ["2"]),
        ("3 shirts", ["3"]),
        ("退一件", ["1"]),
        ("我有一个问题", []),
        ("两个月", []),
        ("第二个", []),
        ("三个工作日", []),
        ("3 days", []),
        ("2 orders", []),
    ],
)
def test_quantities(message: str, expected: list[str]) -> None:
    assert found(message, "quantity") == expected


@pytest.mark.parametrize(
    ("message", "kind", "expected"),
    [
        ("订单SL2026112200", "order_number", ["SL2026112200"]),
        ("sl2026112200", "order_number", ["SL2026112200"]),
        ("#W1234567", "order_number", ["#W1234567"]),
        ("order W1234567", "order_number", ["#W1234567"]),
        ("订单号是 2026112300981234", "order_number", ["2026112300981234"]),
        ("订单号：２０２６１１２３０００９", "order_number", ["202611230009"]),
        ("我的电话13800138000，那个订单", "order_number", []),
        ("2026112300981234", "order_number", []),
        ("我花了1280买的订单", "order_number", []),
        ("SF1390012345678到哪了", "tracking_number", ["SF1390012345678"]),
        ("快递单号773012345678901", "tracking_number", ["773012345678901"]),
        ("RB123456789CN", "tracking_number", ["RB123456789CN"]),
        ("SL-PH-1001", "sku", ["SL-PH-1001"]),
        ("Tom.Smith@Example.com", "email", ["tom.smith@example.com"]),
        ("138 0013 8000", "phone", ["+8613800138000"]),
        ("+44 20 7946 0958", "phone", ["+442079460958"]),
        ("(212) 736-3100", "phone", ["+12127363100"]),
        ("2026-11-24", "phone", []),
    ],
)
def test_numbers_that_stand_for_something(message: str, kind: str, expected: list[str]) -> None:
    assert found(message, kind) == expected


def test_a_company_writes_its_orders_its_own_way() -> None:
    finder = SlotFinder(codes=CodePatterns({r"A-\d{4}": ""}, ()))

    assert [slot.normalized for slot in finder.find("单子a-2041", today=TODAY)] == ["A-2041"]
    with pytest.raises(ValueError, match="regular expression"):
        CodePatterns({"(": ""}, ())


@pytest.mark.parametrize(
    ("message", "expected"),
    [
        ("寄到上海市徐汇区漕溪北路100号3栋502室，谢谢", ["上海市徐汇区漕溪北路100号3栋502室"]),
        ("地址改成建国路88号", ["建国路88号"]),
        ("to 221B Baker Street, London NW1 6XE please", ["221B Baker Street, London NW1 6XE"]),
        ("48 Maple Avenue, Portland, OR 97205 instead", ["48 Maple Avenue, Portland, OR 97205"]),
        ("寄到新疆要多少钱", []),
        ("I ordered 2 shirts on the way", []),
    ],
)
def test_addresses(message: str, expected: list[str]) -> None:
    assert found(message, "address") == expected


@pytest.mark.parametrize(
    ("message", "expected"),
    [
        ("听涧 H7怎么样", ["听涧 H7 头戴降噪耳机"]),
        ("brookline h7", ["听涧 H7 头戴降噪耳机"]),
        ("我的电饭煲坏了", ["电饭煲"]),
        ("电饭堡坏了", ["电饭煲"]),
        ("two rice cookers", ["rice cooker"]),
        ("my headphnes broke", ["headphones"]),
        ("HJ-R30", ["禾间 IH电饭煲 3升 HJ-R30"]),
        ("换了手机号", []),
        ("这个charge是什么", []),
    ],
)
def test_products_by_the_catalogue(message: str, expected: list[str]) -> None:
    assert found(message, "product") == expected


@pytest.mark.parametrize(
    ("message", "expected"),
    [
        ("买错了", ["ordered_by_mistake"]),
        ("尺码不合适", ["size"]),
        ("I ordered by mistake", ["ordered_by_mistake"]),
        ("it doesn't fit", ["size"]),
        ("质量太差", ["quality"]),
        ("no longer needed, I changed my mind", ["no_longer_needed"]),
        ("什么时候发货", []),
    ],
)
def test_reasons(message: str, expected: list[str]) -> None:
    assert found(message, "reason") == expected


def test_places_are_code_points_of_the_original() -> None:
    message = "👨‍👩‍👧電話１３８００１３８０００\u200b，前天買的"

    slots = FINDER.find(message, today=TODAY)

    assert [(slot.type, message[slot.start : slot.end], slot.value) for slot in slots] == [
        ("phone", "１３８００１３８０００", "１３８００１３８０００"),
        ("date", "前天", "前天"),
    ]


@pytest.mark.parametrize(
    "message",
    [
        "",
        "   ",
        "👍",
        "\u202e\u200b",
        "1" * 3000,
        "一" * 3000,
        "a-" * 1500,
        "#" * 500,
        "12:" * 700,
        "$" * 800,
        "@." * 900,
    ],
)
def test_hostile_messages_are_looked_through_in_no_time(message: str) -> None:
    import time

    started = time.process_time()
    FINDER.find(message, today=TODAY)

    assert time.process_time() - started < 1.0
