import pytest

from app.generation.polarity import is_kept, is_mere_yes_or_no, negations


@pytest.mark.parametrize(
    ("claim", "evidence"),
    [
        ("内衣支持无理由退货。", "内衣不支持无理由退货。"),
        ("内衣可以无理由退货。", "内衣不支持无理由退货。"),
        ("生鲜不支持退货", "生鲜支持退货"),
        ("满99元收取运费", "满99元免运费"),
        ("Gift cards are refundable.", "Gift cards are non-refundable."),
        ("Gift cards can be returned.", "Gift cards cannot be returned."),
        ("商家可以拒绝退款", "商家不得拒绝退款"),
        ("Opened cosmetics may be returned.", "Opened cosmetics may not be returned."),
    ],
)
def test_a_no_that_became_a_yes_is_seen(claim, evidence):
    assert not is_kept(claim, evidence)


@pytest.mark.parametrize(
    ("claim", "evidence"),
    [
        ("内衣不支持无理由退货。", "内衣不支持七天无理由退货。"),
        ("内衣不能无理由退货。", "内衣不支持无理由退货。"),
        ("支持七天无理由退货", "本店支持七天无理由退货"),
        ("不锈钢锅质保两年", "不锈钢锅具质保24个月"),
        ("运费不超过15元", "运费最高15元"),
        ("满99元包邮", "满99元免运费"),
        ("运费为8元", "未达门槛运费8元"),
        ("Gift cards cannot be refunded.", "Gift cards are not refunded."),
        ("商家不得拒绝退款", "商家不得拒绝退款"),
        ("可以用PLUS会员价。", "毫不相干的一句话。"),
    ],
)
def test_statements_that_agree_are_kept(claim, evidence):
    assert is_kept(claim, evidence)


def test_each_clause_is_held_against_its_own_clause_of_the_evidence():
    evidence = "手机支持退货，内衣不支持退货。"

    assert is_kept("内衣不支持退货", evidence)
    assert is_kept("手机支持退货", evidence)


@pytest.mark.parametrize(
    ("clause", "count"), [("七天无理由退货", 0), ("不支持退货", 1), ("不得拒绝", 2), ("not only", 0)]
)
def test_negations_are_counted_without_harmless_words(clause, count):
    assert negations(clause) == count


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("不能。", True),
        ("是的，", True),
        ("可以的", True),
        ("当然可以！", True),
        ("包", True),
        ("不包含。", True),
        ("包邮。", False),
        ("No.", True),
        ("Yes, you can.", True),
        ("No, they don't.", True),
        ("可以退。", False),
        ("24小时。", False),
        ("有30元。", False),
        ("No later than Friday.", False),
        ("Yes, within 7 days.", False),
        ("", False),
    ],
)
def test_a_mere_yes_or_no_is_known(sentence, expected):
    assert is_mere_yes_or_no(sentence) is expected
