import re

import pytest

from app.receipts.explanation import explain
from app.receipts.receipt import Drafted, Judged, StageScore
from app.receipts.wording import _PHRASES
from tests.receipt_samples import declined, found, receipt, written_by_model

JARGON = re.compile(
    r"logit|embedding|vector|token|BM25|bigram|dense|recall|hash|sha256|threshold|feature|score|向量|嵌入|特征|阈值|分词"
    r"|检索|召回|得分|模型权重",
    re.IGNORECASE,
)


def told(explanation) -> str:
    return "\n".join(line for heading, lines in explanation.lines() for line in (heading, *lines))


def test_an_answer_is_explained_in_chinese():
    explanation = explain(receipt(), "zh")

    assert explanation.outcome == (
        "已回答。依据了 1 处资料原文；系统估计资料能回答这个问题的可能性为 93%，要求至少 50%。"
    )
    assert explanation.question == ("顾客问：退款多久到账？", "只查找 2026-11-24 有效的规定。")
    (passage,) = explanation.passages
    assert (passage.role, passage.words, passage.reading) == ("quoted", ("退款", "到账"), pytest.approx(0.8808))
    assert "含有问题里的词：退款、到账" in passage.why
    assert "按词语第 1、按相近写法第 1、按整段意思第 1、按单句意思第 1" in passage.why
    assert "88%" in passage.why
    assert explanation.sentences[0].why == "保留：这是资料的原话（退款）。"


def test_an_answer_is_explained_in_english():
    explanation = explain(receipt(), "en")

    assert explanation.outcome.startswith("Answered, from one place in the documents.")
    assert "93% likely" in explanation.outcome
    assert "it holds these words of the question: 退款, 到账" in explanation.passages[0].why
    assert explanation.sentences[0].why == "Kept: these are the document's own words (退款)."


def test_a_declined_question_says_how_sure_it_was_and_what_spoke_against():
    zh, en = explain(declined(), "zh"), explain(declined(), "en")

    assert zh.outcome == "没有回答。系统估计资料能回答这个问题的可能性只有 12%，低于 50% 的要求。"
    assert "at least 50% is required" in en.outcome
    assert "不利于回答：细读后，没有一句像是在回答这个问题" in zh.decision
    assert en.decision[0].startswith("Against answering: ")


def test_each_sentence_of_a_model_says_why_it_stands_or_fell():
    explanation = explain(written_by_model(), "zh")

    assert [item.fate for item in explanation.sentences] == ["kept", "dropped"]
    assert explanation.sentences[0].why.startswith("保留：与资料一致（退款）")
    assert explanation.sentences[1].why == "删去：资料里没有“5次”。"
    assert "small" in explanation.writing


@pytest.mark.parametrize(
    ("fate", "reason", "zh", "en"),
    [
        ("dropped", "the cited text does not say this", "只有 40% 的内容", "only 40% of it"),
        ("repaired", "the cited text says the opposite", "意思正好相反", "says the opposite"),
        ("dropped", "not in the language of the question", "不是顾客所用的语言", "not in the customer's language"),
        ("repeated", None, "前面已经说过", "said already"),
        (
            "dropped",
            "the cited text says it of something else: 1200",
            "“1200”说的是另一件事",
            "“1200” is the measure of",
        ),
        ("dropped", "the cited text limits it the other way: 15元", "“15元”的限制方向", "limits “15元” the other way"),
        ("dropped", "the cited text says it of the other side", "另一方", "the other side"),
        ("dropped", "it says the same again and again", "重复", "again and again"),
        ("dropped", "a mere yes or no", "只说是或否", "a mere yes or no"),
        ("dropped", "the cited text does not bear this out", "不足以支持", "not borne out"),
        ("dropped", "the model finds no answer in the sources", "自己说资料里没有", "itself says"),
        ("dropped", "a reason of a later version", "找不到依据", "nothing in the documents supports it"),
    ],
)
def test_every_reason_has_its_words(fate, reason, zh, en):
    made = written_by_model(drafted=(Drafted("一句话。", (1,), fate, reason, 0.4, (("refund.md#1", 0, 0),)),))

    assert zh in explain(made, "zh").sentences[0].why
    assert en in explain(made, "en").sentences[0].why


def test_a_passage_found_otherwise_says_so():
    across = found(
        "en.md#1", language="en", is_across=True, words=(), stages={"dense": StageScore(0.8, 4)}, page=3, heading=None
    )
    explanation = explain(receipt(found=(found(), across)), "en")

    assert explanation.passages[1].role == "found"
    assert "documents in the other language" in explanation.passages[1].why
    assert explanation.passages[1].place.endswith("page 3")
    assert explanation.passages[1].ranks == {"dense": 4}


def test_a_passage_that_was_held_against_the_question_says_so():
    item = found(stages={"words": StageScore(4.0, 2), "fusion": StageScore(0.1, 3), "late": StageScore(0.4, 1)})
    made = receipt(found=(item,))

    assert "按词语第 2、与问题逐词对照第 1" in explain(made, "zh").passages[0].why
    assert "2 by words, 1 by holding it against the question word by word" in explain(made, "en").passages[0].why


def test_nothing_found_is_no_doubt_but_nothing():
    nothing = declined(found=(), judged=Judged(0.0, 0.5, -7.0, {}), evidence=(), read=None)

    assert "没有找到" in explain(nothing, "zh").outcome
    assert explain(nothing, "en").decision == ()


def test_a_question_that_was_not_kept_is_explained_without_it():
    made = receipt(asked={"message": None, "standalone": None, "history": None}, found=(found(words=()),))

    assert "退款多久到账" not in told(explain(made, "zh"))
    assert "not kept" in told(explain(made, "en"))


def test_a_question_that_was_translated_says_in_which_words_it_was_searched():
    made = receipt(asked={"translated": "How long does a refund take?"})

    assert "How long does a refund take?" in told(explain(made, "zh"))
    assert "put the question into the other language: How long does a refund take?" in told(explain(made, "en"))
    assert "译成" not in told(explain(receipt(), "zh"))


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("made", [receipt(), declined(), written_by_model()], ids=["extractive", "declined", "model"])
def test_it_is_told_in_plain_words_of_one_language(made, language):
    text = told(explain(made, language))

    assert not JARGON.search(text), JARGON.search(text)
    if language == "en":
        shown = re.sub(r"退款[^.\n]*", "", text.replace("我们支持比特币支付5次。", ""))
        assert not re.search(r"[，。：；]", shown), shown


def test_every_phrase_is_there_in_both_languages_with_the_same_values():
    for key, (zh, en) in _PHRASES.items():
        values = [set(re.findall(r"{(\w+)}", text)) for text in (zh, en)]
        assert values[0] == values[1], key


def test_it_is_json_with_stable_names():
    body = explain(declined(), "en").to_dict()

    assert set(body) == {
        "receipt_id", "language", "outcome", "question", "passages", "writing", "sentences", "decision"
    }  # fmt: skip
