"""The four stages of search in one generation: passages and sentences by vector, words and bigrams by BM25."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from index.filters import Admitted, Filters
from index.lexical import TOKENIZERS, LexicalIndex
from index.types import FloatMatrix, Hit, Query
from index.vectors import Selection, VectorIndex

SEARCHES = frozenset({"dense", "sentence", *TOKENIZERS})
"""Names of the stages."""
_SENTENCES_PER_PASSAGE = 4
"""Sentences looked at for each passage wanted, before the first try is judged too short."""
_REMEMBERED_MASKS = 32


@dataclass(frozen=True, slots=True)
class _Scope:
    """What one kind of query may see, in the form of each index."""

    admitted: Admitted
    passages: Selection | None
    sentences: Selection | None


class StageSearch:
    """Ranks passages by each stage; filters act inside every stage, before its cut.

    Rows number the passages in the order of their ids; `sentence_rows[i]` is the row that sentence vector i belongs
    to, in ascending order, so that the sentences of a passage lie side by side.
    """

    def __init__(
        self,
        ids: Sequence[str],
        filters: Filters,
        *,
        dense: VectorIndex,
        sentences: VectorIndex,
        sentence_rows: NDArray[np.int32],
        lexical: LexicalIndex,
    ) -> None:
        self._ids, self._filters = ids, filters
        self._dense, self._sentences, self._lexical = dense, sentences, lexical
        self._sentence_rows = sentence_rows
        self._first_sentence = np.searchsorted(sentence_rows, np.arange(len(ids) + 1))
        self._row_of = {passage_id: row for row, passage_id in enumerate(ids)}
        self._scopes: OrderedDict[tuple[object, ...], _Scope] = OrderedDict()
        self._lock = threading.Lock()

    def holds(self, query: Query) -> bool:
        """Whether the filters of a query admit any passage."""
        return self._filters.admits_any(query)

    def rank(self, query: Query, vector: FloatMatrix, *, depth: int) -> dict[str, list[Hit]]:
        """Hits by stage, at most `depth` each, best first, ties by passage id."""
        if depth < 1:
            raise ValueError(f"Expected depth >= 1, got {depth}.")
        scope = self._scope(query)
        if scope.admitted.is_nothing:
            return {stage: [] for stage in ("dense", "sentence", *TOKENIZERS)}
        ranked = {
            "dense": self._by_passage(vector, scope, depth),
            "sentence": self._by_sentence(vector, scope, depth),
        }
        for field in TOKENIZERS:
            found = self._lexical.search(field, query.text, top=depth, audiences=scope.admitted.keys)
            ranked[field] = [Hit(self._ids[row], score) for row, score in found]
        return ranked

    def passage_similarities(self, vector: FloatMatrix, ids: Sequence[str]) -> NDArray[np.float32]:
        """Dot product of a vector (1, d) with each of these passages, (n,); KeyError for an unknown id."""
        similarities: NDArray[np.float32] = (self._dense.rows(self.rows_of(ids)) @ vector[0]).astype(np.float32)
        return similarities

    def sentence_similarities(self, vector: FloatMatrix, ids: Sequence[str]) -> Mapping[str, NDArray[np.float32]]:
        """Dot product of a vector (1, d) with each sentence of these passages; KeyError for an unknown id."""
        return {name: (rows @ vector[0]).astype(np.float32) for name, rows in self.sentence_vectors(ids).items()}

    def sentence_vectors(self, ids: Sequence[str]) -> Mapping[str, FloatMatrix]:
        """Vectors of the sentences of these passages, (number of sentences, d) each; KeyError for an unknown id."""
        rows = self.rows_of(ids)
        spans = [(int(self._first_sentence[row]), int(self._first_sentence[row + 1])) for row in rows]
        vectors = self._sentences.rows([number for start, end in spans for number in range(start, end)])
        ends = np.cumsum([end - start for start, end in spans])
        return dict(zip(ids, np.split(vectors, ends[:-1]), strict=True)) if spans else {}

    def vectors(self) -> tuple[Sequence[str], FloatMatrix, FloatMatrix, NDArray[np.int32]]:
        """Ids of all passages, their vectors, those of all sentences, and the row of the passage of each sentence."""
        passages = self._dense.rows(np.arange(len(self._ids)))
        sentences = self._sentences.rows(np.arange(len(self._sentence_rows)))
        return self._ids, passages, sentences, self._sentence_rows

    def rows_of(self, ids: Sequence[str]) -> list[int]:
        """The rows of these passages; KeyError for an unknown id."""
        return [self._row_of[passage_id] for passage_id in ids]

    def near_sentences(self, vectors: FloatMatrix, *, top: int) -> list[list[tuple[str, int, float]]]:
        """For each row of vectors (n, d) the nearest sentences of all: passage id, number, cosine; best first."""
        scores, numbers = self._sentences.search_many(vectors, top)
        found = []
        for row_scores, row_numbers in zip(scores.tolist(), numbers.tolist(), strict=True):
            near = []
            for score, number in zip(row_scores, row_numbers, strict=True):
                if number >= 0:
                    row = int(self._sentence_rows[number])
                    near.append((self._ids[row], number - int(self._first_sentence[row]), float(score)))
            found.append(near)
        return found

    def _by_passage(self, vector: FloatMatrix, scope: _Scope, depth: int) -> list[Hit]:
        scores, rows = self._dense.search(vector, depth, scope.passages)
        return [Hit(self._ids[row], score) for score, row in zip(scores.tolist(), rows.tolist(), strict=True)]

    def _by_sentence(self, vector: FloatMatrix, scope: _Scope, depth: int) -> list[Hit]:
        """Passages by their best sentence; looks at more sentences until enough passages are found or all were seen."""
        top = depth * _SENTENCES_PER_PASSAGE
        while True:
            scores, numbers = self._sentences.search(vector, top, scope.sentences)
            rows = self._sentence_rows[numbers]
            _, first = np.unique(rows, return_index=True)
            if len(first) >= depth or len(numbers) < top:
                break
            top *= 4
        hits = []
        # The first of a passage's sentences in the list is its best; a stable order keeps ties by row.
        for at in sorted(first.tolist(), key=lambda at: (-scores[at], rows[at]))[:depth]:
            row = int(rows[at])
            number = int(numbers[at]) - int(self._first_sentence[row])
            hits.append(Hit(self._ids[row], float(scores[at]), best_sentence=number))
        return hits

    def _scope(self, query: Query) -> _Scope:
        key = (query.language, query.as_of, query.is_upcoming, query.access)
        with self._lock:
            if scope := self._scopes.get(key):
                self._scopes.move_to_end(key)
                return scope
        admitted = self._filters.admitted(query)
        rows = admitted.rows
        scope = _Scope(
            admitted,
            passages=None if rows is None else Selection(rows),
            sentences=None if rows is None else Selection(rows[self._sentence_rows]),
        )
        with self._lock:
            self._scopes[key] = scope
            while len(self._scopes) > _REMEMBERED_MASKS:
                self._scopes.popitem(last=False)
        return scope
