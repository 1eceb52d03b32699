"""Retrieval metrics by ir-measures, so that they are those of trec_eval."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING

from app.evaluation.datasets import RetrievalQuestion, RetrievalSet
from app.evaluation.measures import Measure, Score
from app.evaluation.sections import QuestionResult, Section, Shown, input_digest
from app.retrieval.retriever import Retriever, Searchable
from index.types import Hit, Passage, Query

if TYPE_CHECKING:
    import ir_measures

MEASURES = (
    Measure("hit@1", "The first document is relevant.", "share"),
    Measure("recall@5", "Share of the relevant documents among the first 5.", "mean"),
    Measure("recall@10", "Share of the relevant documents among the first 10.", "mean"),
    Measure("recall@50", "Share of the relevant documents among the first 50.", "mean"),
    Measure("MRR@10", "One by the rank of the first relevant document, 0 beyond rank 10.", "mean"),
    Measure("nDCG@10", "Gain of the first 10, discounted by rank, of the best that is possible.", "mean"),
)

_DEPTH = 100
"""Passages looked at; several may be of one document."""
_SHOWN = 5


def retrieval_scores(
    rankings: Mapping[str, Sequence[str]], qrels: Mapping[str, Mapping[str, int]]
) -> dict[str, dict[str, Score]]:
    """Each metric of each judged query; `rankings` lists document ids, best first, by query id.

    A query without a ranking scores 0.
    """
    import ir_measures

    metrics = _metrics()
    run = {
        query_id: {document_id: 1.0 / rank for rank, document_id in enumerate(documents, start=1)}
        for query_id, documents in rankings.items()
    }
    scores: dict[str, dict[str, Score]] = {
        query_id: {name: False if name == "hit@1" else 0.0 for name in metrics} for query_id in qrels
    }
    names = {metric: name for name, metric in metrics.items()}
    judged = {query_id: dict(grades) for query_id, grades in qrels.items()}
    for found in ir_measures.iter_calc(list(metrics.values()), judged, run):
        name = names[found.measure]
        scores[found.query_id][name] = bool(found.value) if name == "hit@1" else float(found.value)
    return scores


def ranked_documents(hits: Sequence[Hit], document_of: Mapping[str, str]) -> list[str]:
    """Document ids by their best passage, each once."""
    return list(dict.fromkeys(document_of[hit.passage_id] for hit in hits))


def examine_retrieval(
    data: RetrievalSet,
    retriever: Retriever,
    borrow: Callable[[], AbstractContextManager[Searchable]],
    *,
    on_question: Callable[[], None] = lambda: None,
) -> Section:
    """Search for every question and score where the relevant documents stand."""
    rankings: dict[str, list[str]] = {}
    shown: dict[str, list[Shown]] = {}
    with borrow() as source:
        for question in data.questions:
            hits = retriever.search(Query(question.text, top=_DEPTH), source)
            passages = source.passages([hit.passage_id for hit in hits])
            owners = {passage.passage_id: passage.document_id for passage in passages}
            rankings[question.question_id] = ranked_documents(hits, owners)
            shown[question.question_id] = _shown(passages, question)
            on_question()
    scores = retrieval_scores(rankings, {item.question_id: item.relevance for item in data.questions})
    results = [
        _result(question, data, scores[question.question_id], shown[question.question_id])
        for question in data.questions
    ]
    return Section("retrieval", "Search", MEASURES, tuple(results), data.notes)


def wanted_documents(question: RetrievalQuestion, data: RetrievalSet) -> list[str]:
    """The relevant documents as people read them: id, title and beginning."""
    found = []
    for document_id, grade in question.relevance.items():
        if grade > 0:
            document = data.documents[document_id]
            item = Shown.of(document_id, document.title, document.text)
            found.append(" · ".join(part for part in (item.document_id, item.title, item.text) if part))
    return found


def _metrics() -> dict[str, ir_measures.measures.Measure]:
    from ir_measures import RR, R, Success, nDCG

    return {
        "hit@1": Success @ 1,
        "recall@5": R @ 5,
        "recall@10": R @ 10,
        "recall@50": R @ 50,
        "MRR@10": RR @ 10,
        "nDCG@10": nDCG @ 10,
    }


def _shown(passages: Sequence[Passage], question: RetrievalQuestion) -> list[Shown]:
    """The best passage of each of the first documents."""
    best = {passage.document_id: passage for passage in reversed(passages)}
    order = list(dict.fromkeys(passage.document_id for passage in passages))[:_SHOWN]
    return [
        Shown.of(name, best[name].title, best[name].text, "gold" if question.relevance.get(name, 0) > 0 else "")
        for name in order
    ]


def _result(
    question: RetrievalQuestion, data: RetrievalSet, scores: Mapping[str, Score], shown: Sequence[Shown]
) -> QuestionResult:
    return QuestionResult(
        question_id=question.question_id,
        text=question.text,
        type=question.type,
        language=question.language,
        scores=scores,
        expected={"documents": wanted_documents(question, data)},
        retrieved=tuple(shown),
        input_digest=input_digest(question.text, dict(question.relevance)),
    )
