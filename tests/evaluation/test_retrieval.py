"""Retrieval on public sets that are not part of the repository."""

from __future__ import annotations

from datetime import date

import pytest

from app.evaluation.datasets import read_retrieval_set
from app.evaluation.retrieval import ranked_documents, retrieval_metrics
from app.evaluation.scorecard import Figure
from index.types import Query

pytestmark = [pytest.mark.evaluation, pytest.mark.timeout(0)]


@pytest.mark.parametrize(
    ("name", "targets"),
    [("zh_ecom_policy", {"hit@1": 0.68, "recall@5": 0.85}), ("ecom_product_search", {"nDCG@10": 0.86})],
)
def test_search_reaches_its_figures(name, targets, data_folder, container_of, scorecard):
    data = read_retrieval_set(data_folder / name)
    container = container_of(name, data_folder / name / "corpus.jsonl")
    rankings = {}
    with container.serving.borrow() as generation:
        for query_id, text in data.queries.items():
            hits = container.retriever.search(Query(text, top=100), generation)
            owners = {
                item.passage_id: item.document_id for item in generation.passages([hit.passage_id for hit in hits])
            }
            rankings[query_id] = ranked_documents(hits, owners)

    metrics = retrieval_metrics(rankings, data.qrels)

    scorecard.note(
        *(
            Figure(
                f"{name}: {metric}",
                f">= {target:.2f}",
                f"{metrics[metric]:.3f}",
                metrics[metric] >= target,
                "make eval DATA=folder",
                date.today(),
            )
            for metric, target in targets.items()
        )
    )
    for metric, target in targets.items():
        assert metrics[metric] >= target - 0.05, metrics
