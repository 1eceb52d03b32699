from contextlib import contextmanager
from datetime import date

import pytest

from app.evaluation.answers import examine_answers, judge
from app.evaluation.datasets import GoldenQuestion
from app.evaluation.examiner import Examiner
from app.evaluation.measures import Ratio
from tests.fakes import FakeAssistant, FakeGeneration, FakeRetriever, answer_of, passage

RETURNS = passage("7天内可退。", "a.md#1")


def question(kind: str = "single", gold: tuple[str, ...] = ("a.md",), include=(("7天", "七天"),), exclude=(), **more):
    return GoldenQuestion("q", "几天内能退？", kind, "zh", gold, include, exclude, **more)


def answer(text: str, *documents: str, status: str = "answered"):
    return answer_of(*[(text, passage(RETURNS.text, f"{name}#1")) for name in documents or ("a.md",)], status=status)


DECLINED = answer_of(status="declined")


def test_an_answer_with_an_alternative_of_each_group_is_right():
    judged = judge(question(include=(("7天", "七天"), ("运费",))), answer("七 天内可退，运费自理。"))

    assert judged.is_right
    assert judged.is_cited


def test_an_answer_without_one_group_or_with_a_forbidden_phrase_is_wrong():
    assert not judge(question(include=(("7天",), ("运费",))), answer("7天内可退。")).is_right
    assert not judge(question(exclude=("15天",)), answer("7天或15天内可退。")).is_right


def test_a_marker_is_no_figure_of_the_answer():
    given = answer("质保期见说明。", "a.md", "b.md", "c.md")

    assert "[3]" in given.text
    assert not judge(question(include=(("3",),)), given).is_right


def test_a_citation_of_another_article_does_not_count():
    assert not judge(question(), answer("7天内可退。", "b.md")).is_cited


@pytest.mark.parametrize("status", ["declined", "handoff"])
def test_an_unanswerable_question_is_right_when_declined_or_handed_over(status):
    unanswerable = question("unanswerable", (), ())

    assert judge(unanswerable, answer("转人工。", status=status)).is_right
    assert not judge(unanswerable, answer("7天内可退。")).is_right


def test_each_question_adds_to_the_measures_that_it_bears_on():
    assert judge(question(), answer("7天内可退。")).scores == {"right": True, "cited": True, "wrongly_declined": False}
    assert judge(question("false_premise"), DECLINED).scores == {
        "right": False,
        "cited": False,
        "wrongly_declined": True,
        "premise_corrected": False,
    }
    assert judge(question("falsepremise"), answer("7天内可退。")).scores["premise_corrected"] is True
    assert judge(question("unanswerable", (), ()), DECLINED).scores == {"unanswerable_declined": True}


def test_questions_are_asked_over_the_index_as_of_their_day():
    generation = FakeGeneration([RETURNS, passage("运费自理。", "b.md#1")])

    @contextmanager
    def borrow():
        yield generation

    assistant = FakeAssistant(answer_of(("8天内可退。", RETURNS)))
    examiner = Examiner(
        assistant, retriever=FakeRetriever(), borrow=borrow, mode="extractive", as_of=date(2026, 11, 24)
    )
    asked = [question(), question(as_of=date(2025, 1, 2), reference="七天。")]
    seen = []

    section = examine_answers(asked, examiner, on_question=lambda: seen.append(1))

    assert [turn.as_of for turn in assistant.turns] == [date(2026, 11, 24), date(2025, 1, 2)]
    assert {turn.mode for turn in assistant.turns} == {"extractive"}
    assert len(seen) == 2
    first, second = section.questions
    assert first.scores == {
        "right": False,
        "wrongly_declined": False,
        "cited": True,
        "broken_citations": Ratio(0, 1),
        "unfounded_figures": Ratio(1, 1),
    }
    assert [(item.document_id, item.role) for item in first.retrieved] == [("a.md", "gold"), ("b.md", "")]
    assert "8天" in first.faults[0]
    assert second.expected["answer"] == "七天。"
    assert first.input_digest != second.input_digest


def test_a_question_without_an_index_or_passages_is_a_mistake():
    with pytest.raises(ValueError, match="index"):
        Examiner(FakeAssistant(DECLINED)).ask("几天？")
