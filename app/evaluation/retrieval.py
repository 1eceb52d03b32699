"""Retrieval metrics by ir-measures, so that they are those of trec_eval."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import ir_measures
from ir_measures import R, Success, nDCG

from index.types import Hit

METRICS = {"hit@1": Success @ 1, "recall@5": R @ 5, "recall@10": R @ 10, "recall@50": R @ 50, "nDCG@10": nDCG @ 10}


def retrieval_metrics(
    rankings: Mapping[str, Sequence[str]], qrels: Mapping[str, Mapping[str, int]]
) -> dict[str, float]:
    """Mean of each metric over the judged queries; `rankings` lists document ids, best first, by query id."""
    run = {
        query_id: {document_id: 1.0 / rank for rank, document_id in enumerate(documents, start=1)}
        for query_id, documents in rankings.items()
    }
    found = ir_measures.calc_aggregate(METRICS.values(), {key: dict(value) for key, value in qrels.items()}, run)
    return {name: float(found[metric]) for name, metric in METRICS.items()}


def ranked_documents(hits: Sequence[Hit], document_of: Mapping[str, str]) -> list[str]:
    """Document ids by their best passage, each once."""
    return list(dict.fromkeys(document_of[hit.passage_id] for hit in hits))
