import pytest

from app.answer_cache.personal import is_personal


@pytest.mark.parametrize(
    "question",
    [
        "我的手机是13812345678，什么时候发货？",
        "电话 138 1234 5678 打不通怎么办",
        "电话138-1234-5678打不通",
        "致电０２１－６２３４５６７８没人接",
        "我的号码一三八一二三四五六七八",
        "call me at +44 20 7946 0958 please",
        "发票发到 zhang.san@example.com 可以吗",
        "send it to Jane_Doe+shop@mail.example.co.uk",
        "订单号 2026112400123 什么时候到？",
        "订单DD2026112发货了吗",
        "Where is my order #A-12345?",
        "order no. 88123 has not arrived",
        "tracking number SF1234567890",
        "身份证号110101199003071234能注册吗",
        "卡号6222 0212 3456 7890 退款了吗",
        "我叫李雷，我的退款呢",
        "My name is Jane, where is my parcel?",
        "寄到上海市南京路100号可以吗",
        "Can you deliver to 221 Baker Street?",
        "加我微信号 wxid_abc123",
    ],
)
def test_what_belongs_to_one_person_is_seen(question: str) -> None:
    assert is_personal(question)


@pytest.mark.parametrize(
    "question",
    [
        "订单多久发货？",
        "满199元包邮吗？",
        "SL-AC-1042的滤网怎么换？",
        "2025年12月1日买的还能退吗？",
        "订单满1000元可以分期吗？",
        "How long does a refund to a credit card take?",
        "Do orders over 1,500 yuan ship free?",
        "身份证丢了还能退货吗？",
        "RTX4060和RTX4070哪个好",
        "Can I return within 14 days of delivery?",
    ],
)
def test_ordinary_questions_are_not(question: str) -> None:
    assert not is_personal(question)


def test_a_number_behind_a_full_stop_is_found() -> None:
    assert is_personal("Tel.13800138000")
