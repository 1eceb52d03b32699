import pytest

from app.evaluation.retrieval import ranked_documents, retrieval_metrics
from index.types import Hit


def test_metrics_of_two_queries_are_their_means():
    rankings = {"q1": ["a", "b"], "q2": ["c", "d", "e"]}
    qrels = {"q1": {"a": 1}, "q2": {"e": 1}}

    metrics = retrieval_metrics(rankings, qrels)

    assert metrics["hit@1"] == 0.5
    assert metrics["recall@5"] == 1.0
    assert metrics["nDCG@10"] == pytest.approx((1 + 0.5) / 2)  # 1 / log2(3 + 1) = .5 for rank 3


def test_a_query_without_a_ranking_counts_zero():
    assert retrieval_metrics({"q1": ["a"]}, {"q1": {"a": 1}, "q2": {"b": 1}})["hit@1"] == 0.5


def test_a_document_stands_where_its_best_passage_does():
    hits = [Hit("p1", 3.0), Hit("p2", 2.0), Hit("p3", 1.0)]

    assert ranked_documents(hits, {"p1": "a", "p2": "a", "p3": "b"}) == ["a", "b"]
