"""Embeds with any sentence-transformers model; sentences get their vectors from the passage's own forward pass."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from index.embedding.windows import batches_of, plan_windows, tokens_of
from index.types import EmbeddedPassages, FloatMatrix, Passage, Span

if TYPE_CHECKING:
    from torch import Tensor

    from index.embedding.text_model import LazyTextModel, TextModel

_BATCH_TOKENS = 1024  # larger batches leave the processor's caches and are slower
_REMEMBERED_QUERIES = 2048
_CHARACTERS_A_TOKEN = 16  # a text is cut here before it is tokenised, so that a huge question costs no time


@dataclass(frozen=True, slots=True)
class _Window:
    """One row of a batch: part of a passage with the prefix before it."""

    passage: int
    ids: list[int]
    offset: int
    """Position in `ids` of the token `first`."""
    first: int
    last: int
    """Half-open range of the passage's tokens that the window holds."""


class SentenceTransformerEmbedder:
    """Fulfils `index.ports.Embedder`; usable from several threads.

    A sentence's vector is the mean of its token vectors in the forward pass of the whole passage ("late" pooling): it
    knows its context and costs nothing. Source: Günther et al., "Late Chunking", arXiv:2409.04701.
    """

    def __init__(
        self,
        model: LazyTextModel,
        *,
        embedder_id: str,
        query_prefix: str = "query: ",
        passage_prefix: str = "passage: ",
    ) -> None:
        """Nothing is loaded yet.

        Args:
            model: may be shared with others.
            embedder_id: name and revision, as recorded in the index.
            query_prefix: what the model wants before a question (e5's words by default).
            passage_prefix: what it wants before a passage.
        """
        self._model, self._embedder_id = model, embedder_id
        self._query_prefix, self._passage_prefix = query_prefix, passage_prefix
        # One question and one batch of passages at a time: more would only share the same cores, and a question
        # must not wait behind an ingest.
        self._query_lock, self._passage_lock = threading.Lock(), threading.Lock()
        self._remembered: OrderedDict[str, FloatMatrix] = OrderedDict()
        self._remembered_lock = threading.Lock()

    @property
    def embedder_id(self) -> str:
        """Name and revision of the model."""
        return self._embedder_id

    @property
    def dimension(self) -> int:
        """Length of a vector; known without loading the model where its folder tells it."""
        return self._model.dimension

    def load(self) -> None:
        """Load the weights, once; later calls return at once.

        Raises `ModelMissing` or `ModelDamaged`.
        """
        self._model.get()

    def embed_queries(self, texts: Sequence[str]) -> FloatMatrix:
        """Embed questions; see `Embedder`. Questions that were asked before are remembered."""
        loaded = self._model.get()
        if not texts:
            return np.empty((0, loaded.dimension), np.float32)
        with self._remembered_lock:
            known = {text: self._remembered[text] for text in texts if text in self._remembered}
        if missing := [text for text in dict.fromkeys(texts) if text not in known]:
            known.update(zip(missing, self._embed_questions(loaded, missing), strict=True))
        with self._remembered_lock:
            for text in dict.fromkeys(texts):
                self._remembered[text] = known[text]
                self._remembered.move_to_end(text)
            while len(self._remembered) > _REMEMBERED_QUERIES:
                self._remembered.popitem(last=False)
        return np.stack([known[text] for text in texts])

    def embed_passages(self, passages: Sequence[Passage]) -> EmbeddedPassages:
        """Embed passages and their sentences; see `Embedder`. Memory grows with the number given: a few thousand.

        A passage longer than the model's window is read in windows that end between sentences; its vector is the mean
        of theirs, weighted by tokens.
        """
        loaded = self._model.get()
        vectors = np.zeros((len(passages), loaded.dimension), np.float32)
        sentences = [np.zeros((len(passage.sentences), loaded.dimension), np.float32) for passage in passages]
        windows, ranges = self._windows(loaded, passages)
        for group in batches_of([len(window.ids) for window in windows], _BATCH_TOKENS):
            rows = [windows[number] for number in group]
            with self._passage_lock:
                tokens, pooled = loaded.forward([row.ids for row in rows])
            for row, states, vector in zip(rows, tokens, pooled, strict=True):
                vectors[row.passage] += vector * max(row.last - row.first, 1)
                _add_sentences(sentences[row.passage], ranges[row.passage], row, states)
        vectors = _unit(vectors)
        counts = [len(found) for found in sentences]
        late = _finished(loaded, np.concatenate(sentences) if sentences else vectors[:0])
        for number, found in enumerate(np.split(late, np.cumsum(counts)[:-1]) if counts else []):
            found[~found.any(axis=1)] = vectors[number]  # no token of its own: symbols that the tokeniser drops
            sentences[number] = found
        return EmbeddedPassages(vectors, tuple(sentences))

    def _embed_questions(self, loaded: TextModel, texts: Sequence[str]) -> FloatMatrix:
        lead, trail = loaded.tokenizer.lead, loaded.tokenizer.trail
        limit = loaded.max_tokens - len(lead) - len(trail)
        cut = [(self._query_prefix + text)[: limit * _CHARACTERS_A_TOKEN] for text in texts]
        rows = [[*lead, *ids[:limit], *trail] for ids in loaded.tokenizer.ids(cut)]
        vectors = np.empty((len(rows), loaded.dimension), np.float32)
        for group in batches_of([len(row) for row in rows], _BATCH_TOKENS):
            with self._query_lock:
                _, vectors[group] = loaded.forward([rows[number] for number in group])
        return _unit(vectors)

    def _windows(self, loaded: TextModel, passages: Sequence[Passage]) -> tuple[list[_Window], list[list[Span]]]:
        """Rows to compute, and for each passage the range of tokens of each of its sentences."""
        texts = [self._passage_prefix + passage.embedded_text for passage in passages]
        windows: list[_Window] = []
        ranges: list[list[Span]] = []
        lead, trail = loaded.tokenizer.lead, loaded.tokenizer.trail
        room = loaded.max_tokens - len(lead) - len(trail)
        for number, (ids, offsets) in enumerate(loaded.tokenizer.ids_with_offsets(texts)):
            passage = passages[number]
            shift = len(texts[number]) - len(passage.text)
            spans = tokens_of([(start + shift, end + shift) for start, end in passage.sentences], offsets)
            # The prefix is said again at the head of every window.
            prefix = int(np.searchsorted(offsets[:, 0], len(self._passage_prefix.rstrip())))
            ranges.append([(start - prefix, end - prefix) for start, end in spans])
            body = ids[prefix:]
            for first, last in plan_windows(len(body), ranges[-1], room - prefix):
                row = [*lead, *ids[:prefix], *body[first:last], *trail]
                windows.append(_Window(number, row, len(lead) + prefix, first, last))
        return windows, ranges


def _add_sentences(target: FloatMatrix, ranges: Sequence[Span], row: _Window, states: Tensor) -> None:
    """Add to each sentence's row the sum of its token vectors in this window (a mean up to length)."""
    for number, (start, end) in enumerate(ranges):
        first, last = max(start, row.first), min(end, row.last)
        if first < last:
            at = row.offset - row.first
            target[number] += states[at + first : at + last].sum(0).numpy() / (end - start)


def _finished(loaded: TextModel, means: FloatMatrix) -> FloatMatrix:
    """Vectors of unit length of mean token vectors; rows of zeros stay."""
    return _unit(np.where(means.any(axis=1, keepdims=True), loaded.finish(means), np.float32(0)))


def _unit(rows: FloatMatrix) -> FloatMatrix:
    """Rows of unit length; rows of zeros stay."""
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    unit: FloatMatrix = np.divide(rows, lengths, out=np.zeros_like(rows), where=lengths > 0)
    return unit
