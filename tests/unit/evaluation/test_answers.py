import pytest

from app.domain import Answer, AnswerSentence, Citation, Timings
from app.evaluation.answers import AnswerReport, broken_citations, judge
from app.evaluation.datasets import GoldenQuestion
from index.types import Location, Passage


def question(kind: str = "single", gold: tuple[str, ...] = ("a.md",), include=(("7天", "七天"),), exclude=()):
    return GoldenQuestion("q", "几天内能退？", kind, "zh", gold, include, exclude)


def answer(text: str, *, status: str = "answered", documents: tuple[str, ...] = ("a.md",), quote: str = "7天内可退。"):
    citations = tuple(
        Citation(number, "p", document, "t", Location(), quote, 0, len(quote))
        for number, document in enumerate(documents, start=1)
    )
    sentences = (AnswerSentence(text, True, tuple(range(1, len(documents) + 1))),)
    return Answer(text, status, "zh", sentences, citations, 0.9, "extractive", None, "g", "r", Timings())


def test_an_answer_with_an_alternative_of_each_group_is_right():
    judged = judge(question(include=(("7天", "七天"), ("运费",))), answer("七 天内可退，运费自理 [1]。"))

    assert judged.is_right
    assert judged.is_cited


def test_an_answer_without_one_group_or_with_a_forbidden_phrase_is_wrong():
    assert not judge(question(include=(("7天",), ("运费",))), answer("7天内可退。")).is_right
    assert not judge(question(exclude=("15天",)), answer("7天或15天内可退。")).is_right


@pytest.mark.parametrize(
    ("phrase", "text", "is_held"),
    [
        ("8元", "运费18元。", False),
        ("8元", "运费8元 [1]。", True),
        ("1000", "满1,000元", True),
        ("0.6%", "费率10.6%", False),
        ("3", "质保期见说明 [3]。", False),
        ("free of charge", "It is FREE  of charge.", True),
    ],
)
def test_figures_match_whole_and_markers_do_not_count(phrase, text, is_held):
    assert judge(question(include=((phrase,),)), answer(text)).is_right is is_held


def test_a_citation_of_another_article_does_not_count():
    assert not judge(question(), answer("7天内可退。", documents=("b.md",))).is_cited


def test_an_unanswerable_question_is_right_when_declined():
    unanswerable = question("unanswerable", (), ())

    assert judge(unanswerable, answer("抱歉", status="declined", documents=())).is_right
    assert not judge(unanswerable, answer("7天内可退。")).is_right


def test_the_report_counts_answerable_and_unanswerable_apart():
    unanswerable = question("unanswerable", (), ())
    judgements = [
        judge(question(), answer("7天内可退。")),
        judge(question(), answer("抱歉", status="declined", documents=())),
        judge(unanswerable, answer("抱歉", status="declined", documents=())),
    ]

    report = AnswerReport.of(judgements)

    assert (report.questions, report.cited, report.right, report.declined) == (3, 0.5, 0.5, 1.0)
    assert report.wrongly_declined == 0.5


def test_citations_are_held_against_the_stored_passage():
    stored = Passage("p", "a.md", "t", "7天内可退。", "", "zh", Location(), ((0, 7),))

    assert broken_citations(answer("7天内可退 [1]。"), lambda _: stored) == []
    assert len(broken_citations(answer("x", quote="8天内可退。"), lambda _: stored)) == 1
    assert len(broken_citations(answer("没有出处。", documents=()), lambda _: stored)) == 1
