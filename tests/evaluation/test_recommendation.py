"""What recommendations foretell, on public sets beside what is simpler; their folder is named for it."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from app.evaluation.scorecard import Figure
from app.recommendation.content import Contents
from app.recommendation.descriptions import read_descriptions
from app.recommendation.evaluating import cold_items, compare
from app.recommendation.histories import Histories
from app.recommendation.measures import NextItem
from app.recommendation.reading import read_interactions

pytestmark = [pytest.mark.evaluation, pytest.mark.timeout(0)]

COMMAND = "make eval DATA=folder"
BEAUTY, MOVIES = "rec_beauty/sequences.txt", "rec_ml100k/ml-100k.inter"


def histories(path: Path, **items: object) -> Histories:
    if not path.is_file():
        pytest.skip(f"no {path.name} in the evaluation data")
    return Histories.of(read_interactions(path), **items)  # type: ignore[arg-type]


def told(figures: NextItem) -> str:
    return f"HR@10 {figures.hit_rate:.4f}, NDCG@10 {figures.ndcg:.4f}"


def test_next_purchase_against_co_occurrence(data_folder, scorecard):
    comparison = compare(histories(data_folder / BEAUTY))

    model = comparison.model
    others = (comparison.co_occurrence, comparison.co_occurrence_cosine)
    rate, gain = max(one.hit_rate for one in others), max(one.ndcg for one in others)
    is_met = model.hit_rate >= 1.1 * rate and model.ndcg >= 1.1 * gain
    measured = f"{told(model)} of {model.people}; co-occurrence {rate:.4f}, {gain:.4f}; popularity " + told(
        comparison.popularity
    )
    name = "rec_beauty, last item of the development sequences, against the better co-occurrence"
    scorecard.note(Figure(name, ">= 1.10 times both", measured, is_met, COMMAND, date.today()))
    assert comparison.false_reasons == 0
    assert is_met


def test_next_film(data_folder, scorecard):
    comparison = compare(histories(data_folder / MOVIES))

    model = comparison.model
    measured = f"{told(model)} of {model.people}; co-occurrence {told(comparison.co_occurrence_cosine)}"
    reasons = f"{comparison.false_reasons} of {comparison.reasons}"
    name = "rec_ml100k, last film of the development part, HR@10"
    scorecard.note(Figure(name, ">= 0.20", measured, model.hit_rate >= 0.20, COMMAND, date.today()))
    name = "recommendation reasons that the histories do not bear out"
    scorecard.note(Figure(name, "0", reasons, comparison.false_reasons == 0, COMMAND, date.today()))
    assert model.hit_rate >= 0.20
    assert comparison.false_reasons == 0


@pytest.mark.parametrize(
    ("events", "items"),
    [(BEAUTY, "rec_beauty/item2attributes.json"), (MOVIES, "rec_ml100k/ml-100k.item")],
)
def test_items_that_nobody_chose_yet(data_folder, scorecard, events, items):
    texts = read_descriptions(data_folder / items)
    contents = Contents.of(texts)
    assert contents is not None

    model, popularity = cold_items(histories(data_folder / events, items=tuple(texts)), contents)

    name = f"{Path(events).parent.name}: a tenth of the items as if new, ranked among themselves"
    measured = f"{told(model)} of {model.people}; popularity of the most alike {told(popularity)}"
    is_met = model.hit_rate >= 3 * popularity.hit_rate
    scorecard.note(Figure(name, ">= 3 times popularity", measured, is_met, COMMAND, date.today()))
    assert model.hit_rate > popularity.hit_rate
