"""A wide question (What is your return policy?) is answered by the main points of the document that is about it.

Which document that is, if any, is told by its title: every word of the subject should be named there. The weights are
fitted by `app.training.overviews`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from app.assistant.answerability import LogisticWeights, Weighing
from app.assistant.asked_topic import asked_topic
from app.assistant.finding import Finding, Look, Overview
from app.assistant.main_points import WHOLE, Length, main_points
from app.assistant.named_subject import TokenReader, named_features
from app.domain import Evidence, logistic, logit_of, renumbered
from app.generation.polarity import negations
from app.retrieval.given import GivenPassages
from app.retrieval.retriever import Retrieved, Searchable, nearest_sentence, unseen
from index.filters import Audience
from index.ports import Embedder, TokenEmbedder
from index.types import Hit, Passage, Query

FILE_NAME = "overview.json"
SURE = 0.7
"""Probability from which a document is the one: below it the question is answered like any other."""
_SURE_BESIDE = 0.5
_ABOUT_AS_LIKELY = 1.5
"""Log odds by which a second document may be less sure and is told as well: of returns at home and from abroad."""
_SHORT = Length(4, 560)
_OTHERS = 3
"""Further documents on the subject that are named."""
_MOST_PASSAGES = 200
"""Of a document that are looked through."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A document that a question may be about."""

    passage: Passage
    """The first of it that was found."""
    features: Mapping[str, float]
    """Of `named_features`, and `rank`: 1 / its place in the search."""
    probability: float

    @property
    def document(self) -> str:
        """Its id."""
        return self.passage.document_id

    @property
    def is_aside(self) -> bool:
        """Whether it is about what holds for a while only, or what is not: neither is a subject as a whole."""
        return self.passage.valid_to is not None or negations(self.passage.title) % 2 == 1

    def may_follow(self, first: Candidate, least: float) -> bool:
        """Whether another document in the language of the first is on the subject as well."""
        is_other = self.document != first.document and self.passage.language == first.passage.language
        return is_other and self.is_aside <= first.is_aside and self.probability >= least


class Overviews:
    """Finds the document that a wide question is about."""

    def __init__(self, tokens: TokenReader, *, weights: LogisticWeights | None = None) -> None:
        """Nothing is loaded but the weights, those that come with kefu by default."""
        self._tokens = tokens
        self._weights = weights or LogisticWeights.shipped(FILE_NAME)

    @classmethod
    def over(cls, embedder: Embedder, *, weights: LogisticWeights | None = None) -> Overviews | None:
        """Those of an embedder that gives tokens; None for another, whose nearness the weights know nothing of."""
        return cls(embedder, weights=weights) if isinstance(embedder, TokenEmbedder) else None

    def asked(self, question: str, source: Searchable) -> tuple[str, ...]:
        """The words of the subject that is asked about as a whole; none for others, and of what is handed in."""
        return () if isinstance(source, GivenPassages) else asked_topic(question)

    def told(
        self,
        words: Sequence[str],
        query: Query,
        source: Searchable,
        own: Sequence[Retrieved],
        across: Sequence[Retrieved],
    ) -> Finding | None:
        """The main points of the document on the subject among what was found; None where none is sure to be."""
        across = unseen(across, own)
        candidates = self.candidates(words, [item.passage for item in [*own, *across]])
        told = list(self._told(candidates, query, source))
        if not told:
            return None
        first, length = told[0][0], WHOLE if len(told) == 1 else _SHORT
        evidence = tuple(renumbered([point for _, passages in told for point in main_points(passages, length)]))
        return Finding(
            evidence,
            first.probability,
            look=_look(own, across, evidence),
            nearest=nearest_sentence([*own, *across]),
            overview=Overview(_others(candidates, [item for item, _ in told]), self._weighing(first)),
        )

    def _told(
        self, candidates: Sequence[Candidate], query: Query, source: Searchable
    ) -> Iterator[tuple[Candidate, list[Passage]]]:
        """The document that is the one with what may be read of it, and another that is about as likely."""
        first: Candidate | None = None
        for item in candidates:
            if item.probability < SURE if first is None else not item.may_follow(first, _as_sure_as(first)):
                continue
            passages = _readable(item.document, query, source)
            if main_points(passages):
                yield item, passages
                if first is not None:
                    return
                first = item

    def candidates(self, words: Sequence[str], passages: Sequence[Passage]) -> list[Candidate]:
        """The documents of these passages, best first, that the title of each may name the subject of these words."""
        first: dict[str, tuple[int, Passage]] = {}
        for place, passage in enumerate(passages, start=1):
            first.setdefault(passage.document_id, (place, passage))
        found = []
        for place, passage in first.values():
            if (named := named_features(words, passage.title, self._tokens)) is not None:
                features = {**named, "rank": 1 / place}
                found.append(Candidate(passage, features, self._weights.probability(features)))
        return sorted(found, key=lambda item: (item.is_aside, -item.probability))

    def _weighing(self, chosen: Candidate) -> Weighing:
        weights = self._weights.weights
        return Weighing(self._weights.intercept, {name: (chosen.features[name], weights[name]) for name in weights})


def _others(candidates: Sequence[Candidate], told: Sequence[Candidate]) -> tuple[str, ...]:
    """Titles of further documents on the subject, the likeliest first."""
    titles = [item.passage.title for item in candidates if item.may_follow(told[0], _SURE_BESIDE)]
    known = {item.passage.title for item in told}
    return tuple(title for title in dict.fromkeys(titles) if title not in known)[:_OTHERS]


def _look(own: Sequence[Retrieved], across: Sequence[Retrieved], evidence: tuple[Evidence, ...]) -> Look:
    """What was found, with the passages of the evidence that were not, for they are of a document that was."""
    known = {item.hit.passage_id for item in [*own, *across]}
    told = {item.passage.passage_id: item.passage for item in evidence if item.passage.passage_id not in known}
    further = [Retrieved(passage, Hit(name, 0.0)) for name, passage in told.items()]
    return Look([*own, *further, *across], evidence, None, across=len(across))


def _as_sure_as(other: Candidate) -> float:
    return logistic(logit_of(other.probability) - _ABOUT_AS_LIKELY)


def _readable(document: str, query: Query, source: Searchable) -> list[Passage]:
    """Of a document what the caller may read of the day that is asked about."""
    passages = source.passages_of(document, limit=_MOST_PASSAGES)
    return [passage for passage in passages if Audience.of(passage).admits(query)]
