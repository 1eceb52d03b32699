from __future__ import annotations

import numpy as np
import pytest

from app.recommendation.rules import Offer, RuleParams, arranged

PLAIN = RuleParams(diversity=0.0, margin_weight=0.0, most_of_category=10)


def offer(name: str, category: str = "c", **fields: object) -> Offer:
    return Offer(name, f"{name}-1", category, 1000, 5, **fields)  # type: ignore[arg-type]


def names(listed) -> list[str]:
    return [one.item_id for one, _ in listed]


def test_without_rules_the_score_decides():
    scored = [(offer("a"), 1.0), (offer("b"), 3.0), (offer("c"), 2.0)]

    assert names(arranged(scored, PLAIN, vectors={})) == ["b", "c", "a"]


def test_a_list_of_ten_holds_only_so_many_of_a_category():
    scored = [(offer(f"x{at}", "shoes"), 10.0 - at) for at in range(9)] + [(offer("hat", "hats"), 0.0)]

    listed = names(arranged(scored, RuleParams(diversity=0.0, most_of_category=3), vectors={}))

    assert listed == ["x0", "x1", "x2", "hat"]


def test_one_category_that_was_asked_for_may_fill_the_list():
    scored = [(offer(f"x{at}", "shoes"), 10.0 - at) for at in range(9)]

    assert len(arranged(scored, RuleParams(most_of_category=3), vectors={}, is_one_category=True)) == 9


def test_what_is_like_the_first_goes_behind_what_is_not():
    twin, other = np.array([1.0, 0.0]), np.array([0.0, 1.0])
    scored = [(offer("a", "1"), 3.0), (offer("twin", "2"), 2.9), (offer("other", "3"), 2.8), (offer("last", "4"), 0.0)]
    vectors = {"a": twin, "twin": twin, "other": other}

    assert names(arranged(scored, RuleParams(diversity=0.5), vectors=vectors)) == ["a", "other", "twin", "last"]
    assert names(arranged(scored, PLAIN, vectors=vectors)) == ["a", "twin", "other", "last"]


def test_what_was_shown_and_not_opened_goes_back_and_then_out():
    scored = [(offer("tired"), 3.0), (offer("fresh"), 2.9), (offer("last"), 0.0)]

    assert names(arranged(scored, PLAIN, vectors={}, ignored={"tired": 3})) == ["fresh", "tired", "last"]
    assert names(arranged(scored, PLAIN, vectors={}, ignored={"tired": 5})) == ["fresh", "last"]


def test_margin_decides_between_what_fits_alike():
    scored = [(offer("lean", margin=0.1), 1.0), (offer("rich", margin=0.6), 1.0), (offer("unknown"), 0.0)]

    assert names(arranged(scored, RuleParams(diversity=0.0), vectors={}))[0] == "rich"


def test_of_nothing_there_is_no_list():
    assert arranged([], PLAIN, vectors={}) == []


@pytest.mark.parametrize("wrong", [{"diversity": 1.0}, {"most_of_category": 0}, {"fatigue": -1.0}])
def test_parameters_out_of_range_are_refused(wrong):
    with pytest.raises(ValueError, match="Expected"):
        RuleParams(**wrong)
