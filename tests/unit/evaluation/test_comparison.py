import pytest

from app.evaluation.comparison import compare
from app.evaluation.errors import ResultsDiffer
from app.evaluation.measures import Measure, Ratio
from app.evaluation.result import EvaluationResult
from app.evaluation.sections import Section
from tests.unit.evaluation.samples import question_of, result_of

ANSWERS = [f"q{n}" for n in range(10)]


def results(before: str, after: str):
    """A mark a question: + is right, - is wrong."""
    return tuple(
        result_of(*(question_of(name, right=mark == "+") for name, mark in zip(ANSWERS, marks, strict=False)))
        for marks in (before, after)
    )


def change(comparison, name):
    return next(item for item in comparison.changes if item.measure.name == name)


def test_won_and_lost_questions_are_named_and_tested_exactly():
    found = change(compare(*results("+-----++", "-+++++++")), "right")

    assert (found.first, found.second) == (3 / 8, 7 / 8)
    assert found.difference == 0.5
    assert found.won == ("q1", "q2", "q3", "q4", "q5")
    assert found.lost == ("q0",)
    assert found.p == 0.21875  # McNemar of 5 and 1: 2 · (1 + 6)/64
    assert found.questions == 8


def test_where_lower_is_better_fewer_is_won():
    measure = Measure("wrongly_declined", "Declined.", "share", is_higher_better=False)
    first, second = (
        EvaluationResult(
            "s",
            {"seed": 0},
            (Section("a", "A", (measure,), (question_of("q", right=True, scores={"wrongly_declined": value}),)),),
        )
        for value in (True, False)
    )

    assert change(compare(first, second), "wrongly_declined").won == ("q",)


def test_numbers_and_ratios_are_swapped():
    measures = (Measure("recall@5", "R.", "mean"), Measure("broken", "B.", "ratio", is_higher_better=False))

    def run(recalls, faults):
        questions = [
            question_of(name, right=True, scores={"recall@5": recall, **({"broken": fault} if fault else {})})
            for name, recall, fault in zip("abc", recalls, faults, strict=True)
        ]
        return EvaluationResult("s", {"seed": 0}, (Section("search", "S", measures, tuple(questions)),))

    found = compare(
        run([0.0, 0.5, 0.0], [Ratio(1, 2), Ratio(0, 1), None]), run([1.0, 1.0, 0.5], [Ratio(0, 2), None, None])
    )

    recall, broken = change(found, "recall@5"), change(found, "broken")
    assert (recall.first, recall.second) == (pytest.approx(0.5 / 3), pytest.approx(2.5 / 3))
    assert recall.p == 2 / 8  # only all three kept and all three swapped differ by as much
    assert recall.won == ("a", "b", "c")
    assert (broken.first, broken.second, broken.questions) == (1 / 3, 0.0, 2)
    assert broken.won == ("a",)


def test_questions_that_were_asked_otherwise_are_left_out_and_counted():
    first = result_of(question_of("q1", right=True), question_of("q2", right=True), question_of("q3", right=True))
    second = result_of(question_of("q1", right=False), question_of("q2", right=False, input_digest="other"))

    found = compare(first, second)

    assert change(found, "right").questions == 1
    assert found.unpaired == {"answers": (2, 1)}


def test_settings_that_differ_are_shown_but_not_the_time():
    first = result_of(question_of("q", right=True), mode="extractive")
    second = result_of(question_of("q", right=True), mode="llm", date="2026-11-25")

    assert compare(first, second).settings == {"mode": ("extractive", "llm")}


def test_results_of_different_sets_have_nothing_to_compare():
    first = result_of(question_of("q", right=True), name="shop")
    second = result_of(question_of("q", right=True, input_digest="other"), name="bank")

    with pytest.raises(ResultsDiffer, match=r"no question in common: the first is of shop \(1 in answers\)"):
        compare(first, second)
    with pytest.raises(ResultsDiffer, match="no questions"):
        compare(first, EvaluationResult("empty", {"seed": 0}, ()))


def test_a_result_beside_itself_differs_nowhere():
    first, _ = results("+-+-", "+-+-")

    found = compare(first, first).to_dict()

    assert {figure["difference"] for figure in found["figures"]} == {0.0}
    assert {figure["p"] for figure in found["figures"]} == {1.0}
    assert found["unpaired"] == {}
