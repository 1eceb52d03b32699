"""What messages are taken to ask for and name: on the own sets, and on public ones where their folder is named."""

from __future__ import annotations

import csv
import json
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from app.building.container import Container
from app.cli.lookahead import Lookahead
from app.evaluation.scorecard import Figure
from app.settings import Settings
from app.training.classifier import FittingParams, fit_classifier, fold_numbers
from app.training.intents import embed
from app.understanding.classifier import OUT_OF_SCOPE

pytestmark = [pytest.mark.evaluation, pytest.mark.weights, pytest.mark.timeout(0)]

ROOT = Path(__file__).parents[2]
FOLDER = Path(__file__).parent / "understanding"
SETS = {"own set": "utterances.jsonl", "unseen part of the own set": "held_out.jsonl"}


def lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def products() -> list[tuple[str, str]]:
    with (ROOT / "knowledge" / "catalogue" / "products.csv").open(encoding="utf-8-sig", newline="") as stream:
        return [(row["name_zh"], row["name_en"]) for row in csv.DictReader(stream)]


def figure(name: str, target: float, value: float, count: int, command: str = "make eval") -> Figure:
    return Figure(name, f">= {target:.2f}", f"{value:.3f} of {count}", value >= target, command, date.today())


@pytest.fixture(scope="module")
def container() -> Container:
    return Container(Settings())


@pytest.mark.parametrize("name", SETS)
def test_own_messages(name, container, scorecard):
    rows = lines(FOLDER / SETS[name])
    ahead = Lookahead(container.embedder)
    today = [date.today()]
    understander = Container(container.settings, embedder=ahead).understander_with(
        today=lambda: today[0], products=products()
    )
    ahead.prepare([row["text"] for row in rows])
    right, wanted, found, both = [], Counter(), Counter(), Counter()
    for row in rows:
        today[0] = date.fromisoformat(row["today"])
        understood = understander.understand(row["text"])
        is_outside = row["intent"] in OUT_OF_SCOPE
        right.append(understood.out_of_scope if is_outside else _is(understood, row["intent"]))
        own = Counter((slot["type"], slot["normalized"].casefold()) for slot in row["slots"])
        seen = Counter((slot.type, slot.normalized.casefold()) for slot in understood.slots)
        wanted, found, both = wanted + own, found + seen, both + (own & seen)
    f1 = 2 * both.total() / (wanted.total() + found.total())
    accuracy = float(np.mean(right))
    scorecard.note(
        figure(f"intents, {name}: right, out of scope among them", 0.92, accuracy, len(rows)),
        figure(f"slots, {name}: F1 of type and meaning", 0.93, f1, wanted.total()),
    )
    assert accuracy >= 0.80, "a step back"
    assert f1 >= 0.85, "a step back"


def _is(understood: Any, intent: str) -> bool:
    return understood.intent == intent and not understood.out_of_scope


def test_bitext_in_five_folds(data_folder, container, scorecard):
    rows = lines(data_folder / "bitext_support" / "train.jsonl")
    fitted = fit(container, rows, FittingParams())

    right = float((fitted.held_out.predicted == fitted.columns).mean())
    scorecard.note(figure("bitext_support: intent right, 5 folds", 0.97, right, len(rows), "make eval DATA=folder"))
    assert right >= 0.95


def test_banking77_with_a_fifth_held_out(data_folder, container, scorecard):
    rows = lines(data_folder / "banking77" / "train.jsonl")
    names = sorted({row["intent"] for row in rows})
    folds = fold_numbers(np.array([names.index(row["intent"]) for row in rows]), 5, seed=7)
    seen = [row for row, fold in zip(rows, folds, strict=True) if fold]
    unseen = [row for row, fold in zip(rows, folds, strict=True) if not fold]

    answers = classify(fit(container, seen, FittingParams(folds=2)), container, unseen)

    right = float(np.mean([found.label == row["intent"] for found, row in zip(answers, unseen, strict=True)]))
    scorecard.note(figure("banking77: intent right, own split", 0.90, right, len(unseen), "make eval DATA=folder"))
    assert right >= 0.88


def test_clinc150_with_what_it_does_not_know(data_folder, container, scorecard):
    rows, unseen = (lines(data_folder / "clinc150" / f"{part}.jsonl") for part in ("train", "val"))

    answers = classify(fit(container, rows, FittingParams(folds=2)), container, unseen)

    pairs = list(zip(answers, unseen, strict=True))
    inside = [
        found.label == row["intent"] and not found.is_out_of_scope for found, row in pairs if row["intent"] != "oos"
    ]
    outside = [found.is_out_of_scope for found, row in pairs if row["intent"] == "oos"]
    scorecard.note(
        figure("clinc150: in scope and right", 0.90, float(np.mean(inside)), len(inside), "make eval DATA=folder"),
        figure("clinc150: out of scope found", 0.65, float(np.mean(outside)), len(outside), "make eval DATA=folder"),
    )
    assert np.mean(inside) >= 0.88


def test_mood_of_reviews(data_folder, container, scorecard):
    rows = lines(data_folder / "eprstmt_reviews" / "train.jsonl")
    ahead = Lookahead(container.embedder)
    understander = Container(container.settings, embedder=ahead).understander
    ahead.prepare([row["text"] for row in rows])
    taken = [understander.understand(row["text"]).sentiment for row in rows]

    wrong = np.mean(
        [found != "neutral" and found != row["label"].lower() for found, row in zip(taken, rows, strict=True)]
    )
    right = float(np.mean([found == row["label"].lower() for found, row in zip(taken, rows, strict=True)]))
    scorecard.note(figure("eprstmt_reviews: mood right", 0.80, right, len(rows), "make eval DATA=folder"))
    assert wrong <= 0.2


def test_mood_of_own_messages(container, scorecard):
    rows = lines(FOLDER / "moods.jsonl")
    ahead = Lookahead(container.embedder)
    understander = Container(container.settings, embedder=ahead).understander
    ahead.prepare([row["text"] for row in rows])

    right = float(np.mean([understander.understand(row["text"]).sentiment == row["mood"] for row in rows]))

    scorecard.note(figure("own set: mood right, reviews and messages", 0.80, right, len(rows)))
    assert right >= 0.75, "a step back"


def fit(container: Container, rows: Sequence[dict[str, Any]], params: FittingParams) -> Any:
    texts = [row["text"] for row in rows]
    return fit_classifier(
        texts,
        [row["intent"] for row in rows],
        embed(container.embedder, texts),
        embedder_id=container.embedder.embedder_id,
        params=params,
    )


def classify(fitted: Any, container: Container, rows: Iterable[dict[str, Any]]) -> list[Any]:
    texts = [row["text"] for row in rows]
    vectors = embed(container.embedder, texts)
    return [fitted.classifier.classify(text, vector) for text, vector in zip(texts, vectors, strict=True)]
