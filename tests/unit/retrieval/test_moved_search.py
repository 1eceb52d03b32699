from __future__ import annotations

import numpy as np
import pytest

from app.retrieval.given import GivenPassages
from app.retrieval.retriever import Retriever
from index.embedding.hashing import HashingEmbedder
from index.types import Hit, Query
from tests.fakes import FakeGeneration, passage

TEXTS = ["运费自理。", "期限七天。", "Returns are free."]


class Recording(FakeGeneration):
    def __init__(self):
        super().__init__([passage(text, f"d#{number}") for number, text in enumerate(TEXTS)])
        self.asked, self.compared = [], []

    def rank(self, query, vector, *, depth=50):
        self.asked.append(vector)
        return super().rank(query, vector, depth=depth)

    def sentence_similarities(self, vector, ids):
        self.compared.append(vector)
        return super().sentence_similarities(vector, ids)


class Backwards:
    def moved(self, vectors):
        return -vectors


def test_only_the_search_is_moved():
    source, embedder = Recording(), HashingEmbedder()

    Retriever(embedder, moving=Backwards).retrieve(Query("几天能退？"), source)

    own = embedder.embed_queries(["几天能退？"])
    assert np.array_equal(source.asked[0], -own)
    assert np.array_equal(source.compared[0], own)


def test_a_map_that_is_switched_on_counts_from_the_next_search_on():
    source, embedder, maps = Recording(), HashingEmbedder(), []
    retriever = Retriever(embedder, moving=lambda: maps[-1] if maps else None)

    retriever.search(Query("Free returns?"), source)
    maps.append(Backwards())
    retriever.search(Query("Free returns?"), source)

    assert np.array_equal(source.asked[1], -source.asked[0])


def test_what_is_told_of_a_hit_is_the_nearness_of_the_question_as_it_is():
    class Dense(Recording):
        def rank(self, query, vector, *, depth=50):
            return {"dense": [Hit("d#0", 0.2)], "words": [Hit("d#1", 7.0)]}

    retriever = Retriever(HashingEmbedder(), moving=Backwards)

    hits = {hit.passage_id: hit for hit in retriever.search(Query("几天能退？"), Dense())}

    assert hits["d#0"].stages["dense"] == 0.5  # what the fake's passages say of any vector
    assert "dense" not in hits["d#1"].stages


def test_passages_handed_in_are_measured_with_the_question_as_it_is():
    embedder = HashingEmbedder()
    given = GivenPassages(TEXTS, embedder)

    hits = Retriever(embedder, moving=Backwards).search(Query("Returns are free."), given)

    plain = {
        hit.passage_id: hit.stages["dense"] for hit in Retriever(embedder).search(Query("Returns are free."), given)
    }
    assert {hit.passage_id: hit.stages["dense"] for hit in hits} == pytest.approx(plain)
    assert Retriever(embedder, moving=Backwards).search(Query("Free?"), GivenPassages([], embedder)) == []
