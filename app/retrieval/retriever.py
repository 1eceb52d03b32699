"""A question in, the passages most likely to answer it out, with the scores that put them there."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from app.retrieval.fusion import ReciprocalRankFusion
from app.retrieval.glossary import Glossary
from app.retrieval.late import Coded, LateInteraction
from app.retrieval.stories import MOST, Need, bears, merged, names_told, sentences_told, weights_of
from index.ports import Embedder
from index.text.language import other_language
from index.types import FloatMatrix, Hit, Language, Passage, Query

_VECTOR_STAGES = ("dense", "sentence")
_JUDGED = 10
"""Hits whose sentences are looked at."""


class Searchable(Coded, Protocol):
    """What can be searched: a generation of the index, or passages handed in with the question."""

    @property
    def name(self) -> str:
        """Name of the generation."""

    def rank(self, query: Query, vector: FloatMatrix, *, depth: int = 50) -> Mapping[str, Sequence[Hit]]:
        """Hits by stage, best first, filtered before the cut at `depth`; `vector` is float32, (1, d)."""

    def holds(self, query: Query) -> bool:
        """Whether a query may see any passage at all, whatever its words; cheap."""

    def passages(self, ids: Sequence[str]) -> Sequence[Passage]:
        """The passages of these ids, in this order."""

    def passages_of(self, document_id: str, *, offset: int = 0, limit: int | None = None) -> Sequence[Passage]:
        """The passages of a document, in their order, or a part of them; [] for an unknown one."""

    def in_language(self, vector: FloatMatrix, source: Language, target: Language) -> FloatMatrix:
        """The question's vector of language `source`, moved to where texts of `target` lie."""

    def passage_similarities(self, vector: FloatMatrix, ids: Sequence[str]) -> NDArray[np.float32]:
        """Dot product of a vector (1, d) with each of these passages, (n,)."""

    def sentence_similarities(self, vector: FloatMatrix, ids: Sequence[str]) -> Mapping[str, NDArray[np.float32]]:
        """Dot product of a vector (1, d) with each sentence of these passages; empty without sentence vectors."""


@dataclass(frozen=True, slots=True)
class Retrieved:
    """A passage that was found, with what the stages said of it."""

    passage: Passage
    hit: Hit
    similarities: NDArray[np.float32] = field(default_factory=lambda: np.zeros(0, np.float32))
    """Cosine of the question with each sentence, (number of sentences,)."""
    answering: NDArray[np.float32] = field(default_factory=lambda: np.zeros(0, np.float32))
    """How far each sentence points to where an answer would, (number of sentences,); empty without a scorer."""
    words: FloatMatrix = field(default_factory=lambda: np.zeros((0, 2), np.float32))
    """How well each sentence matches the question's words, alone and with what stands above it, (number of sentences,
    2); empty without late interaction."""


def unseen(found: Sequence[Retrieved], seen: Sequence[Retrieved]) -> list[Retrieved]:
    """Of what was found the passages that are not among those `seen`, in order."""
    known = {item.hit.passage_id for item in seen}
    return [item for item in found if item.hit.passage_id not in known]


def nearest_sentence(retrieved: Sequence[Retrieved]) -> float:
    """Cosine of the question with the nearest sentence of these passages; 0.0 for none."""
    return max((float(np.max(item.similarities)) for item in retrieved if len(item.similarities)), default=0.0)


class Scorer(Protocol):
    """Knows what answers look like; see `app.retrieval.scoring`."""

    def wanted(self, vector: FloatMatrix) -> FloatMatrix:
        """Of a question's vector (1, d) the direction of its answers, (1, d)."""

    def best(self, question: str, found: Sequence[Retrieved]) -> Sequence[float]:
        """For each passage how likely its best sentence answers; comparable within what was found."""


class Moving(Protocol):
    """Knows where the answers to a question lie; see `index.embedding.query_map`."""

    def moved(self, vectors: FloatMatrix) -> FloatMatrix:
        """Of questions' vectors (n, d) those to search with."""


class Retriever:
    """Ranks by four stages, fuses their ranks and looks at the first of them word by word.

    See `index.search` for the stages, `app.retrieval.late` for the words.
    """

    def __init__(
        self,
        embedder: Embedder,
        *,
        fusion: ReciprocalRankFusion | None = None,
        scorer: Scorer | None = None,
        late: LateInteraction | None = None,
        moving: Callable[[], Moving | None] = lambda: None,
        depth: int = 50,
    ) -> None:
        """Nothing is loaded.

        `moving` gives the learnt map that questions are searched with, asked anew for each search: what is read and
        judged afterwards is measured with the question as it is, for that is what its thresholds were set on.
        """
        if depth < 1:
            raise ValueError(f"Expected depth >= 1, got {depth}.")
        self._embedder, self._scorer, self._late = embedder, scorer, late
        self._moving, self._depth = moving, depth
        self._fusion = fusion or ReciprocalRankFusion(limit=depth)

    def search(self, query: Query, source: Searchable) -> list[Hit]:
        """At most `query.top` hits, best first; the first of them in the order of their best sentence.

        A message that tells a story is searched by its sentences and names instead: see `app.retrieval.stories`.
        """
        if told := sentences_told(query.text):
            return self._of_story(query, told, source)
        vector = self._vector(query)
        hits = self._search(query, source, vector)
        return hits if self._scorer is None else self._judged(self._scorer, query, hits, vector, source)

    def _of_story(self, query: Query, told: Sequence[str], source: Searchable) -> list[Hit]:
        """What the sentences of a story and the names in it find, merged by document."""
        texts = [*told, *names_told(query.text)]
        vectors = [row[np.newaxis] for row in self._embedder.embed_queries(texts)]
        found = [
            self._by_nearest(replace(query, text=text), vector, source)
            for text, vector in zip(texts, vectors, strict=True)
        ]
        ids = list(dict.fromkeys(hit.passage_id for hits in found for hit in hits))
        passages = dict(zip(ids, source.passages(ids), strict=True))
        nearest = [_nearest(hits, vector, source) for hits, vector in zip(found[: len(told)], vectors, strict=False)]
        needs = [
            Need(weight, hits, hits[-1].score)
            for hits, weight in zip(found, weights_of(told, nearest), strict=False)
            if hits
        ]
        for name, hits in zip(texts[len(told) :], found[len(told) :], strict=True):
            if kept := [hit for hit in hits if bears(passages[hit.passage_id].title, name)]:
                needs.append(Need(MOST, kept, hits[-1].score))
        return merged(needs, {name: passage.document_id for name, passage in passages.items()}, limit=query.top)

    def retrieve(self, query: Query, source: Searchable) -> list[Retrieved]:
        """As `search`, with the passages themselves and how near each of their sentences is to the question."""
        vector = self._vector(query)
        found = self._looked_up(self._search(query, source, vector), vector, vector, source)
        return self._worded(query.text, found, source)

    def _looked_up(
        self, hits: Sequence[Hit], vector: FloatMatrix, asked: FloatMatrix, source: Searchable
    ) -> list[Retrieved]:
        """Passages with their similarities to `vector`; `asked` is the question's own vector, wherever it was moved."""
        ids = [hit.passage_id for hit in hits]
        similarities = source.sentence_similarities(vector, ids)
        answering = {} if self._scorer is None else source.sentence_similarities(self._scorer.wanted(asked), ids)
        empty = np.zeros(0, np.float32)
        return [
            Retrieved(passage, hit, similarities.get(hit.passage_id, empty), answering.get(hit.passage_id, empty))
            for passage, hit in zip(source.passages(ids), hits, strict=True)
        ]

    def retrieve_across(self, query: Query, source: Searchable) -> list[Retrieved]:
        """Passages of the other language alone, which the question's own would crowd out.

        The vector stages go by a question moved there, the others by the words that the glossary has for the
        question's own; where it has none only the vector stages count. What the question found unmoved is found again:
        only here its sentences are compared across languages.
        """
        other = other_language(query.text)
        own: Language = "en" if other == "zh" else "zh"
        asked = self._vector(query)
        vector = source.in_language(asked, own, other)
        words = Glossary.shipped().search_text(query.text, other)
        rankings = source.rank(replace(query, text=words or query.text, language=other), vector, depth=self._depth)
        fused = self._fusion({name: hits for name, hits in rankings.items() if words or name in _VECTOR_STAGES})
        fused = self._refined(query, fused, source, across=(own, other))
        # Passages in both languages are found by either; the own search has them.
        found = [
            item
            for item in self._looked_up(fused[: 3 * query.top], vector, asked, source)
            if item.passage.language == other
        ]
        return self._worded(query.text, found[: query.top], source, across=(own, other))

    def _worded(
        self, text: str, found: list[Retrieved], source: Searchable, *, across: tuple[Language, Language] | None = None
    ) -> list[Retrieved]:
        """With how well their sentences match the question's words."""
        if self._late is None:
            return found
        words = self._late.by_sentence(text, [item.passage for item in found], source, across=across)
        return [replace(item, words=some) for item, some in zip(found, words, strict=True)]

    def _vector(self, query: Query) -> FloatMatrix:
        return self._embedder.embed_queries([query.text])

    def _search(self, query: Query, source: Searchable, vector: FloatMatrix) -> list[Hit]:
        moving = self._moving()
        asked = vector if moving is None else moving.moved(vector)
        rankings = source.rank(query, asked, depth=self._depth)
        hits = self._refined(query, self._fusion(rankings), source)[: query.top]
        return hits if moving is None else _measured(hits, vector, source)

    def _by_nearest(self, query: Query, vector: FloatMatrix, source: Searchable) -> list[Hit]:
        """Passages by their nearest sentence alone, or by the first stage that found any."""
        moving = self._moving()
        rankings = source.rank(query, vector if moving is None else moving.moved(vector), depth=self._depth)
        for stage in ("sentence", *rankings):
            if hits := rankings.get(stage):
                return [
                    replace(hit, stages=MappingProxyType({stage: hit.score}), ranks=MappingProxyType({stage: rank}))
                    for rank, hit in enumerate(hits, start=1)
                ]
        return []

    def _judged(
        self, scorer: Scorer, query: Query, hits: list[Hit], vector: FloatMatrix, source: Searchable
    ) -> list[Hit]:
        """The first hits by what their best sentence says, which is known by stage "answer"; scores stay in their
        places."""
        found = self._worded(query.text, self._looked_up(hits[:_JUDGED], vector, vector, source), source)
        likely = scorer.best(query.text, found)
        order = sorted(range(len(found)), key=lambda at: (-likely[at], at))
        first = [
            replace(
                hits[at],
                score=hits[place].score,
                stages=MappingProxyType({**hits[at].stages, "answer": likely[at]}),
                ranks=MappingProxyType({**hits[at].ranks, "answer": place + 1}),
            )
            for place, at in enumerate(order)
        ]
        return [*first, *hits[_JUDGED:]]

    def _refined(
        self, query: Query, hits: list[Hit], source: Searchable, *, across: tuple[Language, Language] | None = None
    ) -> list[Hit]:
        return hits if self._late is None else self._late(query.text, hits, source, across=across)


def _measured(hits: Sequence[Hit], vector: FloatMatrix, source: Searchable) -> list[Hit]:
    """Hits of a moved question in their order, with the cosines of the question as it is, (1, d), in stage "dense"."""
    cosines = source.passage_similarities(vector, [hit.passage_id for hit in hits]).tolist()
    return [
        replace(hit, stages=MappingProxyType({**hit.stages, "dense": cosine})) if "dense" in hit.stages else hit
        for hit, cosine in zip(hits, cosines, strict=True)
    ]


def _nearest(hits: Sequence[Hit], vector: FloatMatrix, source: Searchable) -> float | None:
    """Cosine of a vector (1, d) with the nearest of these passages; None for none."""
    return float(source.passage_similarities(vector, [hit.passage_id for hit in hits]).max()) if hits else None
