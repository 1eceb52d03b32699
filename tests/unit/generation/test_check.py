import numpy as np

from app.domain import Evidence
from app.generation.check import SentenceChecker
from index.text.sentences import split_sentences
from index.types import Location, Passage


def evidence(*texts: str, context: str = "") -> list[Evidence]:
    """Each text as one whole piece of evidence, numbered from 1."""
    pieces = []
    for number, text in enumerate(texts, start=1):
        spans = tuple(split_sentences(text))
        passage = Passage(f"p{number}", f"d{number}", "t", text, context, "zh", Location(0, len(text)), spans)
        pieces.append(Evidence(number, passage, 0, len(spans) - 1, 1.0))
    return pieces


class SameMeaning:
    """Embeds every text to the same unit vector."""

    def embed_queries(self, texts):
        return np.tile(np.array([[1.0, 0.0]], np.float32), (len(texts), 1))


class OtherMeaning:
    """Embeds each text to a vector of its own."""

    def embed_queries(self, texts):
        return np.eye(len(texts), dtype=np.float32)


def test_a_sentence_that_its_span_carries_stands():
    verdict = SentenceChecker().check(
        "质量问题退货，运费由商家承担。", evidence("因质量问题退货的，运费由商家承担。"), cited=[1]
    )

    assert verdict.is_supported
    assert [item.passage.passage_id for item in verdict.evidence] == ["p1"]


def test_a_mere_no_stands_only_where_a_document_says_just_that():
    rule = "经营者不能以包装打开为由拒绝退货。"

    assert SentenceChecker().check("不能。", evidence(rule), cited=[1]).reason == "a mere yes or no"
    assert not SentenceChecker().check("No, you can't.", evidence("You can't open the seal."), cited=[1]).is_supported
    verdict = SentenceChecker().check("不能。", evidence(f"{rule}可以退吗？不能。"), cited=[1])
    assert [item.quote for item in verdict.evidence] == ["不能。"]


def test_a_changed_number_falls_and_the_reason_names_it():
    verdict = SentenceChecker().check("退款15天到账。", evidence("退款7天到账。"), cited=[1])

    assert not verdict.is_supported
    assert "15天" in (verdict.reason or "")


def test_a_turned_polarity_falls():
    verdict = SentenceChecker().check("内衣可以无理由退货。", evidence("内衣不支持无理由退货。"), cited=[1])

    assert not verdict.is_supported
    assert "opposite" in (verdict.reason or "")


def test_words_from_nowhere_fall():
    verdict = SentenceChecker().check("我们支持货到付款和比特币。", evidence("退货运费由商家承担。"), cited=[1])

    assert not verdict.is_supported


def test_a_wrong_marker_is_mended_when_other_evidence_carries_the_sentence():
    verdict = SentenceChecker().check(
        "发票在签收后开具。", evidence("满99元免运费。", "电子发票在签收后开具。"), cited=[1]
    )

    assert verdict.is_supported
    assert [item.passage.passage_id for item in verdict.evidence] == ["p2"]


def test_nothing_stands_on_no_evidence():
    assert not SentenceChecker().check("可以退货。", []).is_supported


def test_the_citation_is_narrowed_to_the_sentence_that_carries_it():
    pieces = evidence("本规则适用于自营商品。退款在3个工作日内到账。节假日顺延。")

    verdict = SentenceChecker().check("退款3个工作日内到账。", pieces, cited=[1])

    assert [item.quote for item in verdict.evidence] == ["退款在3个工作日内到账。"]


def test_a_sentence_that_needs_two_sentences_keeps_both():
    pieces = evidence("退款在3个工作日内到账。运费8元。")

    verdict = SentenceChecker().check("退款在3个工作日内到账，运费8元。", pieces, cited=[1])

    assert verdict.is_supported
    assert (verdict.evidence[0].first, verdict.evidence[0].last) == (0, 1)


def test_across_languages_meaning_and_numbers_decide():
    pieces = evidence("签收后7天内可以申请退货。")

    assert SentenceChecker(SameMeaning()).check("You can return it within seven days.", pieces, cited=[1]).is_supported
    assert not SentenceChecker(SameMeaning()).check("You can return it within 15 days.", pieces, cited=[1]).is_supported
    assert not SentenceChecker(OtherMeaning()).check("You can return it within 7 days.", pieces, cited=[1]).is_supported
    assert not SentenceChecker(None).check("You can return it within 7 days.", pieces, cited=[1]).is_supported


def test_a_garbled_sentence_is_repaired_with_the_evidences_own():
    checker = SentenceChecker()
    pieces = evidence("本规则适用于自营商品。内衣拆封后不支持无理由退货。")
    verdict = checker.check("内衣拆封后可以无理由退货。", pieces, cited=[1])

    repaired = checker.repaired("内衣拆封后可以无理由退货。", verdict)

    assert repaired is not None
    assert repaired.quote == "内衣拆封后不支持无理由退货。"


def test_an_invention_has_no_repair():
    checker = SentenceChecker()
    sentence = "我们支持货到付款和比特币。"

    assert checker.repaired(sentence, checker.check(sentence, evidence("退货运费由商家承担。"), cited=[1])) is None
