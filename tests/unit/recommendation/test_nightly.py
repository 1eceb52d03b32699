from __future__ import annotations

from dataclasses import replace
from random import Random

import pytest

from app.recommendation.errors import BehaviourTooLittle
from app.recommendation.nightly import Refit
from app.recommendation.registry import Registry
from tests.unit.recommendation.made import SMALL, circles


def at_random():
    rng = Random(1)
    return [replace(one, item_id=f"r{rng.randrange(400)}") for one in circles(people=120)]


@pytest.fixture
def registry(tmp_path) -> Registry:
    return Registry(tmp_path / "recommenders")


def test_the_first_model_serves_and_a_worse_one_does_not_take_its_place(registry):
    first = Refit(registry, lambda: circles(people=120), params=SMALL).run()
    worse = Refit(registry, at_random, params=SMALL).run()

    assert first.is_promoted
    assert first.old is None
    assert not worse.is_promoted
    assert worse.old is not None
    assert worse.new.ndcg < worse.old.ndcg
    assert registry.current_name() == first.name
    assert "stays" in worse.text()


def test_one_that_is_as_good_serves_in_its_place_and_the_old_one_is_kept(registry):
    names = [Refit(registry, lambda: circles(people=120), params=SMALL).run().name for _ in range(2)]

    assert registry.current_name() == names[1] != names[0]
    assert registry.roll_back() == names[0]


def test_both_are_measured_on_what_came_after_the_one_in_use_learnt(registry):
    Refit(registry, lambda: circles(people=600), params=SMALL).run()
    later = [replace(one, at=(one.at or 0) + 1e7) for one in circles(people=600, length=7)]

    report = Refit(registry, lambda: later, params=SMALL).run()

    assert report.old is not None
    assert report.old.people == report.new.people >= 100


def test_without_behaviour_nothing_changes(registry):
    with pytest.raises(BehaviourTooLittle):
        Refit(registry, list).run()

    assert not registry.has_current()
