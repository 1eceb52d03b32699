"""The check with a reader of claims: rules first, then what it says."""

import pytest

from app.domain import Evidence
from app.generation.check import SentenceChecker, SupportWeights
from app.retrieval.given import given_passages


class Reader:
    def __init__(self, logit):
        self.logit, self.asked = logit, []

    def support(self, claim, passages):
        self.asked.append((claim, *passages))
        return [self.logit] * len(passages)


def evidence(text):
    (passage,) = given_passages([text])
    return [Evidence(1, passage, 0, len(passage.sentences) - 1, 1.0)]


@pytest.mark.parametrize(("logit", "stands"), [(3.0, True), (-3.0, False)])
def test_what_rules_let_pass_the_reader_decides(logit, stands):
    checker = SentenceChecker(claims=Reader(logit))

    verdict = checker.check("生鲜到货坏了，一天内拍照就行。", evidence("生鲜商品须在签收后24小时内拍照反馈。"))

    assert verdict.is_supported is stands
    assert (verdict.reason is None) is stands


@pytest.mark.parametrize(
    ("sentence", "reason"),
    [
        ("签收后48小时内反馈。", "not in the cited text"),
        ("签收后至少24小时反馈。", "the other way"),
        ("运费由卖家承担。", "the other side"),
    ],
)
def test_the_reader_cannot_let_pass_what_a_rule_forbids(sentence, reason):
    reader = Reader(9.0)

    verdict = SentenceChecker(claims=reader).check(
        sentence, evidence("生鲜商品须在签收后不超过24小时反馈，运费由买家承担。")
    )

    assert not verdict.is_supported
    assert reason in (verdict.reason or "")
    assert reader.asked == []


def test_a_copied_sentence_needs_no_reader():
    reader = Reader(-9.0)

    assert SentenceChecker(claims=reader).check("运费由买家承担。", evidence("运费由买家承担。")).is_supported
    assert reader.asked == []


def test_words_and_negations_weigh_beside_the_reader():
    weights = SupportWeights(intercept=-5.0, read=0.0, coverage=4.0, kept=2.0, crossing=0.0)
    checker = SentenceChecker(claims=Reader(0.0), weights=weights)

    assert checker.check("生鲜商品可以退换", evidence("生鲜商品可以无理由退换。")).is_supported
    assert not checker.check("生鲜商品不可以退换", evidence("生鲜商品可以无理由退换。")).is_supported


def test_a_stricter_checker_asks_for_more_and_never_for_less():
    weights = SupportWeights(intercept=0.0, read=1.0, coverage=0.0, kept=0.0, crossing=0.0)
    checker = SentenceChecker(claims=Reader(0.8), weights=weights, min_support=0.6)  # a probability of 0.69

    def stands(by: SentenceChecker) -> bool:
        return by.check("坏了一天内拍照。", evidence("生鲜商品须在签收后24小时内拍照反馈。")).is_supported

    assert stands(checker)
    assert not stands(checker.at_least(0.8))
    assert stands(checker)
    assert not stands(checker.at_least(0.8).at_least(0.1))


def test_a_figure_of_another_row_does_not_stand_and_the_reader_sees_the_row_alone():
    table = "方式: 零钱；到账: 24小时内\n方式: 借记卡；到账: 1至3个工作日"
    reader = Reader(3.0)
    checker = SentenceChecker(claims=reader)

    mixed_up = checker.check("借记卡24小时内就能到账。", evidence(table))
    right = checker.check("借记卡要一到三个工作日。", evidence(table))

    assert not mixed_up.is_supported
    assert "says it of something else: 24小时" in mixed_up.reason
    assert right.is_supported
    assert ("借记卡要一到三个工作日。", "方式: 借记卡；到账: 1至3个工作日") in reader.asked
