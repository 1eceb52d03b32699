from __future__ import annotations

from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from app.domain.behaviour import BehaviourEvent
from app.recommendation.events import Shown
from app.recommendation.experiments import Experiment, difference, needed_units, report

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
AB = Experiment("test", "ab")


def test_a_customer_always_has_the_same_arm_and_half_have_each():
    arms = {f"C{at}": AB.arm_of(f"C{at}", NOON) for at in range(2000)}

    assert all(AB.arm_of(user, NOON + timedelta(days=9)) == arm for user, arm in arms.items())
    assert 900 < sum(arm == "model" for arm in arms.values()) < 1100
    assert arms != {user: Experiment("other", "ab").arm_of(user, NOON) for user in arms}


def test_in_a_switchback_everybody_has_the_arm_of_the_hour():
    turns = Experiment("test", "switchback", hours=6)
    start = datetime(2026, 11, 24, tzinfo=UTC)

    for turn in range(20):
        at = start + timedelta(hours=6 * turn)
        assert (
            len({turns.arm_of(f"C{user}", at + timedelta(hours=5.9)) for user in range(20)} | {turns.arm_of("", at)})
            == 1
        )
    assert {turns.arm_of("", start + timedelta(hours=6 * turn)) for turn in range(20)} == {"model", "popular"}


def test_nothing_is_compared_unless_it_is_asked_for():
    assert {Experiment("test").arm_of(f"C{at}", NOON) for at in range(50)} == {"model"}


def shown(number: int, user: str, arm: str, *items: str) -> Shown:
    return Shown(f"r{number}", NOON, user, "home", items, "test", arm)


def did(user: str, kind: str, item: str, hours: float) -> BehaviourEvent:
    return BehaviourEvent(user, kind, NOON + timedelta(hours=hours), item_id=item)  # type: ignore[arg-type]


def test_a_list_is_followed_only_by_its_customer_its_items_and_afterwards():
    lists = [
        shown(1, "a", "model", "p"),
        shown(2, "b", "model", "p"),
        shown(3, "c", "popular", "p"),
        shown(4, "d", "popular", "q"),
    ]
    events = [
        did("a", "click", "p", 1),
        did("a", "buy", "p", 2),
        did("b", "view", "other", 1),
        did("c", "buy", "p", -1),
        did("d", "buy", "q", 24 * 30),
        did("stranger", "buy", "p", 1),
    ]

    told = report(AB, lists, events)

    assert [(arm.arm, arm.lists, arm.clicked, arm.ordered) for arm in told.arms] == [
        ("model", 2, 1, 1),
        ("popular", 2, 0, 0),
    ]
    assert told.orders is None


def test_a_click_that_names_another_list_is_not_this_ones():
    event = BehaviourEvent("a", "click", NOON + timedelta(hours=1), item_id="p", recommendation_id="r9")

    assert report(AB, [shown(1, "a", "model", "p")], [event]).arms[0].clicked == 0


def test_a_large_difference_is_found_and_none_is_not():
    high = np.array([[10.0, 5.0]] * 30)
    low = np.array([[10.0, 1.0]] * 30)
    mixed = np.array([[10.0, 5.0], [10.0, 1.0]] * 15)

    found, none = difference(high, low, 1, draws=2000), difference(mixed, mixed, 1, draws=2000)

    assert found is not None
    assert found.value == pytest.approx(0.4)
    assert found.p < 0.001
    assert found.low > 0
    assert none is not None
    assert none.p > 0.9
    assert none.low < 0 < none.high


def test_by_chance_alone_few_comparisons_seem_to_differ():
    rng, seeming = np.random.default_rng(5), 0
    for _ in range(40):
        units = np.stack([np.full(40, 10.0), rng.binomial(10, 0.3, 40).astype(float)], axis=1)
        found = difference(units[:20], units[20:], 1, draws=400)
        assert found is not None
        seeming += found.p < 0.05

    assert seeming <= 6  # 2 expected; P(more than 6) is 0.3 % for a fair test


def test_the_units_needed_agree_with_the_textbook():
    # Fleiss, Levin and Paik, table A.3 without continuity correction: 0.10 against 0.15, power 0.8, two-sided 0.05
    assert needed_units(0.10, 0.5) == pytest.approx(686, abs=2)
