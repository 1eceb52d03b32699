import pytest

from app.dialogue.references import asks_for_one, refer
from app.dialogue.state import Choice
from app.domain.action import Wording
from app.domain.understanding import Slot

SHIRTS = (
    Choice(
        "S1", Wording("卫衣 红色 / M", "hoodie red / M"), {"options": "红色 / M", "size": "M", "price_cents": "15900"}
    ),
    Choice(
        "S2", Wording("卫衣 蓝色 / L", "hoodie blue / L"), {"options": "蓝色 / L", "size": "L", "price_cents": "19900"}
    ),
    Choice("S3", Wording("卫衣 黑色 / XL", "hoodie black / XL"), {"size": "XL", "price_cents": "17900"}),
)
ORDERS = (
    Choice("SL1001", Wording("SL1001 耳机", "SL1001 headphones"), {"placed_at": "2026-11-24T03:00:00+00:00"}),
    Choice("SL1002", Wording("SL1002 水壶", "SL1002 kettle"), {"placed_at": "2026-11-18T03:00:00+00:00"}),
)


@pytest.mark.parametrize(
    ("message", "value"),
    [
        ("第二个", "S2"),
        ("第二个呢", "S2"),
        ("2", "S2"),
        ("２", "S2"),
        ("二", "S2"),
        ("the second one", "S2"),
        ("2nd please", "S2"),
        ("#3", "S3"),
        ("option 1", "S1"),
        ("最后一个", "S3"),
        ("the last one", "S3"),
        ("红色那件", "S1"),
        ("the red one", "S1"),
        ("要黑的", "S3"),
        ("XL的", "S3"),
        ("便宜的那个", "S1"),
        ("the most expensive", "S2"),
        ("前者", "S1"),
        ("hoodie blue / L", "S2"),
        ("s3", "S3"),
    ],
)
def test_one_of_several_by_place_look_or_price(message, value):
    reference = refer(message, SHIRTS)

    assert reference is not None
    assert reference.is_clear
    assert [SHIRTS[number].value for number in reference.found] == [value]


@pytest.mark.parametrize(
    ("message", "value"),
    [("SL1002", "SL1002"), ("sl1001那单", "SL1001"), ("最近那单", "SL1001"), ("the oldest one", "SL1002")],
)
def test_orders_by_number_and_age(message, value):
    reference = refer(message, ORDERS)

    assert reference is not None
    assert [ORDERS[number].value for number in reference.found] == [value]


def test_yesterdays_order_by_its_day():
    day = Slot("date", "昨天", "2026-11-24", 0, 2)

    reference = refer("昨天那单", ORDERS, slots=[day])

    assert reference is not None
    assert reference.found == (0,)


def test_the_other_one_is_the_one_that_was_not_taken():
    reference = refer("不对，另一单", ORDERS, without="SL1001")

    assert reference is not None
    assert reference.found == (1,)
    assert refer("不对", ORDERS, without="SL1001") is None


def test_both_are_meant_only_where_several_may_be():
    several = refer("两个都要", SHIRTS[:2], many=True)

    assert several is not None
    assert several.found == (0, 1)
    assert refer("both", SHIRTS[:2]) is None


def test_words_that_fit_several_leave_it_open():
    reference = refer("那个", ORDERS)

    assert reference is not None
    assert not reference.is_clear


@pytest.mark.parametrize(
    "message",
    [
        "第五个",
        "你好",
        "第一次买东西",
        "",
        "绿色的",
        "How much is shipping?",
        "last week",
        "0",
        "第0个",
        "99999999999999999999",
    ],
)
def test_what_refers_to_none_of_them(message):
    assert refer(message, SHIRTS) is None


def test_nothing_to_choose_from():
    assert refer("第一个", ()) is None


@pytest.mark.parametrize("message", ["L码有吗", "有红色的吗", "do you have it in red", "what about the blue one"])
def test_asking_for_one_of_several_is_choosing(message):
    assert asks_for_one(message)


@pytest.mark.parametrize("message", ["退货运费谁出？", "Is the blue one waterproof?", "耳机的保修多久"])
def test_asking_about_one_is_not(message):
    assert not asks_for_one(message)


@pytest.mark.parametrize("message", ["第十1个", "选二1", "前十2个"])
def test_a_number_half_in_digits_refers_to_nothing(message):
    assert refer(message, SHIRTS) is None
