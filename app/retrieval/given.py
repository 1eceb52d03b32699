"""Passages handed in with the question, searchable like a generation."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from index.ports import Embedder, codec_of
from index.text.language import detect
from index.text.sentences import split_sentences
from index.types import FloatMatrix, Hit, Language, Location, Passage, Query, TokenCodes

GIVEN = "given"
"""Name of what is no generation of an index."""


class GivenPassages:
    """A handful of texts, embedded on the spot and ranked by cosine; nothing is stored."""

    def __init__(self, texts: Sequence[str], embedder: Embedder) -> None:
        self.name = GIVEN
        self._passages = given_passages(texts)
        self._by_id = {passage.passage_id: at for at, passage in enumerate(self._passages)}
        self._embedded = embedder.embed_passages(self._passages)
        codec = codec_of(embedder)
        self._token_codec = codec.codec_id if codec is not None else ""

    def rank(self, query: Query, vector: FloatMatrix, *, depth: int = 50) -> Mapping[str, Sequence[Hit]]:  # noqa: ARG002
        """Stages "dense" and "sentence"; `query`'s filters do not apply to what the caller handed in itself."""
        if not self._passages:
            return {}
        dense = self._embedded.passages @ vector[0]
        near = [float(np.max(rows @ vector[0])) if len(rows) else -1.0 for rows in self._embedded.sentences]
        return {"dense": self._best(dense.tolist(), depth), "sentence": self._best(near, depth)}

    def holds(self, query: Query) -> bool:
        """Whether there are any; none of them comes into force later."""
        return bool(self._passages) and not query.is_upcoming

    def passages(self, ids: Sequence[str]) -> Sequence[Passage]:
        """The passages of these ids, in this order."""
        return [self._passages[self._by_id[passage_id]] for passage_id in ids]

    def passages_of(self, document_id: str, *, offset: int = 0, limit: int | None = None) -> Sequence[Passage]:
        """The one passage of a text, in a list; [] for an unknown one."""
        return [passage for passage in self._passages if passage.document_id == document_id][offset:][:limit]

    @property
    def token_codec(self) -> str:
        """What made the codes of their tokens; "" where the embedder makes none."""
        return self._token_codec

    def token_codes(self, ids: Sequence[str]) -> Sequence[TokenCodes]:
        """Codes of the tokens of these passages, in this order."""
        return [self._embedded.codes[self._by_id[passage_id]] for passage_id in ids]

    def in_language(self, vector: FloatMatrix, source: Language, target: Language) -> FloatMatrix:  # noqa: ARG002
        """The vector itself: a handful of texts is ranked whole, whatever their languages."""
        return vector

    def passage_similarities(self, vector: FloatMatrix, ids: Sequence[str]) -> NDArray[np.float32]:
        """Cosine of the question with each of these passages, (n,)."""
        rows = self._embedded.passages[[self._by_id[passage_id] for passage_id in ids]]
        similarities: NDArray[np.float32] = np.asarray(rows @ vector[0], np.float32)
        return similarities

    def sentence_similarities(self, vector: FloatMatrix, ids: Sequence[str]) -> Mapping[str, NDArray[np.float32]]:
        """Cosine of the question with each sentence of these passages."""
        return {passage_id: self._embedded.sentences[self._by_id[passage_id]] @ vector[0] for passage_id in ids}

    def _best(self, scores: Sequence[float], depth: int) -> list[Hit]:
        order = sorted(range(len(scores)), key=lambda at: (-scores[at], at))[:depth]
        return [Hit(self._passages[at].passage_id, float(scores[at])) for at in order]


def given_passages(texts: Sequence[str]) -> list[Passage]:
    """The passages that are made of such texts, as citations name them; blank ones are left out, numbers stay."""
    return [_passage(number, text) for number, text in enumerate(texts, start=1) if text.strip()]


def is_given(passage: Passage) -> bool:
    """Whether a passage was handed in with the question."""
    return passage.document_id.startswith(f"{GIVEN}-") and passage.document_id == passage.title


def _passage(number: int, text: str) -> Passage:
    digest = hashlib.sha256(text.encode()).hexdigest()[:12]
    return Passage(
        passage_id=f"{GIVEN}-{number}-{digest}",
        document_id=f"{GIVEN}-{number}",
        title=f"{GIVEN}-{number}",
        text=text,
        context="",
        language=detect(text),
        location=Location(0, len(text)),
        sentences=tuple(split_sentences(text)),
    )
