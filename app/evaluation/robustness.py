"""What an assistant makes of passages that do not answer, answer in parts, or disagree."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence

from app.domain.answer import unmarked
from app.evaluation.examiner import PROOF_MEASURES, Asked, Examiner
from app.evaluation.lines import Groups
from app.evaluation.matching import holds_all
from app.evaluation.measures import Measure, Score
from app.evaluation.rgb import Mixture, NoisyQuestion, with_disagreement, with_noise, with_parts
from app.evaluation.sections import QuestionResult, Section, input_digest

INTEGRATION_MEASURES = (
    Measure("right", "The answer holds every part, of all questions.", "share"),
    Measure("wrongly_declined", "Declined, though the passages answer.", "share", is_higher_better=False),
    *PROOF_MEASURES,
)
DISAGREEMENT_MEASURES = (
    Measure("noticed", "The disagreement was noticed: it was told, or the assistant declined.", "share"),
    Measure("told", "The answer shows both values or says that its sources disagree.", "share"),
    Measure("right", "The answer holds the true value.", "share"),
    Measure(
        "misled",
        "The answer holds the falsified value, not the true one, and no word of disagreement.",
        "share",
        is_higher_better=False,
    ),
    *PROOF_MEASURES,
)

_DISAGREES = re.compile(
    r"(?:资料|来源|说法|信息|段落|文档|文件|记载|数据|报道|内容|彼此|相互|互相)[^。！？\n]{0,12}"
    r"(?:不一致|不统一|不相符|矛盾|冲突|分歧|有出入|不同(?:的)?(?:说法|记载|数据|答案|结果))"
    r"|\b(?:sources?|passages?|documents?|texts?|articles?|reports?|accounts?|figures?|they)\b[^.!?\n]{0,40}"
    r"\b(?:disagree|contradict|conflict|inconsistent|do(?:es)?\s+not\s+agree|differ\b)",
    re.IGNORECASE,
)


def says_disagreement(text: str) -> bool:
    """Whether a text says in words that its sources disagree."""
    return _DISAGREES.search(text) is not None


def noise_measures(rates: Sequence[float]) -> tuple[Measure, ...]:
    """The measures of a run at these shares of noise."""
    answered = [rate for rate in rates if rate < 1]
    measures = [
        Measure(f"right@{rate:g}", f"Answer right with {rate:.0%} of the passages beside the point.", "share")
        for rate in answered
    ]
    measures += [
        Measure(
            f"wrongly_declined@{rate:g}",
            f"Declined, though {1 - rate:.0%} of the passages answer.",
            "share",
            is_higher_better=False,
        )
        for rate in answered
    ]
    if any(rate >= 1 for rate in rates):
        measures.append(Measure("declined@1", "Declined where none of the passages answers.", "share"))
    return (*measures, *PROOF_MEASURES)


def examine_noise(
    name: str,
    questions: Sequence[NoisyQuestion],
    examiner: Examiner,
    *,
    rates: Sequence[float],
    seed: int,
    on_question: Callable[[], None] = lambda: None,
) -> Section:
    """Ask every question once for each share of noise."""
    results = []
    for rate in rates:
        for question in questions:
            mixture = with_noise(question, rate, seed=seed)
            asked = _ask(examiner, question, mixture)
            is_right = _is_right(asked, question.answer)
            scores: dict[str, Score] = (
                {f"right@{rate:g}": is_right, f"wrongly_declined@{rate:g}": asked.is_declined}
                if rate < 1
                else {"declined@1": asked.is_declined}
            )
            expected: Mapping[str, object] = {"answer": _listed(question.answer)} if rate < 1 else {"decline": True}
            results.append(_result(question, mixture, asked, scores, expected, suffix=f"@{rate:g}"))
            on_question()
    return Section(name, f"{name}: passages beside the point", noise_measures(rates), tuple(results))


def examine_parts(
    name: str,
    questions: Sequence[NoisyQuestion],
    examiner: Examiner,
    *,
    seed: int,
    on_question: Callable[[], None] = lambda: None,
) -> Section:
    """Ask every question whose parts are answered by different passages."""
    results = []
    for question in questions:
        mixture = with_parts(question, seed=seed)
        asked = _ask(examiner, question, mixture)
        scores: dict[str, Score] = {
            "right": _is_right(asked, question.answer),
            "wrongly_declined": asked.is_declined,
        }
        results.append(_result(question, mixture, asked, scores, {"answer": _listed(question.answer)}))
        on_question()
    return Section(name, f"{name}: answers put together from several passages", INTEGRATION_MEASURES, tuple(results))


def examine_disagreement(
    name: str,
    questions: Sequence[NoisyQuestion],
    examiner: Examiner,
    *,
    seed: int,
    on_question: Callable[[], None] = lambda: None,
) -> Section:
    """Ask every question over passages of which some were falsified.

    A question none of whose passages shows the one value or the other is left out, and a note says how many.
    """
    results = []
    left_out = 0
    for question in questions:
        mixture = with_disagreement(question, seed=seed)
        if mixture is None:
            left_out += 1
        else:
            asked = _ask(examiner, question, mixture)
            expected = {"answer": _listed(question.answer), "falsified": _listed(question.false_answer)}
            results.append(_result(question, mixture, asked, _disagreement_scores(question, asked), expected))
        on_question()
    notes = (f"{left_out} left out: their passages do not show both values.",) if left_out else ()
    title = f"{name}: true and falsified passages side by side"
    return Section(name, title, DISAGREEMENT_MEASURES, tuple(results), notes)


def _disagreement_scores(question: NoisyQuestion, asked: Asked) -> dict[str, Score]:
    text = unmarked(asked.answer.text)
    shows_true, shows_false = holds_all(text, question.answer), holds_all(text, question.false_answer)
    is_told = not asked.is_declined and ((shows_true and shows_false) or says_disagreement(text))
    return {
        "noticed": asked.is_declined or is_told,
        "told": is_told,
        "right": not asked.is_declined and shows_true,
        "misled": not asked.is_declined and shows_false and not is_told,
    }


def _ask(examiner: Examiner, question: NoisyQuestion, mixture: Mixture) -> Asked:
    return examiner.ask_with(question.text, mixture.passages, roles=mixture.roles)


def _is_right(asked: Asked, answer: Groups) -> bool:
    return not asked.is_declined and holds_all(unmarked(asked.answer.text), answer)


def _listed(groups: Groups) -> list[list[str]]:
    return [list(group) for group in groups]


def _result(
    question: NoisyQuestion,
    mixture: Mixture,
    asked: Asked,
    scores: Mapping[str, Score],
    expected: Mapping[str, object],
    *,
    suffix: str = "",
) -> QuestionResult:
    return QuestionResult(
        question_id=f"{question.question_id}{suffix}",
        text=question.text,
        type="",
        language=question.language,
        scores={**scores, **asked.proof},
        expected=expected,
        answer=asked.answer.to_dict(),
        retrieved=asked.shown,
        faults=asked.faults,
        input_digest=input_digest(question.text, expected, list(mixture.passages)),
    )
