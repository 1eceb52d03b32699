"""False premises in both languages, and near misses whose premise is true, someone's own story, or another case."""

import pytest

from app.generation.premise import asserted, contradicts


def corrected(question: str, sentence: str, *beside: str) -> bool:
    return any(contradicts(said, sentence, beside=beside) for said in asserted(question))


@pytest.mark.parametrize(
    ("question", "sentence"),
    [
        # Another figure.
        ("你们不是30天内都能退吗", "自签收次日起7日内可以无理由退货。"),
        ("难道不是满50元就包邮吗", "满99元包邮，未满收运费8元。"),
        ("质保是3年对吗", "大家电整机质保1年。"),
        ("30天无理由退货怎么申请", "自签收次日起7日内可以无理由退货。"),
        ("You have a 30-day return window, right?", "The return window is 7 days from the day after receipt."),
        ("Isn't the warranty two years?", "The warranty is one year."),
        ("How do I use your 60-day price protection?", "Price protection lasts 30 days from the order."),
        ("You refund within 3 days, correct?", "We refund within 10 business days."),
        # A yes against a no.
        ("既然生鲜可以七天无理由退货，那怎么申请？", "生鲜不支持七天无理由退货。"),
        ("听说礼品卡可以退款，怎么退", "礼品卡售出后不可退款。"),
        ("I thought gift cards are refundable, how do I get my money?", "Gift cards are not refundable."),
        ("Since fresh food can be returned, where do I send it?", "Fresh food cannot be returned."),
        # Another payer.
        ("运费是你们承担对吧", "无理由退货的运费由买家承担。"),
        ("你们说退货免运费", "退货运费由买家承担。"),
        (
            "Since you pay the return shipping, do I send it?",
            "For a no-reason return the buyer pays the return shipping.",
        ),
        # A condition where all was said.
        ("你们不是所有商品都包邮吗", "满99元包邮，未满收运费8元。"),
        ("Since shipping is free for everyone, why was I charged?", "Orders over 99 yuan ship free."),
    ],
)
def test_what_the_sentence_contradicts_is_found(question, sentence):
    assert corrected(question, sentence)


@pytest.mark.parametrize(
    ("question", "sentence", "beside"),
    [
        # The premise is true.
        ("你们不是7天内都能退吗", "自签收次日起7日内可以无理由退货。", ()),
        ("满99包邮对吧", "满99元包邮，未满收运费8元。", ()),
        ("定制商品不能退对吧", "定制商品不支持无理由退货。", ()),
        ("难道礼品卡不能用优惠券吗", "礼品卡不能使用优惠券。", ()),
        ("运费是你们承担对吧", "质量问题退货，运费由商家承担。", ()),
        ("You have a 7-day return window, right?", "The return window is 7 days from the day after receipt.", ()),
        ("Isn't the warranty one year?", "The warranty is one year.", ()),
        ("Since gift cards are not refundable, can I exchange them?", "Gift cards are not refundable.", ()),
        ("Since you pay the return shipping for a fault, how?", "For a fault we pay the return shipping.", ()),
        # Nothing is taken for granted.
        ("30天内可以退吗", "自签收次日起7日内可以无理由退货。", ()),
        ("Can gift cards be refunded?", "Gift cards are not refundable.", ()),
        ("退货运费是不是你们承担", "退货运费不退。", ()),
        # The customer's own story.
        ("我买了10天了还能退吗", "自签收次日起7日内可以无理由退货。", ()),
        ("既然我买了20天，还能退吗", "自签收次日起7日内可以无理由退货。", ()),
        ("Since I ordered two weeks ago, can I cancel?", "Orders can be cancelled within 7 days.", ()),
        ("因为地址写错了，能改吗", "发货前可改1次地址。", ()),
        # Another case has it, or may have it.
        ("你们不是30天内都能退吗", "自签收次日起7日内可以退货。", ("PLUS会员30日内可以退货。",)),
        ("退货运费是你们承担，是不是？", "无理由退货的运费由买家承担。", ("质量问题退货，运费由商家承担。",)),
        ("既然订单可以取消，怎么操作", "已发货的订单不能取消。", ()),
        ("不是说退款3天到账吗", "退款到账：微信24小时内；银联卡1至3个工作日。", ()),
        ("我已经等了15天，不是3天到账吗", "退款3个工作日内到账。", ()),
        # The other language, or another subject.
        ("你们不是30天内都能退吗", "The return window is 7 days.", ()),
        ("你们不是30天内都能退吗", "发票在24小时内开具。", ()),
    ],
)
def test_what_may_be_true_is_left_alone(question, sentence, beside):
    assert not corrected(question, sentence, *beside)


@pytest.mark.parametrize("question", ["", "？", "不是吗", "since", "right?", "对吧？"])
def test_hardly_any_words_assert_nothing(question):
    assert asserted(question) == []
