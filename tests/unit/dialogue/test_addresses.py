import pytest

from app.dialogue.addresses import address_of


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        (
            "浙江省杭州市西湖区文三路90号3幢501，邮编310012",
            {"country": "CN", "region": "浙江省", "city": "杭州市",
             "lines": ["西湖区文三路90号3幢501"], "postcode": "310012"},
        ),
        ("上海市浦东新区张江路1号",
         {"country": "CN", "region": "上海市", "city": "上海市", "lines": ["浦东新区张江路1号"]}),
        (
            "收件人：王芳 13800138000 广东省深圳市南山区科技园1栋",
            {
                "country": "CN", "region": "广东省", "city": "深圳市", "lines": ["南山区科技园1栋"],
                "recipient": "王芳", "phone": "13800138000",
            },
        ),
        (
            "12 Oak Street, Apt 4, Portland, OR 97201",
            {"country": "US", "region": "OR", "postcode": "97201", "city": "Portland",
             "lines": ["12 Oak Street", "Apt 4"]},
        ),
        (
            "101 Highway, New York, New York, 10001, USA",
            {"country": "US", "region": "New York", "postcode": "10001", "city": "New York",
             "lines": ["101 Highway"]},
        ),
        ("somewhere", {"lines": ["somewhere"]}),
    ],
)  # fmt: skip
def test_an_address_on_one_line_is_taken_apart(text, parts):
    assert address_of(text) == parts
