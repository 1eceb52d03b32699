"""Claims beside the passages that they rest on: does the verifier find those that are not borne out?"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from app.domain import Evidence
from app.evaluation.errors import DatasetUnreadable
from app.evaluation.lines import read_distinct
from app.evaluation.measures import Measure, Ratio, Score
from app.evaluation.sections import QuestionResult, Section, Shown, input_digest
from app.generation.check import SentenceChecker, Verdict
from app.retrieval.given import given_passages

CLAIMS = "claims.jsonl"

MEASURES = (
    Measure("found", "unsupported claims that were found (recall)", "share"),
    Measure("precision", "of the claims that were doubted, those that are unsupported", "ratio"),
    Measure("false_alarms", "true claims that were doubted", "share", is_higher_better=False),
)


@dataclass(frozen=True, slots=True)
class LabelledClaim:
    """A claim with the truth about it."""

    question_id: str
    text: str
    passage: str
    language: str
    is_supported: bool
    fault: str
    """In which way it was falsified; empty for a true one."""


def read_claims(path: Path) -> list[LabelledClaim]:
    """The claims of a file, in order. Raises `DatasetUnreadable`, for a file without any too."""
    claims = []
    for entry in read_distinct(path):
        supported = entry.fields.get("supported")
        if not isinstance(supported, bool):
            raise entry.fault('true or false under "supported"', supported)
        claims.append(
            LabelledClaim(
                question_id=entry.id,
                text=entry.text("claim"),
                passage=entry.text("passage"),
                language=entry.text("language"),
                is_supported=supported,
                fault=entry.text_or_none("fault") or "",
            )
        )
    if not claims:
        raise DatasetUnreadable(f"{path} holds no claim; take the file away or fill it.")
    return claims


def examine_claims(
    claims: Sequence[LabelledClaim], checker: SentenceChecker, *, on_question: Callable[[], None] = lambda: None
) -> Section:
    """Judge every claim as if the assistant had said it and cited the passage."""
    results = []
    for claim in claims:
        verdict = verdict_on(claim, checker)
        is_doubted = not verdict.is_supported
        scores: dict[str, Score] = {"false_alarms" if claim.is_supported else "found": is_doubted}
        if is_doubted:
            scores["precision"] = Ratio(int(not claim.is_supported), 1)
        results.append(
            QuestionResult(
                question_id=claim.question_id,
                text=claim.text,
                type=claim.fault or "supported",
                language=claim.language,
                scores=scores,
                expected={"supported": claim.is_supported},
                answer=None,
                retrieved=(Shown.of(claim.question_id, "", claim.passage, limit=400),),
                faults=(verdict.reason,) if verdict.reason else (),
                input_digest=input_digest(claim.text, claim.passage, claim.is_supported),
            )
        )
        on_question()
    languages = dict.fromkeys(claim.language for claim in claims)
    notes = [f"F1 of finding unsupported claims, {name}: {f1(results, name):.3f}" for name in languages]
    return Section("claims", "Claims beside their passages", MEASURES, tuple(results), tuple(notes))


def verdict_on(claim: LabelledClaim, checker: SentenceChecker) -> Verdict:
    """What the verifier says of the claim, given the passage alone; what the customer asked is not known."""
    (passage,) = given_passages([claim.passage])
    evidence = Evidence(1, passage, 0, max(0, len(passage.sentences) - 1), 1.0)
    return checker.check(claim.text, [evidence], cited=[1], question=None)


def f1(results: Sequence[QuestionResult], language: str) -> float:
    """Harmonic mean of precision and recall of finding unsupported claims; 0.0 where none was found."""
    members = [item for item in results if item.language == language]
    caught = sum(item.scores.get("found") is True for item in members)
    missed = sum(item.scores.get("found") is False for item in members)
    false = sum(item.scores.get("false_alarms") is True for item in members)
    return 2 * caught / (2 * caught + missed + false) if caught else 0.0
