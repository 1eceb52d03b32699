import pytest

from app.evaluation.datasets import JudgedDocument, RetrievalQuestion, RetrievalSet
from app.evaluation.examiner import Examiner
from app.evaluation.measures import Ratio
from app.evaluation.reading import examine_reading, is_same_span, span_f1
from app.retrieval.given import given_passages
from tests.fakes import FakeAssistant, answer_of


@pytest.mark.parametrize(
    ("quote", "span", "f1"),
    [
        ("光荣和ω-force", "光荣和ω-force", 1.0),
        ("由光荣开发", "光荣", 4 / 7),  # 2 of 5 characters, 2 of 2: 2 · (2/5) · 1 / (2/5 + 1)
        ("第1998年，", "1998年", 2 * 2 / (3 + 2)),  # 第 | 1998 | 年 against 1998 | 年
        ("甲乙丙丁", "丁甲", 2 * 1 / (4 + 2)),  # a run, not a set
        ("无关", "光荣", 0.0),
        ("", "光荣", 0.0),
        ("。，", "光荣", 0.0),
    ],
)
def test_f1_is_of_the_longest_shared_run(quote, span, f1):
    assert span_f1(quote, span) == pytest.approx(f1)


def test_punctuation_case_and_width_do_not_tell_spans_apart():
    assert is_same_span("《ＡＢＣ》，光荣。", "abc光荣")
    assert not is_same_span("光荣。", "光荣社")
    assert not is_same_span("。", "")


DATA = RetrievalSet(
    (RetrievalQuestion("q1", "谁开发的？", "", "zh", {"d1": 1, "d2": 0}, ("光荣", "光荣社")),),
    {"d1": JudgedDocument("战国无双", "由光荣开发。"), "d2": JudgedDocument("", "别的。")},
)
(GIVEN,) = given_passages(["由光荣开发。"])


def test_the_right_document_is_given_and_the_quote_scored():
    assistant = FakeAssistant(answer_of(("由光荣开发。", GIVEN)))

    section = examine_reading(DATA, DATA.questions, Examiner(assistant), is_given=True)

    assert assistant.turns[0].passages == ("由光荣开发。",)
    (question,) = section.questions
    assert question.scores == {
        "holds_answer": True,
        "exact": False,
        "character_f1": pytest.approx(4 / 7),
        "wrongly_declined": False,
        "broken_citations": Ratio(0, 1),
        "unfounded_figures": Ratio(0, 1),
    }
    assert section.name == "reading_given"
    assert question.retrieved[0].role == "gold"


def test_a_declined_answer_holds_nothing():
    section = examine_reading(DATA, DATA.questions, Examiner(FakeAssistant(answer_of())), is_given=True)

    assert section.questions[0].scores == {
        "holds_answer": False,
        "exact": False,
        "character_f1": 0.0,
        "wrongly_declined": True,
    }
