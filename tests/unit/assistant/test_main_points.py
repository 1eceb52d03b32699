"""What is told of a document: of each section what it says first."""

from app.assistant.main_points import Length, main_points
from index.text.sentences import split_sentences
from index.types import Location
from tests.fakes import passage


def section(text: str, number: int, heading: str | None = None, *, row: int | None = None, title: str = "Returns"):
    location = Location(0, len(text), heading=heading, row=row)
    return passage(text, f"a.md#{number}", title=title, location=location, sentences=tuple(split_sentences(text)))


def quotes(*sections, **length):
    return [item.quote for item in main_points(sections, Length(**length) if length else Length())]


def test_each_section_gives_its_first_point_and_then_its_second_while_there_is_room():
    window = section("You have 7 days. Members have 15 days. Holidays do not count.", 1, "Returns > Window")
    costs = section("The buyer pays. We pay for faults.", 2, "Returns > Costs")

    assert quotes(window, costs, points=3) == ["You have 7 days.", "Members have 15 days.", "The buyer pays."]
    assert quotes(window, costs, points=2) == ["You have 7 days.", "The buyer pays."]
    assert quotes(window, costs, width=20) == ["You have 7 days."]


def test_a_list_is_told_whole_and_a_table_apart_from_what_stands_below_it():
    table = "等级: 普通；权益: 积分\n等级: 金卡；权益: 生日券"
    text = f"{table}\n\n消费额按实付金额计算。\n1. 满49元包邮；\n2. 每月发券；\n3. 专享价。"

    assert quotes(section(text, 1, "会员 > 等级")) == [
        table,
        "消费额按实付金额计算。",
        "1. 满49元包邮；\n2. 每月发券；\n3. 专享价。",
    ]


def test_of_a_list_that_is_long_as_much_is_told_as_there_is_room_for():
    lines = [f"{number}. 第{number}种情形不予退货，须提供照片和订单号。" for number in range(1, 9)]

    (told,) = quotes(section("\n".join(lines), 1, "退货 > 例外"))

    assert told == "\n".join(lines[:5])


def test_what_a_document_says_of_itself_asks_or_repeats_says_nothing():
    first = section("文件编号：RT-2026-01 自2026年3月1日起施行。\n退货须在7天内提出。", 1)
    second = section(
        "Returns\nThis policy replaces the 2025 version. How long do I have?\nNo.\nYou have seven days.",
        2,
        "Returns > Days",
    )

    assert quotes(first, second) == ["退货须在7天内提出。", "You have seven days."]


def test_a_rule_is_not_told_without_its_other_half():
    assert quotes(section("自付运费；质量问题由商家承担。", 1)) == ["自付运费；质量问题由商家承担。"]


def test_a_catalogue_has_no_main_points_and_a_short_table_has():
    rows = [section(f"Item: Kettle {number}; Price: 99 yuan", number, row=number) for number in range(1, 30)]

    assert quotes(*rows) == []
    assert len(quotes(*rows[:3])) == 3
