from __future__ import annotations

import numpy as np
import pytest

from app.recommendation.histories import NOTHING, Histories, Interaction
from tests.unit.recommendation.made import history_of


def names(histories: Histories, user: str) -> list[str]:
    return [histories.items[item] for item in histories.row(histories.user_places[user])]


def test_items_of_a_person_stand_in_the_order_of_time_whatever_the_order_of_the_lines():
    histories = Histories.of(
        [Interaction("u", "late", 20.0), Interaction("v", "x", 1.0), Interaction("u", "early", 10.0)]
    )

    assert names(histories, "u") == ["early", "late"]
    assert histories.last_time == 20.0


def test_without_times_the_order_of_the_lines_counts_and_an_item_that_follows_itself_stands_once():
    histories = history_of(u="a a b a")

    assert names(histories, "u") == ["a", "b", "a"]
    assert histories.last_time is None


def test_a_view_that_becomes_a_purchase_is_one_choice_of_the_stronger_kind():
    events = [Interaction("u", "a", float(at), kind) for at, kind in enumerate(("view", "cart", "buy"))]

    histories = Histories.of(events)

    assert names(histories, "u") == ["a"]
    assert histories.strengths.tolist() == pytest.approx([1.0])


def test_what_is_waved_away_is_no_choice_unless_it_was_bought():
    events = [
        Interaction("u", "a", 1.0, "view"),
        Interaction("u", "b", 2.0, "buy"),
        Interaction("u", "a", 3.0, "dismiss"),
        Interaction("u", "b", 4.0, "dismiss"),
        Interaction("u", "", 5.0, "search"),
    ]

    histories = Histories.of(events)

    assert names(histories, "u") == ["b"]
    assert {histories.items[item] for item in histories.dismissed_of[0]} == {"a", "b"}


def test_the_last_new_item_is_held_back_with_all_that_follows_it():
    histories = history_of(u="a b c a b", v="a", w="b a")

    rest, wanted = histories.without_last()

    assert [histories.items[item] if item >= 0 else None for item in wanted] == ["c", None, "a"]
    assert [names(rest, user) for user in "uvw"] == [["a", "b"], ["a"], ["b"]]
    assert rest.items == histories.items


def test_popularity_counts_people_not_choices():
    histories = history_of(u="a b a", v="a")

    assert histories.popularity.tolist() == [2.0, 1.0]
    assert histories.by_popularity.tolist() == [0, 1]
    assert histories.popular_beside(histories.sequence[:1], top=5).tolist() == [1]


def test_of_nobody_there_is_nothing():
    rest, wanted = NOTHING.without_last()

    assert len(rest.sequence) == len(wanted) == 0
    assert NOTHING.popularity.tolist() == []


def test_items_nobody_met_keep_their_place():
    histories = Histories.of([Interaction("u", "b")], items=("a", "b"))

    assert histories.items == ("a", "b")
    assert np.array_equal(histories.popularity, [0.0, 1.0])
