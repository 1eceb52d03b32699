from app.assistant.draft import AnswerDraft
from app.domain import CitationEvent, Evidence, SentenceEvent
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
