from __future__ import annotations

import pytest

from app.recommendation.graph import GraphParams, ItemGraph
from tests.unit.recommendation.made import history_of

PLAIN = GraphParams(decay=0.5, backward=0.25, from_power=0.0, to_power=0.0, recency=0.5)


def scores(graph, histories, *row: str) -> dict[str, float]:
    import numpy as np

    places = np.array([histories.item_places[name] for name in row], int)
    items, values = graph.scores(places)
    return {histories.items[item]: float(value) for item, value in zip(items, values, strict=True)}


def test_what_follows_weighs_more_than_what_came_before_and_than_what_is_further_away():
    histories = history_of(u="a b c")

    graph = ItemGraph.fit(histories, PLAIN)

    # one person of three items weighs 1 / log2(4) = 0.5; each place further apart halves it, backward quarters it
    assert scores(graph, histories, "a") == pytest.approx({"b": 0.5, "c": 0.25})
    assert scores(graph, histories, "b") == pytest.approx({"c": 0.5, "a": 0.125})
    assert scores(graph, histories, "c") == pytest.approx({"b": 0.125, "a": 0.0625})


def test_the_newest_item_of_a_history_counts_most():
    histories = history_of(u="a x", v="b y")

    graph = ItemGraph.fit(histories, PLAIN)

    found = scores(graph, histories, "a", "b")
    assert found["y"] == pytest.approx(2 * found["x"])


def test_an_empty_history_and_an_item_without_links_have_no_scores():
    histories = history_of(u="a b", v="lonely")
    graph = ItemGraph.fit(histories, PLAIN)

    assert scores(graph, histories) == {}
    assert scores(graph, histories, "lonely") == {}


def test_only_the_strongest_neighbours_are_kept():
    histories = history_of(u="a b", v="a b", w="a c")

    graph = ItemGraph.fit(histories, GraphParams(neighbours=1, from_power=0.0, to_power=0.0))

    assert list(scores(graph, histories, "a")) == ["b"]


@pytest.mark.parametrize("wrong", [{"reach": 0}, {"decay": 0.0}, {"backward": 1.5}, {"half_life_days": 0.0}])
def test_parameters_out_of_range_are_refused(wrong):
    with pytest.raises(ValueError, match="Expected"):
        GraphParams(**wrong)
