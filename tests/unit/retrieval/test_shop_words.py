import pytest

from app.retrieval.shop_words import in_shop_words


@pytest.mark.parametrize(
    ("question", "searched"),
    [
        ("退货的shipping fee谁出", "退货的运费谁出"),
        ("Coupon过期了能补吗", "优惠券过期了能补吗"),
        ("my order什么时候ship", "my订单什么时候发货"),
        ("when will my 发票 arrive?", "when will my invoice arrive?"),
        ("寄到兰州要几天", "寄到兰州（甘肃）要几天"),
        ("寄到昆明市要几天", "寄到昆明市（云南）要几天"),
        ("脚长24厘米半穿多大", "脚长24厘米半 (245 mm)穿多大"),
        ("shoes for a 26 cm foot", "shoes for a 26 cm (260 mm) foot"),
        ("do you deliver to Lyon?", "do you deliver to Lyon (France, European Union, EU)?"),
    ],
)
def test_a_question_is_searched_in_the_words_of_the_documents(question: str, searched: str) -> None:
    assert in_shop_words(question) == searched


@pytest.mark.parametrize(
    "question",
    [
        "退货运费谁出",
        "how long does a refund take",
        "寄到甘肃兰州要几天",  # said already
        "北京有门店吗",  # a province by itself
        "Watch 5有什么颜色",  # a name
        "size 42有货吗",
        "I wear UK 9",
        "长沙发多少钱",
        "大理石台面能退吗",
        "中山装有几种",
        "ſhipping要多久",  # the long s
        "12345",
        "",
    ],
)
def test_what_is_said_in_one_language_and_what_is_a_name_stays(question: str) -> None:
    assert in_shop_words(question) == question


def test_a_name_in_capitals_is_known_in_either_case() -> None:
    assert in_shop_words("COD可以吗") == in_shop_words("cod可以吗") == "货到付款可以吗"
