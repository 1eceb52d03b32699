"""What a night does with what was mined, and what it tells."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from app.domain.action import Wording
from app.domain.learning import Settled
from app.learning.registry.errors import CandidateUnusable
from app.training.adapter import Epoch, FittedAdapter, Pair
from app.training.adapter.running import TrainedAdapter
from app.training.building import without_questions
from app.training.errors import TrainingDataTooFew
from app.training.mining import Dropped, Mined
from app.training.nights import NIGHTS, Night, NightLog
from app.training.turn import NightlyTurn
from index.embedding.query_map import QueryMap

AT = datetime(2026, 11, 25, 3, tzinfo=UTC)


def mined(count):
    return Mined(tuple(Pair(f"q{n}", ("d",), AT) for n in range(count)), Dropped(repeated=2), {"rating": count})


def trainer(best=3):
    def train(found, folder):
        still = QueryMap(np.ones((2, 1)), np.zeros((1, 2)), embedder_id="toy@1")
        fitted = FittedAdapter(still, (Epoch(0, 0.0, 0.5),), best, len(found.pairs), 4)
        folder.mkdir(parents=True, exist_ok=True)
        return TrainedAdapter(folder, fitted, {"seed": 1}, {"held_out_before": 0.5, "held_out_after": 0.6}, AT)

    return train


class Registry:
    def __init__(self, settled=None):
        self.taken, self.settled = [], settled or Settled("promoted", "已上线", "It serves.", {"candidate": 0.7})

    def submit(self, candidate):
        self.taken.append(candidate)
        return "emb1"

    def settle(self, candidate_id):
        assert candidate_id == "emb1"
        return self.settled


def turn(home, count=40, train=None, found=None, **more):
    return NightlyTurn(
        home,
        "embedder",
        found or (lambda: mined(count)),
        train or trainer(),
        setting="KEFU_X",
        clock=lambda: AT,
        **more,
    )


def test_what_is_better_goes_to_the_registry_and_what_became_of_it_is_put_down(tmp_path):
    registry = Registry()

    night = turn(tmp_path, registry=lambda: registry)()

    assert (night.outcome, night.candidate, night.pairs) == ("promoted", "emb1", 40)
    assert (night.why, night.why_zh, night.metrics["fixed_set_candidate"]) == ("It serves.", "已上线", 0.7)
    assert registry.taken[0].kind == "embedder"
    assert night.dropped["repeated"] == 2


@pytest.mark.parametrize("outcome", ["held", "refused"])
def test_a_night_says_why_a_model_does_not_serve(tmp_path, outcome):
    registry = Registry(Settled(outcome, "等人批准", "It waits for a person."))

    turn(tmp_path, registry=lambda: registry)()

    nights = NightLog(tmp_path).nights()
    assert [(night.outcome, night.why) for night in nights] == [(outcome, "It waits for a person.")]


def test_a_registry_that_cannot_judge_ends_the_night_with_the_reason(tmp_path):
    class Full(Registry):
        def submit(self, candidate):
            raise CandidateUnusable("The disk is full.")

    night = turn(tmp_path, registry=Full)()

    assert (night.outcome, night.why, night.candidate) == ("failed", "The disk is full.", None)


def test_nights_of_other_kinds_do_not_count_as_the_last_training(tmp_path):
    NightLog(tmp_path).put(Night(AT.isoformat(), "intents", "trained", "", pairs=40, folder="x"))

    assert turn(tmp_path, count=40)().outcome == "trained"


def test_questions_of_the_fixed_set_are_not_learnt_from():
    pairs = [Pair(text, ("d",), AT) for text in ("运费由谁来承担呢？", "退款要等几天到账", "How long is the warranty?")]

    kept = without_questions(Mined(tuple(pairs), Dropped(), {}), ["How long is the warranty", "退款要等几天到账？"])

    assert [pair.text for pair in kept.pairs] == ["运费由谁来承担呢？"]
    assert kept.dropped.of_the_test == 2


def test_without_a_registry_it_is_told_how_to_serve_it(tmp_path):
    night = turn(tmp_path)()

    assert night.outcome == "trained"
    assert "set KEFU_X=" in night.why
    assert "KEFU_X=" in night.why_zh


def test_what_is_not_better_is_not_handed_over(tmp_path):
    registry = Registry()

    assert turn(tmp_path, train=trainer(best=0), registry=lambda: registry)().outcome == "not_better"
    assert registry.taken == []


def test_too_little_ends_the_night_with_the_reason(tmp_path):
    def train(found, folder):
        raise TrainingDataTooFew("Expected at least 20 questions, got 3.")

    night = turn(tmp_path, count=3, train=train)()

    assert (night.outcome, night.why) == ("too_little", "Expected at least 20 questions, got 3.")


def test_a_night_without_news_trains_nothing(tmp_path):
    turn(tmp_path, count=40)()

    assert turn(tmp_path, count=45)().outcome == "nothing_new"


def test_pairs_count_as_new_by_their_time_though_as_many_old_ones_are_gone(tmp_path):
    def found(days):
        pairs = tuple(Pair(f"q{n}", ("d",), AT + timedelta(days=n)) for n in range(days, days + 40))
        return lambda: Mined(pairs, Dropped(), {"rating": 40})

    nights = [turn(tmp_path, found=found(days))() for days in (0, 9, 10)]

    assert [(night.outcome, night.pairs) for night in nights] == [("trained", 40), ("nothing_new", 40), ("trained", 40)]
    assert nights[1].why.startswith("9 new pairs")
    assert "9 对" in nights[1].why_zh


def test_the_reranker_has_nights_of_its_own(tmp_path):
    turn(tmp_path, count=40)()

    pairs = lambda: mined(40)  # noqa: E731
    night = NightlyTurn(tmp_path, "reranker", pairs, trainer(), setting="KEFU_Y", clock=lambda: AT)()

    assert (night.kind, night.outcome) == ("reranker", "trained")
    assert "reranker-" in str(night.folder)


def test_a_company_with_a_threshold_of_its_own_is_told_to_take_it_anew(tmp_path):
    moved = lambda: Wording("请重新校准。", "Calibrate anew.")  # noqa: E731

    serves = turn(tmp_path, registry=Registry, moved=moved)()
    refused = turn(tmp_path / "other", registry=lambda: Registry(Settled("refused", "不好", "Worse.")), moved=moved)()

    assert (serves.why, serves.why_zh) == ("It serves. Calibrate anew.", "已上线请重新校准。")
    assert (refused.why, refused.why_zh) == ("Worse.", "不好")


def test_a_training_that_stops_leaves_no_folder(tmp_path):
    def train(found, folder):
        folder.mkdir(parents=True)
        raise TrainingDataTooFew("Expected at least 20 questions, got 3.")

    night = turn(tmp_path, train=train)()

    assert "没有训练" in night.why_zh
    assert not list(tmp_path.glob("embedder-*"))


def test_nights_are_kept_in_order_and_damage_is_passed_over(tmp_path):
    turn(tmp_path, count=40)()
    with (tmp_path / NIGHTS).open("a", encoding="utf-8") as stream:
        stream.write("{broken\n")
    turn(tmp_path, count=41)()

    assert [night.pairs for night in NightLog(tmp_path).nights()] == [40, 41]


def test_a_programming_mistake_is_not_hidden(tmp_path):
    def train(found, folder):
        raise RuntimeError("bug")

    with pytest.raises(RuntimeError):
        turn(tmp_path, train=train)()
