from __future__ import annotations

import pytest

from app.domain.media import FoundNumber
from app.multimodal.number_shapes import Shape, by_lookalike, lookalike_key, s10_is_right, ups_is_right
from app.multimodal.numbers import NumberShapes, find_numbers

SHAPES = NumberShapes.of(["SL##########"], ["SL-@@-####"])


class Records:
    """What one customer has."""

    def __init__(self, *numbers: str) -> None:
        self.numbers = numbers

    def has_order(self, order_number: str) -> bool:
        return order_number in self.numbers

    def has_parcel(self, tracking_number: str) -> bool:
        return tracking_number in self.numbers


def found(*rows: str, **options: object) -> list[FoundNumber]:
    return list(find_numbers([(row, 0.9) for row in rows], SHAPES, **options))  # type: ignore[arg-type]


def values(*rows: str, **options: object) -> list[tuple[str, str]]:
    return [(number.kind, number.value) for number in found(*rows, **options)]


@pytest.mark.parametrize(
    "row",
    [
        "订单号：SL2026110512",
        "订单编号 SL2026110512 复制",
        "Order No. SL2026110512",
        "order number: sl2026110512",
        "SL2026110512",
        "订单号 SL2026110512 12件",
    ],
)
def test_an_order_number_is_known_by_its_label_or_its_shape(row: str) -> None:
    assert values(row) == [("order_number", "SL2026110512")]


def test_a_number_of_another_shop_is_taken_by_its_label() -> None:
    assert values("订单编号：3729184650012345678") == [("order_number", "3729184650012345678")]
    assert values("Order #W1234567") == [("order_number", "W1234567")]


@pytest.mark.parametrize("read", ["SL2O26110512", "5L2026110512", "SL20261I0512", "SL2026ll0512"])
def test_letters_that_were_read_for_digits_are_put_right_by_the_shape(read: str) -> None:
    [number] = found(f"订单号：{read}")

    assert (number.value, number.as_read) == ("SL2026110512", read.upper())


def test_what_the_customer_has_goes_before_what_was_read() -> None:
    [number] = found("订单号：B8O01234", known=Records("BB001234"))

    assert (number.value, number.as_read, number.is_known) == ("BB001234", "B8O01234", True)


def test_an_order_that_the_customer_does_not_have_is_left_as_read() -> None:
    [number] = found("订单号：SL2026110512", known=Records("SL2026110599"))

    assert (number.value, number.is_known) == ("SL2026110512", False)
    assert found("订单号：SL2026110512")[0].is_known is None


@pytest.mark.parametrize(
    ("rows", "value", "carrier"),
    [
        (["顺丰速运 SF1039482710552"], "SF1039482710552", "SF"),
        (["运单号：SF10394827l0552"], "SF1039482710552", "SF"),
        (["中通快递", "运单号", "7531 2345 6789 01"], "75312345678901", "ZTO"),
        (["Tracking number: 1Z999AA10123456784"], "1Z999AA10123456784", "UPS"),
        (["1Z999AA1O123456784"], "1Z999AA10123456784", "UPS"),
        (["RR473124829FI"], "RR473124829FI", "Post"),
        (["Tracking: RR47312482gFI"], "RR47312482GFI", None),
    ],
)
def test_tracking_numbers_with_their_carrier(rows: list[str], value: str, carrier: str | None) -> None:
    [number] = found(*rows)

    assert (number.kind, number.value, number.carrier) == ("tracking_number", value, carrier)


@pytest.mark.parametrize(
    "row",
    ["手机号 13800138000", "2026-11-05 14:03", "¥2,599.00", "合计 2599.00 共 12 件", "6901234567892", "订单详情", "",
     "ORDER TOTAL 1299", "下单时间：2026-11-05", "退货😀", "http://a.example/1234567"],
)  # fmt: skip
def test_telephones_days_amounts_and_barcodes_are_no_such_numbers(row: str) -> None:
    assert values(row) == []


def test_skus_are_held_against_the_catalogue() -> None:
    catalogue = by_lookalike(["SL-PH-1001", "SL-PH-1002"])

    assert values("SKU: SL-PH-I00l", skus=catalogue) == [("sku", "SL-PH-1001")]
    assert values("商品编号SL PH 1002".replace(" ", "-"), skus=catalogue) == [("sku", "SL-PH-1002")]
    assert found("SL-PH-9999", skus=catalogue)[0].is_known is False
    assert found("SL-PH-9999")[0].is_known is None


def test_a_number_counts_once_and_a_flood_of_them_is_cut() -> None:
    assert values("订单号：SL2026110512", "SL2026110512") == [("order_number", "SL2026110512")]
    assert len(found(*[f"SL{number:010}" for number in range(50)])) == 10


def test_check_digits_are_those_of_the_standards() -> None:
    # RR473124829FI and 1Z999AA10123456784 are the examples that the postal union and the carrier give themselves.
    assert s10_is_right("RR473124829FI")
    assert not s10_is_right("RR473124820FI")
    assert ups_is_right("1Z999AA10123456784")
    assert not ups_is_right("1Z999AA10123456785")


def test_a_shape_without_a_digit_or_letter_sign_is_none() -> None:
    with pytest.raises(ValueError, match="shape"):
        Shape("ORDER")


def test_lookalikes_have_one_key() -> None:
    assert lookalike_key("SL-PH-1OO1") == lookalike_key("5LPHI00l")
