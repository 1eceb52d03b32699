from contextlib import contextmanager

import pytest

from app.evaluation.datasets import JudgedDocument, RetrievalQuestion, RetrievalSet
from app.evaluation.retrieval import examine_retrieval, ranked_documents, retrieval_scores
from app.retrieval.retriever import Retriever
from index.embedding.hashing import HashingEmbedder
from index.types import Hit
from tests.fakes import FakeGeneration, passage


def test_each_metric_of_each_query_is_that_of_trec_eval():
    rankings = {"q1": ["a", "b"], "q2": ["c", "d", "e"]}
    qrels = {"q1": {"a": 1}, "q2": {"e": 1, "f": 1}}

    scores = retrieval_scores(rankings, qrels)

    assert (scores["q1"]["hit@1"], scores["q2"]["hit@1"]) == (True, False)
    assert (scores["q1"]["recall@5"], scores["q2"]["recall@5"]) == (1.0, 0.5)
    assert scores["q2"]["MRR@10"] == pytest.approx(1 / 3)
    # rank 3 gives 1 / log2(4) = .5; the best that two relevant documents can give is 1 + 1 / log2(3)
    assert scores["q2"]["nDCG@10"] == pytest.approx(0.5 / 1.63093, abs=1e-5)


def test_a_query_without_a_ranking_scores_zero():
    scores = retrieval_scores({"q1": ["a"]}, {"q1": {"a": 1}, "q2": {"b": 1}})

    assert scores["q2"]["hit@1"] is False
    assert scores["q2"]["nDCG@10"] == 0.0


def test_a_relevant_document_beyond_ten_counts_for_recall_alone():
    scores = retrieval_scores({"q": [f"d{n}" for n in range(1, 60)]}, {"q": {"d11": 1, "d51": 1}})["q"]

    assert (scores["recall@10"], scores["recall@50"], scores["MRR@10"]) == (0.0, 0.5, 0.0)


def test_a_document_stands_where_its_best_passage_does():
    hits = [Hit("p1", 3.0), Hit("p2", 2.0), Hit("p3", 1.0)]

    assert ranked_documents(hits, {"p1": "a", "p2": "a", "p3": "b"}) == ["a", "b"]


def test_a_search_is_scored_and_shows_what_was_wanted_and_found():
    generation = FakeGeneration([passage("运费自理。", "b#1"), passage("期限七天。", "a#1"), passage("再说。", "b#2")])

    @contextmanager
    def borrow():
        yield generation

    data = RetrievalSet(
        (RetrievalQuestion("q", "几天能退？", "single", "zh", {"a": 1, "c": 0}),),
        {"a": JudgedDocument("退货", "期限七天。"), "c": JudgedDocument("", "x")},
    )

    section = examine_retrieval(data, Retriever(HashingEmbedder()), borrow)

    (question,) = section.questions
    assert question.scores["hit@1"] is False
    assert question.scores["MRR@10"] == 0.5
    assert [(item.document_id, item.role) for item in question.retrieved] == [("b", ""), ("a", "gold")]
    assert question.expected == {"documents": ["a · 退货 · 期限七天。"]}
    assert section.estimates(seed=0)["MRR@10"].value == 0.5
