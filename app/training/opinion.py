"""Fits how much the language model's own judgement counts (`app.assistant.opinion`).

    python -m app.training.opinion tests/evaluation/calibration/questions.jsonl --knowledge knowledge \
        --snippets tests/evaluation/calibration/snippets.jsonl --as-of 2026-11-24

The questions are those of `app.training.answerability`, which runs before; each is put to the local model with what
was found for it, and the model is asked whether that answers. The confidence that goes with it is the one of weights
that do not know the question (`app/calibration/calibration.jsonl`). One question takes seconds: `--judged FILE` keeps
what the model said, and a run that finds FILE goes on from there. Where the
model tells nothing that the confidence does not know, it is not asked.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from app.assistant.counsel import judged_by
from app.assistant.opinion import SHIPPED, Opinion, Origin
from app.assistant.phrases import reply_language
from app.building.container import Container
from app.calibration.outcomes import Calibration
from app.domain import ChatModel, Evidence, logit_of
from app.evaluation.calibrating import attempt, read_questions
from app.retrieval.given import GivenPassages
from app.training.answerability import add_material, material
from app.training.program import new_file, run
from app.training.snippets import Snippets
from index.text.language import crosses
from index.types import Query

FloatArray = NDArray[np.float64]
_DIGITS = 4
_SEED = 20261126
_OUTER = 0.98
"""Share of the questions whose distance from the centre counts whole."""
_FEWEST = 30
_LEAST = 0.01
"""Weight of a model whose answer tells nothing."""
_PENALTY = 0.05
"""On the square of the weight: where a few dozen questions are told apart wholly it would grow without end."""


@dataclass(frozen=True, slots=True)
class Said:
    """What the model said of one question."""

    question_id: str
    origin: Origin
    language: str
    confidence: float
    """Without it."""
    judged: float
    """Log-odds."""
    is_right: bool
    """Whether an answer of the evidence's own words is right."""


def fit(said: Sequence[Said]) -> Opinion:
    """Weight and centre by logistic regression beside the confidence, whose own weight stays 1.

    Raises `ValueError` unless there are right and wrong answers.
    """
    from scipy.optimize import minimize

    right = np.array([item.is_right for item in said], float)
    if not said or right.all() or not right.any():
        raise ValueError("Expected right and wrong answers, got one kind only.")
    before = np.array([logit_of(item.confidence) for item in said])
    judged = np.array([item.judged for item in said])

    def loss(values: FloatArray) -> float:
        logits = before + values[0] * judged + values[1]
        return float(np.logaddexp(0, np.where(right > 0, -logits, logits)).sum() + _PENALTY * values[0] ** 2)

    weight, offset = minimize(loss, np.zeros(2), method="BFGS").x.tolist()
    weight = max(weight, _LEAST)
    centre = -offset / weight
    return Opinion(weight, centre, float(np.quantile(np.abs(judged - centre), _OUTER)))


Asked = tuple[Said, str, Sequence[Evidence]]
"""What is known of a question before the model is asked, the question, and what was found for it."""


def of_documents(container: Container, questions: Path, *, as_of: date | None) -> Iterator[Asked]:
    """Questions about documents, not judged yet; those that find nothing are left out."""
    confidences = {item.question_id: item.confidence for item in Calibration.shipped().outcomes}
    for item in attempt(container, read_questions(questions), mode="extractive", as_of=as_of):
        text, evidence = item.question.text, item.trace.finding.evidence
        is_known = item.question.question_id in confidences
        if evidence and is_known:
            origin: Origin = "across" if crosses(text, evidence[0].quote) else "documents"
            confidence = confidences[item.question.question_id]
            language, is_right = reply_language(text), item.outcome.is_right
            said = Said(item.question.question_id, origin, language, confidence, 0.0, is_right)
            yield said, text, evidence


def of_passages(container: Container, items: Sequence[Snippets]) -> Iterator[Asked]:
    """Questions that bring their passages, not judged yet."""
    chance = random.Random(_SEED)
    for number, item in enumerate(items):
        for mixture in item.judged(chance):
            source = GivenPassages(mixture.passages, container.embedder)
            found = container.finder.find(item.question, Query(item.question, top=8), source)
            if found.evidence:
                is_right = mixture.is_told(" ".join(piece.quote for piece in found.evidence))
                name = f"snippet-{number}{'' if mixture.positive else '-without'}"
                language = reply_language(item.question)
                said = Said(name, "handed_in", language, found.confidence, 0.0, is_right)
                yield said, item.question, found.evidence


def main() -> None:
    """Ask, fit and write the weights."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    add_material(parser)
    parser.add_argument("--sample", type=int, default=0, help="questions of each origin and language; 0 takes all")
    parser.add_argument("--judged", type=Path, default=Path("var/judged.jsonl"), help="what the model said")
    parser.add_argument("--out", type=new_file, default=Path("app/assistant") / SHIPPED)
    given = parser.parse_args()
    container, snippets = material(given)
    asked = [*of_documents(container, given.questions, as_of=given.as_of), *of_passages(container, snippets)]
    asked = _sampled(asked, given.sample) if given.sample else asked
    model = container.chat_model
    if model is None or not model.takes_probes:
        parser.error("no local language model is set up; run: kefu models pull 1.5b")
    all_said = _judged(model, asked, given.judged)
    fitted: dict[str, dict[str, dict[str, float]]] = {}
    for origin, language in sorted({(item.origin, item.language) for item in all_said}):
        some = [item for item in all_said if (item.origin, item.language) == (origin, language)]
        if len(some) < _FEWEST:
            sys.stdout.write(f"{origin}, {language}: {len(some)} questions are too few, the model is not asked there\n")
            continue
        opinion = fit(some)
        without, alone, both = _areas(some, opinion)
        if is_better := both > without:
            values = {name: round(value, _DIGITS) for name, value in asdict(opinion).items()}
            fitted.setdefault(origin, {})[language] = values
        sys.stdout.write(
            f"{origin}, {language}: {len(some)} questions, area under the curve {without:.3f} by the confidence, "
            f"{alone:.3f} by the model, {both:.3f} by both{'' if is_better else ': the model is not asked there'}\n"
        )
    known = json.loads(given.out.read_text("utf-8")) if given.out.exists() else {}
    known[model.name] = fitted
    given.out.write_text(json.dumps(known, indent=2, sort_keys=True) + "\n", encoding="utf-8")


def _sampled(asked: Sequence[Asked], count: int) -> list[Asked]:
    """So many of each origin and language, always the same ones."""
    chance, kinds = random.Random(_SEED), {(said.origin, said.language) for said, _, _ in asked}
    found: list[Asked] = []
    for kind in sorted(kinds):
        some = [item for item in asked if (item[0].origin, item[0].language) == kind]
        found += chance.sample(some, min(count, len(some)))
    return found


def _judged(model: ChatModel, asked: Sequence[Asked], kept: Path) -> list[Said]:
    known = {}
    if kept.exists():
        known = {row["question_id"]: row["judged"] for row in map(json.loads, kept.read_text("utf-8").splitlines())}
    kept.parent.mkdir(parents=True, exist_ok=True)
    all_said = []
    with kept.open("a", encoding="utf-8") as lines:
        for number, (said, question, evidence) in enumerate(asked, start=1):
            judged = known.get(said.question_id)
            if judged is None:
                judged = judged_by(model, question, evidence, language=reply_language(question))
                lines.write(json.dumps(asdict(replace(said, judged=judged)), ensure_ascii=False) + "\n")
                lines.flush()
            all_said.append(replace(said, judged=judged))
            sys.stderr.write(f"\rasked {number} of {len(asked)}")
    sys.stderr.write("\n")
    return all_said


def _areas(said: Sequence[Said], opinion: Opinion) -> tuple[float, float, float]:
    """Under the curve by which right and wrong answers are told apart: without the model, by it alone, by both."""
    from sklearn.metrics import roc_auc_score

    right = [item.is_right for item in said]
    after = [opinion.confidence(item.confidence, item.judged) for item in said]
    ways = ([item.confidence for item in said], [item.judged for item in said], after)
    without, alone, both = (float(roc_auc_score(right, values)) for values in ways)
    return without, alone, both


if __name__ == "__main__":
    run(main)
