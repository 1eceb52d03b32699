"""Fits how much the language model's own judgement counts (`app.assistant.opinion`).

    python -m app.training.opinion tests/evaluation/calibration/questions.jsonl --knowledge knowledge \
        --snippets var/passages.jsonl --as-of 2026-11-24

The questions are those of `app.training.answerability`, which runs before; each is put to the local model with what
was found for it, and the model is asked whether that answers. The confidence that goes with it is the one of weights
that do not know the question (`app/calibration/calibration.jsonl`). One question takes seconds: `--judged FILE` keeps
what the model said, and a run that finds FILE goes on from there.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date
from pathlib import Path

import numpy as np

from app.assistant.assistant import reply_language
from app.assistant.opinion import SHIPPED, OpinionWeights
from app.building.container import Container
from app.calibration.outcomes import Calibration
from app.domain import ChatModel, Evidence, Judged, logit_of
from app.evaluation.calibrating import attempt, read_questions
from app.evaluation.indexing import container_over
from app.evaluation.matching import holds
from app.generation.probe import PROBES
from app.generation.prompts import build_prompt
from app.retrieval.given import GivenPassages
from app.settings import load_settings
from app.training.snippets import Snippets, read_snippets
from index.types import Query

_DIGITS = 4
_OUTER = 0.98
"""Share of the questions whose distance from the centre counts whole."""


@dataclass(frozen=True, slots=True)
class Opinion:
    """What the model said of one question."""

    question_id: str
    language: str
    confidence: float
    """Without it."""
    judged: float
    """Log-odds."""
    is_right: bool
    """Whether an answer of the evidence's own words is right."""


def fit(opinions: Sequence[Opinion]) -> OpinionWeights:
    """The weight and each language's centre by logistic regression beside the confidence, whose own weight stays 1.

    Raises `ValueError` when every language has one kind of answer only.
    """
    from scipy.optimize import minimize

    languages = sorted({item.language for item in opinions})
    right = np.array([item.is_right for item in opinions], float)
    if not opinions or right.all() or not right.any():
        raise ValueError("Expected right and wrong answers, got one kind only.")
    before = np.array([logit_of(item.confidence) for item in opinions])
    judged = np.array([item.judged for item in opinions])
    which = np.array([languages.index(item.language) for item in opinions])

    def loss(values: np.ndarray) -> float:
        logits = before + values[0] * judged + values[1:][which]
        return float(np.logaddexp(0, np.where(right > 0, -logits, logits)).mean())

    values = minimize(loss, np.zeros(1 + len(languages)), method="BFGS").x
    weight = max(float(values[0]), 1e-3)
    centres = {language: -float(values[1 + at]) / weight for at, language in enumerate(languages)}
    away = np.abs(judged - np.array([centres[item.language] for item in opinions]))
    return OpinionWeights(weight=weight, centre=centres, most=float(np.quantile(away, _OUTER)))


def judged_by(model: ChatModel, question: str, evidence: Sequence[Evidence]) -> float:
    """Log-odds with which the model says that the evidence answers. Raises a `ChatModelError`."""
    language = reply_language(question)
    reply = model.stream(build_prompt(question, evidence, language=language), max_tokens=1, probe=PROBES[language])
    try:
        return next(piece.log_odds for piece in reply if isinstance(piece, Judged))
    finally:
        reply.close()


def shop_opinions(
    container: Container, questions: Path, *, as_of: date | None
) -> Iterator[tuple[Opinion, str, Sequence[Evidence]]]:
    """Questions about documents, not judged yet; those that find nothing are left out."""
    confidences = {item.question_id: item.confidence for item in Calibration.shipped().outcomes}
    for item in attempt(container, read_questions(questions), mode="extractive", as_of=as_of):
        text, evidence = item.question.text, item.trace.finding.evidence
        if evidence and item.question.question_id in confidences:
            confidence = confidences[item.question.question_id]
            yield (
                Opinion(item.question.question_id, reply_language(text), confidence, 0.0, item.outcome.is_right),
                text,
                evidence,
            )


def snippet_opinions(
    container: Container, items: Sequence[Snippets]
) -> Iterator[tuple[Opinion, str, Sequence[Evidence]]]:
    """Questions that bring their passages, not judged yet."""
    for number, item in enumerate(items):
        source = GivenPassages([*item.positive, *item.negative], container.embedder)
        found = container.finder.find(item.question, Query(item.question, top=8), source)
        is_right = bool(item.positive) and holds(" ".join(piece.quote for piece in found.evidence), item.answer)
        if found.evidence:
            language = reply_language(item.question)
            opinion = Opinion(f"snippet-{number}", language, found.confidence, 0.0, is_right)
            yield opinion, item.question, found.evidence


def main() -> None:
    """Ask, fit and write the weights."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("questions", type=Path)
    parser.add_argument("--knowledge", type=Path, action="append", default=[], help="documents; else the index of home")
    parser.add_argument(
        "--snippets", type=Path, action="append", default=[], help="questions with passages; see app.training.snippets"
    )
    parser.add_argument("--as-of", type=date.fromisoformat, help="the day of the questions")
    parser.add_argument("--judged", type=Path, default=Path("var/judged.jsonl"), help="what the model said")
    parser.add_argument("--out", type=Path, default=Path("app/assistant") / SHIPPED)
    given = parser.parse_args()
    settings = load_settings()
    container = container_over(settings, given.knowledge)[0] if given.knowledge else Container(settings)
    snippets = [item for path in given.snippets for item in read_snippets(path)]
    asked = [
        *shop_opinions(container, given.questions, as_of=given.as_of),
        *snippet_opinions(container, snippets),
    ]
    opinions = _judged(container, asked, given.judged)
    weights = fit(opinions)
    rounded = {language: round(centre, _DIGITS) for language, centre in weights.centre.items()}
    body = {"weight": round(weights.weight, _DIGITS), "centre": rounded, "most": round(weights.most, _DIGITS)}
    given.out.write_text(json.dumps(body, indent=2) + "\n", encoding="utf-8")
    sys.stdout.write(_told(opinions, weights))


def _judged(
    container: Container, asked: Sequence[tuple[Opinion, str, Sequence[Evidence]]], kept: Path
) -> list[Opinion]:
    model = container.chat_model
    if model is None or not model.takes_probes:
        raise SystemExit("No local language model is set: kefu models pull 1.5b")
    known = {}
    if kept.exists():
        known = {row["question_id"]: row["judged"] for row in map(json.loads, kept.read_text("utf-8").splitlines())}
    kept.parent.mkdir(parents=True, exist_ok=True)
    opinions = []
    with kept.open("a", encoding="utf-8") as lines:
        for number, (opinion, question, evidence) in enumerate(asked, start=1):
            judged = known.get(opinion.question_id)
            if judged is None:
                judged = judged_by(model, question, evidence)
                lines.write(json.dumps(asdict(replace(opinion, judged=judged)), ensure_ascii=False) + "\n")
                lines.flush()
            opinions.append(replace(opinion, judged=judged))
            sys.stderr.write(f"\rasked {number} of {len(asked)}")
    sys.stderr.write("\n")
    return opinions


def _told(opinions: Sequence[Opinion], weights: OpinionWeights) -> str:
    """How well the confidence separates right from wrong answers before and after, by where the passages come from."""
    from sklearn.metrics import roc_auc_score

    lines = []
    for name, is_snippet in (("documents", False), ("passages handed in", True)):
        some = [item for item in opinions if item.question_id.startswith("snippet-") == is_snippet]
        right = [item.is_right for item in some]
        if some and any(right) and not all(right):
            after = [weights.confidence(item.confidence, item.judged, item.language) for item in some]
            areas = [
                roc_auc_score(right, values)
                for values in ([item.confidence for item in some], [item.judged for item in some], after)
            ]
            lines.append(
                f"{name}: {len(some)} questions, area under the curve {areas[0]:.3f} by the confidence, "
                f"{areas[1]:.3f} by the model, {areas[2]:.3f} by both\n"
            )
    return "".join(lines)


if __name__ == "__main__":
    main()
