"""What a night does with what was mined, and what it tells."""

from __future__ import annotations

from datetime import UTC, datetime

import numpy as np
import pytest

from app.training.adapter import Epoch, FittedAdapter, Pair
from app.training.adapter.running import TrainedAdapter
from app.training.errors import TrainingDataTooFew
from app.training.mining import Dropped, Mined
from app.training.turn import NIGHTS, NightlyTurn
from index.embedding.query_map import QueryMap

AT = datetime(2026, 11, 25, 3, tzinfo=UTC)


def mined(count):
    return Mined(tuple(Pair(f"q{n}", ("d",), AT) for n in range(count)), Dropped(repeated=2), {"rating": count})


def trainer(best=3):
    def train(found, folder, params):
        still = QueryMap(np.ones((2, 1)), np.zeros((1, 2)), embedder_id="toy@1")
        fitted = FittedAdapter(still, (Epoch(0, 0.0, 0.5),), best, len(found.pairs), 4)
        folder.mkdir(parents=True)
        return TrainedAdapter(folder, fitted, {"seed": 1}, {"held_out_before": 0.5, "held_out_after": 0.6}, AT)

    return train


class Registry:
    def __init__(self):
        self.taken = []

    def submit(self, candidate):
        self.taken.append(candidate)
        return "emb1"


def turn(home, count=40, train=None, **more):
    return NightlyTurn(home, lambda: mined(count), train or trainer(), clock=lambda: AT, **more)


def test_what_is_better_goes_to_the_registry(tmp_path):
    registry = Registry()

    night = turn(tmp_path, registry=lambda: registry)()

    assert (night.outcome, night.candidate, night.pairs) == ("submitted", "emb1", 40)
    assert registry.taken[0].kind == "embedder"
    assert night.dropped["repeated"] == 2


def test_without_a_registry_it_is_told_how_to_serve_it(tmp_path):
    night = turn(tmp_path)()

    assert night.outcome == "trained"
    assert "KEFU_RETRIEVAL__QUERY_MAP" in night.why


def test_what_is_not_better_is_not_handed_over(tmp_path):
    registry = Registry()

    assert turn(tmp_path, train=trainer(best=0), registry=lambda: registry)().outcome == "not_better"
    assert registry.taken == []


def test_too_little_ends_the_night_with_the_reason(tmp_path):
    def train(found, folder, params):
        raise TrainingDataTooFew("Expected at least 20 questions, got 3.")

    night = turn(tmp_path, count=3, train=train)()

    assert (night.outcome, night.why) == ("too_little", "Expected at least 20 questions, got 3.")


def test_a_night_without_news_trains_nothing(tmp_path):
    turn(tmp_path, count=40)()

    assert turn(tmp_path, count=45)().outcome == "nothing_new"


def test_nights_are_kept_in_order_and_damage_is_passed_over(tmp_path):
    turn(tmp_path, count=40)()
    with (tmp_path / NIGHTS).open("a", encoding="utf-8") as stream:
        stream.write("{broken\n")
    turn(tmp_path, count=41)()

    assert [night.pairs for night in turn(tmp_path).nights()] == [40, 41]


def test_a_programming_mistake_is_not_hidden(tmp_path):
    def train(found, folder, params):
        raise RuntimeError("bug")

    with pytest.raises(RuntimeError):
        turn(tmp_path, train=train)()
