"""What can be measured of a question against what was found for it."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import numpy as np

from app.assistant.asked_quantity import asks_for_quantity, holds_asked_quantity
from app.domain import Evidence
from app.retrieval.given import is_given
from app.retrieval.glossary import terms_across
from app.retrieval.reading import Reading
from app.retrieval.retriever import Retrieved, nearest_sentence
from app.retrieval.scoring import parts_of
from app.retrieval.shop_words import in_shop_words
from index.search import SEARCHES
from index.text.language import crosses
from index.text.normalize import bare
from index.text.terms import TermWeights, content_terms, held_terms
from index.types import Passage

_MOST_AGREEING = 2
"""Passages beside an answer's own; more of them all count as so many."""

DIRECTIONS: Mapping[str, int] = {
    "nearest_sentence": 1,
    "nearest_passage": 1,
    "mean_passage": 1,
    "stages": 1,
    "best_held": 1,
    "all_held": 1,
    "heaviest_open": -1,
    "open_terms": -1,
    "figure_missing": -1,
    "figure_found": 1,
    "crossing": -1,
    "few_terms": -1,
    "read_answerable": 1,
    "read_best": 1,
    "read_second": 1,
    "read_short": 1,
    "agreeing": 1,
}
"""Which way each may count: a few hundred questions say too little to be believed against what is plain, say that an
answer is likelier right where the figure that was asked for is missing."""


def extract_features(
    question: str, retrieved: Sequence[Retrieved], evidence: Sequence[Evidence], reading: Reading | None = None
) -> Mapping[str, float]:
    """Feature values by name, most of them in [0, 1]. Expects at least one passage and one piece of evidence.

    With a reading there are five more: its logit that anything answers, that of the best sentence, and that of the
    second best, each divided by 4, the score of the likeliest short answer, divided by 8, and, of passages that were
    handed in, how many others hold it. Where the best evidence is in the other language the question's words are those
    that the glossary finds in what was retrieved.
    """
    question = in_shop_words(question)
    quotes = [item.quote for item in evidence]
    around = [f"{item.passage.context}\n{item.row_name}" for item in evidence]
    is_crossing = crosses(question, quotes[0])
    passages = [item.passage for item in retrieved]
    terms = terms_across(question, passages) if is_crossing else content_terms(question)
    weights = TermWeights.of([parts_of(item) for item in passages])
    held = held_terms(terms, "\n".join(quotes), around="\n".join(around))
    open_weights = [weights.weight(term) * (1 - share) for term, share in zip(terms, held, strict=True)]
    heaviest = math.log((len(retrieved) + 1) / 0.5)
    dense = [item.hit.stages["dense"] for item in retrieved if "dense" in item.hit.stages]
    has_figure = [holds_asked_quantity(question, quote) for quote in quotes]
    features = {
        "nearest_sentence": _scaled(nearest_sentence(retrieved)),
        "nearest_passage": _scaled(max(dense, default=0.0)),
        "mean_passage": _scaled(float(np.mean(dense)) if dense else 0.0),
        "stages": len(SEARCHES & retrieved[0].hit.stages.keys()) / 4,
        "best_held": weights.coverage(terms, quotes[0], around=around[0]),
        "all_held": sum(held) / len(held) if held else 0.0,
        "heaviest_open": max(open_weights, default=0.0) / heaviest,
        "open_terms": min(1.0, sum(share < 0.5 for share in held) / 6),
        "figure_missing": float(asks_for_quantity(question) and not any(has_figure[:3])),
        "figure_found": float(asks_for_quantity(question) and has_figure[0]),
        "crossing": float(is_crossing),
        "few_terms": float(len(content_terms(question)) <= 1),
        "handed_in": float(is_given(retrieved[0].passage)),
    }
    if reading is not None:
        logits = sorted((logit for window in reading.sentences for logit in window), reverse=True)
        features["read_answerable"] = reading.answerable / 4
        features["read_best"] = logits[0] / 4 if logits else -2.0
        features["read_second"] = logits[1] / 4 if len(logits) > 1 else -2.0
        short = [answer for row in reading.answers for answer in row if answer is not None]
        best = max(short, key=lambda answer: answer.score, default=None)
        features["read_short"] = best.score / 8 if best is not None else -1.0
        features["agreeing"] = _agreeing(best.words, passages) if best is not None and features["handed_in"] else 0.0
    return features


def _agreeing(answer: str, passages: Sequence[Passage]) -> float:
    """How many passages beside its own hold the short answer: 0, half (one) or 1 (more).

    What was handed in says one thing in several ways where it answers; a shop says it once.
    """
    words = bare(answer)
    holding = sum(words in bare(passage.text) for passage in passages) if words else 0
    return min(max(holding - 1, 0), _MOST_AGREEING) / _MOST_AGREEING


def _scaled(cosine: float) -> float:
    """e5 puts unrelated texts at about .78 and a question beside its answer at about .9."""
    return (cosine - 0.78) / 0.12
