"""Fits the weights of `app.assistant.answerability` on questions labelled answerable or not.

    python -m app.training.answerability tests/evaluation/calibration/questions.jsonl

The questions are asked of the current index. Two sets of weights are written: with what the reader says and without.
A question whose right document is not among its evidence is left out (that is a fault of the search, not a reason to
decline).
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from pathlib import Path

import numpy as np

from app.assistant.answer_features import extract_features
from app.assistant.answerability import Answerability, LogisticWeights
from app.assistant.finding import EvidenceFinder
from app.container import Container
from app.settings import load_settings
from index.types import Query

Example = tuple[Mapping[str, float], bool]


def fit(examples: Iterable[Example], *, strength: float = 1.0) -> LogisticWeights:
    """Logistic regression with an L2 penalty on standardised features; `strength` is 1 / penalty.

    Raises `ValueError` unless both kinds of example are there.
    """
    from sklearn.linear_model import LogisticRegression

    found = list(examples)
    labels = np.array([label for _, label in found])
    if not found or labels.all() or not labels.any():
        raise ValueError("Expected answerable and unanswerable examples, got one kind only.")
    names = sorted(found[0][0])
    values = np.array([[features[name] for name in names] for features, _ in found])
    centre, spread = values.mean(axis=0), values.std(axis=0)
    spread[spread == 0] = 1.0
    regression = LogisticRegression(C=strength, max_iter=1000)  # type: ignore[no-untyped-call]
    model = regression.fit((values - centre) / spread, labels)
    weights = model.coef_[0] / spread
    intercept = float(model.intercept_[0] - weights @ centre)
    return LogisticWeights(intercept, {name: float(value) for name, value in zip(names, weights, strict=True)})


def examples_of(container: Container, questions: Path, *, is_read: bool) -> Iterator[Example]:
    """Features and label of each question of a file; see the module's docstring for the fields."""
    finder = EvidenceFinder(
        container.retriever,
        Answerability.shipped(),
        reader=container.reader if is_read else None,
        scorer=container.scorer,
    )
    with questions.open(encoding="utf-8") as lines, container.serving.borrow() as generation:
        for row in map(json.loads, filter(str.strip, lines)):
            query = Query(row["text"], top=container.settings.retrieval.top, as_of=date.today())
            look = finder.look(row["text"], query, generation)
            is_found = any(item.passage.document_id in row.get("gold", ()) for item in look.evidence)
            if look.evidence and (is_found or not row["answerable"]):
                features = extract_features(row["text"], look.retrieved, look.evidence, look.reading)
                yield features, bool(row["answerable"])


def main() -> None:
    """Fit on a file and write the weights."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("questions", type=Path)
    parser.add_argument("--out", type=Path, default=Path("app/assistant"))
    arguments = parser.parse_args()
    container = Container(load_settings())
    for name, is_read in (("answerability.json", False), ("answerability_read.json", True)):
        weights = fit(examples_of(container, arguments.questions, is_read=is_read))
        body = {
            "intercept": round(weights.intercept, 4),
            "weights": {name: round(value, 4) for name, value in weights.weights.items()},
        }
        (arguments.out / name).write_text(json.dumps(body, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
