from dataclasses import replace
from datetime import date

import pytest

from app.assistant.draft import AnswerDraft
from app.domain import CitationEvent, Evidence, Moment, SentenceEvent
from index.types import Location, Passage

TEXT = "退款3个工作日内到账。节假日顺延。"
SPANS = ((0, 11), (11, 17))


def piece(first: int, last: int, number: int = 1) -> Evidence:
    passage = Passage("p", "d.md", "退款", TEXT, "", "zh", Location(0, len(TEXT), page=2, heading="退款"), SPANS)
    return Evidence(number, passage, first, last, 1.0)


def draft(language: str = "zh") -> AnswerDraft:
    return AnswerDraft(language=language, generation="g000001", confidence=0.9, receipt_id="r")


def test_citations_are_numbered_by_first_mention_and_sent_before_their_sentence():
    answer = draft()

    first = list(answer.add("节假日顺延。", [piece(1, 1, number=7)], mode="llm"))
    second = list(answer.add("三个工作日到账。", [piece(0, 0), piece(1, 1)], mode="llm"))

    assert [type(event) for event in first] == [CitationEvent, SentenceEvent]
    assert [type(event) for event in second] == [CitationEvent, SentenceEvent]
    done = answer.finish(conversation_id="c")
    assert done.text == "节假日顺延 [1]。三个工作日到账 [2][1]。"
    assert [(c.marker, c.quote, c.start, c.end) for c in done.citations] == [
        (1, "节假日顺延。", 11, 17),
        (2, "退款3个工作日内到账。", 0, 11),
    ]
    assert done.status == "answered"
    assert done.conversation_id == "c"


def test_the_contract_carries_offsets_and_the_hash_of_the_quote():
    answer = draft()
    list(answer.add("节假日顺延。", [piece(1, 1)], mode="extractive"))

    body = answer.finish(conversation_id=None).to_dict()

    assert body["citations"][0]["location"] == {"page": 2, "heading": "退款", "row": None}
    # printf %s 节假日顺延。 | sha256sum
    assert body["citations"][0]["quote_sha256"] == "87bc4cd631a7c97c4bfcb69cd7709b482605ae3224832ef45aa0ea61a4b43eb9"
    assert "conversation_id" not in body
    assert body["sentences"] == [{"text": "节假日顺延。", "supported": True, "citations": [1], "reason": None}]


def test_a_sentence_said_twice_is_said_once():
    answer = draft()
    list(answer.add("节假日顺延。", [piece(1, 1)], mode="llm"))

    assert list(answer.add("节假日顺延", [piece(1, 1)], mode="llm")) == []


@pytest.mark.parametrize(
    ("again", "is_said"),
    [
        ("Bank posting: a credit card refund takes 5-7 business days to show on the statement.", False),
        ("A refund to a credit card takes 5-7 business days to show on the statement, to a wallet 2 hours.", True),
        ("A refund to a credit card takes 6-7 business days to show on the statement.", True),
        ("A refund to a credit card never takes 5-7 business days to show on the statement.", True),
    ],
)
def test_a_sentence_that_adds_hardly_a_word_about_the_same_span_is_not_said(again: str, is_said: bool):
    answer = draft("en")
    list(
        answer.add(
            "A refund to a credit card takes 5-7 business days to show on the statement.", [piece(0, 0)], mode="llm"
        )
    )

    events = list(answer.add(again, [piece(0, 0)], mode="llm"))

    assert bool(events) is is_said


def test_nearly_the_same_words_of_another_sentence_are_said():
    answer = draft("en")
    list(answer.add("A refund takes 5 business days.", [piece(0, 0)], mode="llm"))

    assert list(answer.add("The refund takes 5 business days.", [piece(1, 1)], mode="llm"))


def test_dropped_sentences_are_listed_and_never_shown():
    answer = draft()
    answer.drop("我们支持货到付款。", "the cited text does not say this")
    list(answer.add("节假日顺延。", [piece(1, 1)], mode="llm"))

    done = answer.finish(conversation_id=None)

    assert "货到付款" not in done.text
    assert [(s.supported, s.reason) for s in done.sentences] == [
        (False, "the cited text does not say this"),
        (True, None),
    ]


def test_nothing_that_stands_is_a_refusal_in_the_language_of_the_question():
    answer = draft("en")
    answer.drop("We accept bitcoin.", "no evidence")

    done = answer.finish(conversation_id=None)

    assert done.status == "declined"
    assert done.text.startswith("Sorry")
    assert done.citations == ()


def test_a_quotation_in_the_other_language_is_introduced():
    answer = draft("en")
    list(answer.add("节假日顺延。", [piece(1, 1)], mode="extractive"))

    assert answer.finish(conversation_id=None).text == "The source is in Chinese; in its own words: 节假日顺延 [1]。"


def test_a_quotation_behind_a_sentence_of_a_model_is_introduced_too():
    answer = draft("en")
    list(answer.add("Refunds take 3 working days.", [piece(0, 0)], mode="llm"))
    list(answer.add("节假日顺延。", [piece(1, 1)], mode="llm"))

    assert answer.finish(conversation_id=None).text == (
        "Refunds take 3 working days [1]. The source is in Chinese; in its own words: 节假日顺延 [2]。"
    )


def test_a_quotation_behind_sentences_of_the_reply_is_introduced_too():
    english = "Refunds arrive within 3 business days of our approval."
    passage = Passage("q", "e.md", "Refunds", english, "", "en", Location(0, len(english)), ((0, len(english)),))
    answer = draft()
    list(answer.add("节假日顺延。", [piece(1, 1)], mode="extractive"))
    list(answer.add(english, [Evidence(2, passage, 0, 0, 1.0)], mode="extractive"))

    text = answer.finish(conversation_id=None).text

    assert text.startswith("节假日顺延 [1]。 相关资料为英文")
    assert text.endswith("of our approval [2].")
    assert text.count("相关资料为英文") == 1


def dated(valid_from: date | None, valid_to: date | None) -> Evidence:
    item = piece(0, 0)
    return replace(item, passage=replace(item.passage, valid_from=valid_from, valid_to=valid_to))


def dated_draft(day: date, source: str, language: str = "zh", **fields) -> AnswerDraft:
    moment = Moment(date(2026, 11, 24), day, source)
    return AnswerDraft(language=language, generation="g000001", confidence=0.9, receipt_id="r", moment=moment, **fields)


OLD, NEW = (date(2025, 1, 1), date(2025, 12, 31)), (date(2026, 1, 1), None)


def test_a_rule_that_is_over_is_said_to_be_of_its_day_once_and_in_the_citation():
    answer = dated_draft(date(2025, 12, 1), "request")
    list(answer.add("退款3个工作日内到账。", [dated(*OLD)], mode="extractive"))
    list(answer.add("节假日顺延。", [dated(*OLD)], mode="extractive"))

    done = answer.finish(conversation_id=None)

    assert done.text == "按2025年12月1日有效的规定：退款3个工作日内到账 [1]。节假日顺延 [1]。"
    assert [sentence.lead for sentence in done.sentences] == ["按2025年12月1日有效的规定：", None]
    body = done.to_dict()
    assert body["as_of"] == "2025-12-01"
    assert body["sentences"][0]["lead"] == "按2025年12月1日有效的规定："
    assert "lead" not in body["sentences"][1]
    assert [body["citations"][0][name] for name in ("valid_from", "valid_to", "in_force")] == [
        "2025-01-01",
        "2025-12-31",
        "past",
    ]


def test_the_label_is_in_the_language_of_the_reply():
    answer = dated_draft(date(2025, 12, 1), "request", "en")
    list(answer.add("Refunds take 3 days.", [dated(*OLD)], mode="llm"))

    assert answer.finish(conversation_id=None).text == (
        "Under the rules in force on 1 December 2025: Refunds take 3 days [1]."
    )


def test_a_rule_that_still_applies_is_labelled_only_when_the_question_named_the_day():
    for source, has_label in (("request", False), ("question", True)):
        answer = dated_draft(date(2026, 3, 1), source)
        list(answer.add("退款3个工作日内到账。", [dated(*NEW)], mode="llm"))

        assert (answer.finish(conversation_id=None).sentences[0].lead is not None) is has_label


def test_today_and_rules_without_days_need_no_label():
    today = dated_draft(date(2026, 11, 24), "today")
    undated = dated_draft(date(2025, 12, 1), "question")
    list(today.add("退款3个工作日内到账。", [dated(*NEW)], mode="llm"))
    list(undated.add("退款3个工作日内到账。", [dated(None, None)], mode="llm"))

    assert today.finish(conversation_id=None).text == undated.finish(conversation_id=None).text
    assert today.finish(conversation_id=None).citations[0].in_force == "current"


def test_todays_rules_in_place_of_unknown_ones_are_introduced_as_such():
    answer = dated_draft(date(2026, 11, 24), "question", is_of_today=True)
    list(answer.add("退款3个工作日内到账。", [dated(*NEW)], mode="llm"))

    assert answer.finish(conversation_id=None).text.startswith("资料中没有当时的规定，以下为目前有效的规定：退款")


def test_announcements_alone_are_a_part_of_an_answer():
    answer = dated_draft(date(2026, 11, 24), "today")
    list(answer.announce("退款3个工作日内到账。", dated(date(2027, 1, 1), None), "自2027年1月1日起将适用："))

    done = answer.finish(conversation_id=None)

    assert (done.status, done.citations[0].in_force) == ("partial", "upcoming")
    assert done.text == "自2027年1月1日起将适用：退款3个工作日内到账 [1]。"


def test_an_open_part_is_named_behind_the_sentences_and_makes_the_answer_partial():
    for language, joined in (("zh", "1]。关于“谁付？”，"), ("en", "1]。 On “谁付？” our documents")):
        answer = AnswerDraft(language=language, generation="g", confidence=0.9, receipt_id="r", missing=["谁付？"])
        list(answer.add("节假日顺延。", [piece(1, 1)], mode="extractive"))

        done = answer.finish(conversation_id=None)

        assert (done.status, done.missing) == ("partial", ("谁付？",))
        assert joined in done.text
        assert done.closing is not None
        assert done.text.endswith(done.closing)
        assert [sentence.text for sentence in done.sentences] == ["节假日顺延。"]
        assert done.to_dict()["missing"] == ["谁付？"]


def test_nothing_is_named_as_open_where_nothing_is_answered():
    done = AnswerDraft(language="zh", generation="g", confidence=0.9, receipt_id="r", missing=["谁付？"]).finish(
        conversation_id=None
    )

    assert (done.status, done.missing, done.closing) == ("declined", (), None)
    assert "missing" not in done.to_dict()


def test_a_correction_leads_and_its_words_are_no_part_of_the_sentence():
    for language, lead in (("zh", "并非如此："), ("en", "That is not the case:")):
        answer = draft(language)
        list(answer.correct("退款3个工作日内到账。", piece(0, 0)))
        list(answer.add("退款3个工作日内到账。", [piece(0, 0)], mode="llm"))

        done = answer.finish(conversation_id=None)

        assert lead in done.text
        assert [(sentence.text, sentence.lead) for sentence in done.sentences] == [("退款3个工作日内到账。", lead)]
