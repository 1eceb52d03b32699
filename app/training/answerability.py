"""Fits the weights of `app.assistant.answerability` on questions with known answers, and writes their outcomes.

    python -m app.training.answerability tests/evaluation/calibration/questions.jsonl --knowledge knowledge \
        --snippets tests/evaluation/calibration/snippets.jsonl --as-of 2026-11-24

The questions are asked of the documents, each is answered in their own words whatever the confidence, and the weights
are fitted to tell right answers from wrong ones. Two sets are written, with what the reader says and without. The
outcomes that come with kefu are those with the reader; the confidence of each is that of weights fitted without it (ten
folds), since confidence on what was fitted is too good. Questions that bring their own passages (`--snippets`) add how
much less sure it is to be of those, and what it counts that several of them say the same. For the fields of a
question see `app.evaluation.calibrating.read_questions`.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from app.assistant.answer_features import DIRECTIONS, extract_features
from app.assistant.answerability import LogisticWeights
from app.assistant.assistant import AssistantParams
from app.building.container import Container
from app.calibration.outcomes import FILE_NAME, Calibration, Outcome
from app.calibration.reliability import calibration_error
from app.domain import logit_of
from app.evaluation.calibrating import Attempt, CalibrationQuestion, attempt, basis_of, read_questions
from app.evaluation.indexing import container_over
from app.settings import load_settings
from app.training.program import existing_file, existing_folder, run
from app.training.snippets import Snippets, judged_examples, read_snippets

Example = tuple[Mapping[str, float], bool]
FloatArray = NDArray[np.float64]

_HANDED_IN = "handed_in"
_AGREEING = "agreeing"
_STRENGTH = 0.1
_FOLDS = 10
_SEED = 20261124
_DIGITS = 4
_BOUNDS: Mapping[int, tuple[float | None, float | None]] = {-1: (None, 0.0), 0: (None, None), 1: (0.0, None)}


def fit(
    examples: Iterable[Example], *, strength: float = 1.0, directions: Mapping[str, int] = DIRECTIONS
) -> LogisticWeights:
    """Logistic regression with an L2 penalty on standardised features.

    Args:
        examples: features by name, the same names in each, and whether the answer was right.
        strength: 1 / penalty.
        directions: the sign that the weight of a feature may have; one that is not named may have either.

    Raises `ValueError` unless both kinds of example are there.
    """
    from scipy.optimize import minimize

    found = list(examples)
    labels = np.array([label for _, label in found])
    if not found or labels.all() or not labels.any():
        raise ValueError("Expected examples of right and of wrong answers, got one kind only.")
    names = sorted(found[0][0])
    values = np.array([[features[name] for name in names] for features, _ in found])
    centre, spread = values.mean(axis=0), values.std(axis=0)
    spread[spread == 0] = 1.0
    rows = np.column_stack([(values - centre) / spread, np.ones(len(found))])
    penalty = np.array([*(1 / strength for _ in names), 0.0])

    def loss_and_slope(weights: FloatArray) -> tuple[float, FloatArray]:
        logits = rows @ weights
        loss = float(np.logaddexp(0, np.where(labels, -logits, logits)).sum() + (penalty * weights**2).sum() / 2)
        return loss, rows.T @ (1 / (1 + np.exp(-logits)) - labels) + penalty * weights

    bounds = [_BOUNDS[directions.get(name, 0)] for name in names] + [_BOUNDS[0]]
    best = minimize(loss_and_slope, np.zeros(len(names) + 1), jac=True, bounds=bounds, method="L-BFGS-B").x
    weights = best[:-1] / spread
    intercept = float(best[-1] - weights @ centre)
    return LogisticWeights(intercept, {name: float(value) for name, value in zip(names, weights, strict=True)})


def for_passages(weights: LogisticWeights, examples: Sequence[Example], *, threshold: float) -> LogisticWeights:
    """The weights with two more, of passages that are handed in: a shop's questions cannot tell them.

    That others of them say the same is weighed beside what is known already. Then all are moved so that the same share
    of right answers falls below the threshold as of wrong ones lies above it: nobody has looked for what is handed in
    as the shop's own search does, so what is at hand says little about how often it answers.
    Both 0 without examples of both kinds.
    """
    right = np.array([label for _, label in examples], bool)
    if not right.any() or right.all():
        return LogisticWeights(weights.intercept, {**weights.weights, _AGREEING: 0.0, _HANDED_IN: 0.0})
    without = LogisticWeights(weights.intercept, {**weights.weights, _AGREEING: 0.0, _HANDED_IN: 0.0})
    known = np.array([logit_of(without.probability(features)) for features, _ in examples])
    agreeing = np.array([features.get(_AGREEING, 0.0) for features, _ in examples])
    weight = _weight_beside(known, agreeing, right)
    logits = known + weight * agreeing
    balance = [abs((logits[right] < at).mean() - (logits[~right] >= at).mean()) for at in np.sort(logits)]
    offset = logit_of(threshold) - float(np.sort(logits)[int(np.argmin(balance))])
    return LogisticWeights(weights.intercept, {**weights.weights, _AGREEING: weight, _HANDED_IN: offset})


def _weight_beside(known: FloatArray, values: FloatArray, right: NDArray[np.bool_]) -> float:
    """The weight of a feature, 0 at least, in a logistic regression beside log-odds that keep theirs."""
    from scipy.optimize import minimize

    def loss(found: FloatArray) -> float:
        logits = known + found[0] * values + found[1]
        return float(np.logaddexp(0, np.where(right, -logits, logits)).sum() + found[0] ** 2 / 2)

    return float(minimize(loss, np.zeros(2), bounds=[(0.0, None), (None, None)], method="L-BFGS-B").x[0])


def cross_fitted(examples: Sequence[Example], *, folds: int = _FOLDS, strength: float = _STRENGTH) -> list[float]:
    """The probability of each example by weights that were fitted on the other folds, in order."""
    chance = np.random.default_rng(_SEED)
    fold_of = chance.permutation(len(examples)) % folds
    found = [0.0] * len(examples)
    for fold in range(folds):
        weights = fit(
            [item for item, at in zip(examples, fold_of, strict=True) if at != fold],
            strength=strength,
        )
        for number in np.flatnonzero(fold_of == fold).tolist():
            found[number] = weights.probability(examples[number][0])
    return found


def examples_of(attempts: Sequence[Attempt]) -> list[tuple[Outcome, Example]]:
    """Each question that found anything, with its features and whether its answer was right."""
    found = []
    for item in attempts:
        look = item.trace.finding.look
        is_read = item.trace.finding.overview is None  # what else is told is judged by its title
        if is_read and look is not None and look.retrieved and look.evidence:
            features = extract_features(item.question.text, look.retrieved, look.evidence, look.reading)
            found.append((item.outcome, (features, item.outcome.is_right)))
    return found


def outcomes_of(attempts: Sequence[Attempt]) -> list[Outcome]:
    """The outcomes, with the confidence of weights that do not know the question; 0 where nothing was found."""
    known = examples_of(attempts)
    confidence = cross_fitted([example for _, example in known])
    by_id = {outcome.question_id: value for (outcome, _), value in zip(known, confidence, strict=True)}
    told = [item for item in attempts if item.trace.finding.overview is not None]
    by_id |= {item.question.question_id: item.trace.finding.confidence for item in told}
    return [replace(item.outcome, confidence=by_id.get(item.question.question_id, 0.0)) for item in attempts]


def _attempts(
    container: Container, questions: Sequence[CalibrationQuestion], *, as_of: date | None, is_read: bool
) -> list[Attempt]:
    answer = container.settings.answer.model_copy(update={"reader": is_read})
    other = container.with_settings(container.settings.model_copy(update={"answer": answer}))
    return attempt(other, questions, mode="extractive", as_of=as_of)


def write_weights(weights: LogisticWeights, path: Path) -> None:
    """Write them as `LogisticWeights.from_json` reads them."""
    body = {
        "intercept": round(weights.intercept, _DIGITS),
        "weights": {name: round(value, _DIGITS) for name, value in weights.weights.items()},
    }
    path.write_text(json.dumps(body, indent=2) + "\n", encoding="utf-8")


def add_material(parser: argparse.ArgumentParser) -> None:
    """The arguments that say what is asked, and of what."""
    parser.add_argument("questions", type=existing_file)
    parser.add_argument("--knowledge", type=Path, action="append", default=[], help="documents; else the index of home")
    parser.add_argument(
        "--snippets",
        type=existing_file,
        action="append",
        default=[],
        help="questions with passages; see app.training.snippets",
    )
    parser.add_argument("--as-of", type=date.fromisoformat, help="the day of the questions")


def material(given: argparse.Namespace) -> tuple[Container, list[Snippets]]:
    """What is asked, and the questions that bring their own passages."""
    settings = load_settings()
    container = container_over(settings, given.knowledge)[0] if given.knowledge else Container(settings)
    return container, [item for path in given.snippets for item in read_snippets(path)]


def main() -> None:
    """Fit on a file and write weights and outcomes."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    add_material(parser)
    parser.add_argument(
        "--package", type=existing_folder, default=Path("app"), help="where weights and outcomes are written"
    )
    given = parser.parse_args()
    questions = read_questions(given.questions)
    container, snippets = material(given)
    attempts = {
        is_read: _attempts(container, questions, as_of=given.as_of, is_read=is_read) for is_read in (False, True)
    }
    handed_in = list(judged_examples(snippets, container))
    for name, is_read in (("answerability.json", False), ("answerability_read.json", True)):
        examples = [example for _, example in examples_of(attempts[is_read])]
        weights = fit(examples, strength=_STRENGTH)
        write_weights(
            for_passages(weights, handed_in, threshold=AssistantParams().min_confidence) if is_read else weights,
            given.package / "assistant" / name,
        )
    # What answers is described only now, for the weights just written are part of it.
    basis = basis_of(container, given.questions, mode="extractive", is_cross_fitted=True)
    for is_read in (False, True):
        outcomes = outcomes_of(attempts[is_read])
        error, right = calibration_error(outcomes), sum(item.is_right for item in outcomes)
        sys.stdout.write(
            f"{'with' if is_read else 'without'} the reader: {right} of {len(outcomes)} right if all were answered, "
            f"expected calibration error {error:.3f}\n"
        )
    Calibration(basis, tuple(outcomes_of(attempts[True]))).write(given.package / "calibration" / FILE_NAME)


if __name__ == "__main__":
    run(main)
