import pytest

from app.assistant.asked_quantity import asks_for_quantity, holds_asked_quantity


@pytest.mark.parametrize(
    ("question", "text"),
    [
        ("退款多久到账？", "退款3个工作日内到账。"),
        ("运费多少钱", "运费8元。"),
        ("运费多少钱", "满99元包邮。"),
        ("how much is delivery", "Delivery is free."),
        ("几点下班", "客服工作到21:00。"),
        ("最多几张券", "每单限用2张。"),
        ("怎么开发票", "在订单页申请。"),
    ],
)
def test_a_text_with_the_asked_figure_or_no_figure_asked(question, text):
    assert holds_asked_quantity(question, text)


@pytest.mark.parametrize(
    ("question", "text"),
    [
        ("退款多久到账？", "退款原路退回。"),
        ("运费多少钱", "发货后2天送达。"),
        ("how long does it take", "It costs 8 yuan."),
        ("最多几张券", "优惠券可以叠加。"),
    ],
)
def test_a_text_without_the_asked_figure(question, text):
    assert asks_for_quantity(question)
    assert not holds_asked_quantity(question, text)
