import pytest

from index.text.pii import find_personal, without_personal


def found(text: str, *, with_orders: bool = False) -> list[tuple[str, str]]:
    return [(span.type, text[span.start : span.end]) for span in find_personal(text, with_orders=with_orders)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("打我手机138-0013-8000", [("PHONE", "138-0013-8000")]),
        ("电话＋86 １３８００１３８０００", [("PHONE", "＋86 １３８００１３８０００")]),
        ("号码是1 3 8 0 0 1 3 8 0 0 0", [("PHONE", "1 3 8 0 0 1 3 8 0 0 0")]),
        ("幺三八零零幺三八零零零", [("PHONE", "幺三八零零幺三八零零零")]),
        ("座机021-62345678转801", [("LANDLINE", "021-62345678转801")]),
        ("call me at +44 7700 900123", [("PHONE", "+44 7700 900123")]),
        ("身份证11010519491231002X", [("ID_CARD", "11010519491231002X")]),  # the example of GB 11643
        ("卡号是6222 0202 0011 2345 678", [("BANK_CARD", "6222 0202 0011 2345 678")]),
        ("charged to 4111 1111 1111 1111 twice", [("BANK_CARD", "4111 1111 1111 1111")]),
        ("护照号是E12345678", [("PASSPORT", "E12345678")]),
        ("车牌粤B·12345停在门口", [("PLATE", "粤B·12345")]),
        ("加我微信 lihua_88", [("WECHAT", "lihua_88")]),
        ("QQ号是10001234", [("QQ", "10001234")]),
        ("a.b+c@mail.example.com please", [("EMAIL", "a.b+c@mail.example.com")]),
        ("登录IP是192.0.2.17", [("IP", "192.0.2.17")]),
        ("IBAN GB82 WEST 1234 5698 7654 32", [("IBAN", "GB82 WEST 1234 5698 7654 32")]),  # the example of ISO 13616
        ("生日1990年3月5日", [("BIRTH_DATE", "1990年3月5日")]),
    ],
)
def test_a_number_or_handle_of_a_person_is_found_however_it_is_written(text, expected):
    assert found(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "订单号2026641185622591什么时候发货",
        "快递单号SF1234567890123一直不动",
        "SKU36608700价格4958.44元",
        "尾号1234的卡没有扣款",
        "固件版本10.2.3.44可以用吗",
        "400-820-8820打不通",
        "发到深圳市要几天",
        "小米手机和华为白色毛巾哪个好，谢谢",
        "Does the iPhone 15 Pro Max ship to New York?",
        "",
        "   ",
        "😀😀",
    ],
)
def test_what_a_shop_needs_to_serve_the_customer_is_left_alone(text):
    assert found(text) == []


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("我叫王小明，想退货", "王小明"),
        ("收件人：欧阳娜娜", "欧阳娜娜"),
        ("李雷，13800138000", "李雷"),
        ("收貨人是張偉", "張偉"),
        ("王女士的快递", "王女士"),
        ("好的，马航娟，已经登记", "马航娟"),
        ("My name is Rubija Nowak.", "Rubija Nowak"),
        ("Please ask Dr. Kyle Kuefer", "Kyle Kuefer"),
        ("the parcel went to Margaret O'Brien", "Margaret O'Brien"),
    ],
)
def test_a_name_is_found_by_the_words_around_it(text, name):
    assert ("PERSON", name) in found(text)


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("地址改成浙江省杭州市西湖区文三路90号1幢502室，谢谢", "浙江省杭州市西湖区文三路90号1幢502室"),
        ("送到幸福小区3号楼2单元501", "幸福小区3号楼2单元501"),
        ("住上海浦东新区世纪大道100号", "上海浦东新区世纪大道100号"),
        ("I moved to 221B Baker Street, London NW1 6XE", "221B Baker Street, London NW1 6XE"),
        ("ship it to 12 Oak Avenue, Apt 4, Springfield please", "12 Oak Avenue, Apt 4, Springfield"),
    ],
)
def test_an_address_is_one_span_from_town_to_room(text, address):
    assert found(text) == [("ADDRESS", address)]


def test_numbers_of_orders_go_too_from_texts_that_leave_the_conversation():
    text = "订单SL8620000005还没到"
    assert found(text) == []
    assert found(text, with_orders=True) == [("ORDER_NUMBER", "SL8620000005")]


def test_placeholders_are_in_the_language_of_the_text():
    for text, clean in [
        ("我叫王小明，手机13800138000", "我叫〔姓名〕，手机〔手机号〕"),
        ("My name is Emma Smith", "My name is [name]"),
    ]:
        assert without_personal(text, find_personal(text)) == clean


def test_places_are_those_of_the_original_where_it_holds_what_cannot_be_seen():
    text = "\u200b手机\ufeff138\u200b00138000！"
    (span,) = find_personal(text)
    assert text[span.start : span.end] == "138\u200b00138000"


def test_types_of_english_text_are_named_as_other_programs_do():
    (span,) = find_personal("mail me: emma@example.com")
    assert (span.name(is_english=True), span.name(is_english=False)) == ("EMAIL_ADDRESS", "EMAIL")


def test_a_long_text_is_looked_through_to_its_end():
    text = "没有什么。" * 2000 + "手机13800138000"
    assert found(text) == [("PHONE", "13800138000")]
