"""Embeds with any sentence-transformers model; sentences get their vectors from the passage's own forward pass."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from index.embedding.windows import batches_of, plan_windows, tokens_of
from index.types import EmbeddedPassages, FloatMatrix, Passage, Span, TokenCodes

if TYPE_CHECKING:
    from torch import Tensor

    from index.embedding.text_model import LazyTextModel, TextModel
    from index.embedding.token_codec import TokenCodec

_BATCH_TOKENS = 1024  # larger batches leave the processor's caches and are slower
_REMEMBERED_QUERIES = 2048
_REMEMBERED_TOKENS = 32_768  # of all remembered questions: 25 MB
_REMEMBERED_PASSAGES = 4096  # where their sentences stand: 3 MB
_QUESTION_TOKENS = 64  # of a question that is compared word by word; a longer one is a story of many needs
_PASSAGE_TOKENS = 512  # of a passage, to be kept
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


@dataclass(frozen=True, slots=True)
class _Asked:
    """What is remembered of a question."""

    vector: FloatMatrix
    """(d,)."""
    tokens: NDArray[np.float16]
    """(t, d), less their mean, of unit length."""


class SentenceTransformerEmbedder:
    """Fulfils `index.ports.Embedder` and `TokenEmbedder`; usable from several threads.

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
        codec: TokenCodec | None = None,
    ) -> None:
        """Nothing is loaded yet.

        Args:
            model: may be shared with others.
            embedder_id: name and revision, as recorded in the index.
            query_prefix: what the model wants before a question (e5's words by default).
            passage_prefix: what it wants before a passage.
            codec: trained on this model's token vectors; None keeps none.
        """
        self._model, self._embedder_id = model, embedder_id
        self._query_prefix, self._passage_prefix, self._codec = query_prefix, passage_prefix, codec
        # One question and one batch of passages at a time: more would only share the same cores, and a question
        # must not wait behind an ingest.
        self._query_lock, self._passage_lock = threading.Lock(), threading.Lock()
        self._remembered: OrderedDict[str, _Asked] = OrderedDict()
        self._remembered_tokens = 0
        self._remembered_lock = threading.Lock()
        self._remembered_spans: OrderedDict[int, list[Span]] = OrderedDict()

    @property
    def embedder_id(self) -> str:
        """Name and revision of the model."""
        return self._embedder_id

    @property
    def dimension(self) -> int:
        """Length of a vector; known without loading the model where its folder tells it."""
        return self._model.dimension

    @property
    def token_codec(self) -> TokenCodec | None:
        """What makes codes of token vectors; None where none was trained for the model."""
        return self._codec

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
        known = self._asked(loaded, texts)
        return np.stack([known[text].vector for text in texts])

    def query_tokens(self, text: str) -> FloatMatrix:
        """The tokens of a question; see `TokenEmbedder`. None of one with more than 64, which asks for several things.

        They are remembered like its vector.
        """
        loaded = self._model.get()
        return self._asked(loaded, [text])[text].tokens.astype(np.float32)

    def embed_passages(self, passages: Sequence[Passage]) -> EmbeddedPassages:
        """Embed passages and their sentences; see `Embedder`. Memory grows with the number given: a few thousand.

        A passage longer than the model's window is read in windows that end between sentences; its vector is the mean
        of theirs, weighted by tokens.
        """
        loaded = self._model.get()
        vectors = np.zeros((len(passages), loaded.dimension), np.float32)
        sentences = [np.zeros((len(passage.sentences), loaded.dimension), np.float32) for passage in passages]
        codes = _CodesOfWindows(self._codec, len(passages)) if self._codec is not None else None
        windows, ranges = self._windows(loaded, passages)
        for rows, tokens, pooled in self._passes(loaded, windows):
            for row, states, vector in zip(rows, tokens, pooled, strict=True):
                vectors[row.passage] += vector * max(row.last - row.first, 1)
                _add_sentences(sentences[row.passage], ranges[row.passage], row, states)
            if codes is not None:
                codes.add(rows, tokens)
        vectors = _unit(vectors)
        counts = [len(found) for found in sentences]
        late = _finished(loaded, np.concatenate(sentences) if sentences else vectors[:0])
        for number, found in enumerate(np.split(late, np.cumsum(counts)[:-1]) if counts else []):
            found[~found.any(axis=1)] = vectors[number]  # no token of its own: symbols that the tokeniser drops
            sentences[number] = found
        return EmbeddedPassages(vectors, tuple(sentences), codes.joined() if codes is not None else ())

    def sentence_tokens(self, passages: Sequence[Passage]) -> Sequence[Sequence[Span]]:
        """Where the sentences stand among the tokens of their passages; see `TokenEmbedder`.

        Remembered, for the same passages are found again and again.
        """
        loaded = self._model.get()
        return [self._spans(loaded, passage) for passage in passages]

    def _spans(self, loaded: TextModel, passage: Passage) -> list[Span]:
        key = hash((passage.embedded_text, passage.sentences))  # not the text itself, which may have to be forgotten
        with self._remembered_lock:
            known = self._remembered_spans.get(key)
        if known is None:
            ((_, _, _, known),) = self._tokenised(loaded, [passage])
        with self._remembered_lock:
            self._remembered_spans[key] = known
            self._remembered_spans.move_to_end(key)
            if len(self._remembered_spans) > _REMEMBERED_PASSAGES:
                self._remembered_spans.popitem(last=False)
        return known

    def token_states(self, passages: Sequence[Passage]) -> list[FloatMatrix]:
        """Token vectors of passages, without prefix and special tokens, as the model gives them: what a codec is
        trained on."""
        loaded = self._model.get()
        found: list[list[tuple[int, FloatMatrix]]] = [[] for _ in passages]
        windows, _ = self._windows(loaded, passages)
        for rows, tokens, _ in self._passes(loaded, windows):
            for row, states in zip(rows, tokens, strict=True):
                found[row.passage].append((row.first, _body(row, states)))
        return [np.concatenate([states for _, states in sorted(parts, key=lambda part: part[0])]) for parts in found]

    def _passes(
        self, loaded: TextModel, windows: Sequence[_Window]
    ) -> Iterator[tuple[list[_Window], list[Tensor], FloatMatrix]]:
        """The windows in batches, with their token vectors and the pooled ones."""
        for group in batches_of([len(window.ids) for window in windows], _BATCH_TOKENS):
            rows = [windows[number] for number in group]
            with self._passage_lock:
                tokens, pooled = loaded.forward([row.ids for row in rows])
            yield rows, tokens, pooled

    def _asked(self, loaded: TextModel, texts: Sequence[str]) -> dict[str, _Asked]:
        """By text what is known of a question, now or from before."""
        with self._remembered_lock:
            known = {text: self._remembered[text] for text in texts if text in self._remembered}
        if missing := [text for text in dict.fromkeys(texts) if text not in known]:
            known.update(zip(missing, self._embed_questions(loaded, missing), strict=True))
        with self._remembered_lock:
            for text in dict.fromkeys(texts):
                if text not in self._remembered:
                    self._remembered[text] = known[text]
                    self._remembered_tokens += len(known[text].tokens)
                self._remembered.move_to_end(text)
            while len(self._remembered) > _REMEMBERED_QUERIES or self._remembered_tokens > _REMEMBERED_TOKENS:
                _, forgotten = self._remembered.popitem(last=False)
                self._remembered_tokens -= len(forgotten.tokens)
        return known

    def _embed_questions(self, loaded: TextModel, texts: Sequence[str]) -> list[_Asked]:
        lead, trail = loaded.tokenizer.lead, loaded.tokenizer.trail
        limit = loaded.max_tokens - len(lead) - len(trail)
        cut = [(self._query_prefix + text)[: limit * _CHARACTERS_A_TOKEN] for text in texts]
        rows = [[*lead, *ids[:limit], *trail] for ids in loaded.tokenizer.ids(cut)]
        vectors = np.empty((len(rows), loaded.dimension), np.float32)
        tokens = [np.zeros((0, loaded.dimension), np.float16)] * len(rows)
        start = len(lead) + (len(loaded.tokenizer.ids([self._query_prefix.rstrip()])[0]) if self._codec else 0)
        for group in batches_of([len(row) for row in rows], _BATCH_TOKENS):
            with self._query_lock:
                states, vectors[group] = loaded.forward([rows[number] for number in group])
            if self._codec is not None:
                for number, found in zip(group, states, strict=True):
                    words = found[start : len(rows[number]) - len(trail)]
                    if len(words) <= _QUESTION_TOKENS:
                        tokens[number] = self._codec.centred(words.float().numpy()).astype(np.float16)
        return [_Asked(vector, some) for vector, some in zip(_unit(vectors), tokens, strict=True)]

    def _windows(self, loaded: TextModel, passages: Sequence[Passage]) -> tuple[list[_Window], list[list[Span]]]:
        """Rows to compute, and for each passage the range of tokens of each of its sentences."""
        windows: list[_Window] = []
        ranges: list[list[Span]] = []
        lead, trail = loaded.tokenizer.lead, loaded.tokenizer.trail
        room = loaded.max_tokens - len(lead) - len(trail)
        for number, prefix, body, spans in self._tokenised(loaded, passages):
            ranges.append(spans)
            for first, last in plan_windows(len(body), spans, room - len(prefix)):
                # The prefix is said again at the head of every window.
                row = [*lead, *prefix, *body[first:last], *trail]
                windows.append(_Window(number, row, len(lead) + len(prefix), first, last))
        return windows, ranges

    def _tokenised(
        self, loaded: TextModel, passages: Sequence[Passage]
    ) -> Iterator[tuple[int, list[int], list[int], list[Span]]]:
        """Number, tokens of the prefix and of the body, and ranges of the sentences in the body, passage by passage."""
        texts = [self._passage_prefix + passage.embedded_text for passage in passages]
        for number, (ids, offsets) in enumerate(loaded.tokenizer.ids_with_offsets(texts)):
            passage = passages[number]
            shift = len(texts[number]) - len(passage.text)
            spans = tokens_of([(start + shift, end + shift) for start, end in passage.sentences], offsets)
            prefix = int(np.searchsorted(offsets[:, 0], len(self._passage_prefix.rstrip())))
            yield number, ids[:prefix], ids[prefix:], [(start - prefix, end - prefix) for start, end in spans]


class _CodesOfWindows:
    """Collects the codes of passages that are read in windows; a batch is encoded at once."""

    def __init__(self, codec: TokenCodec, passages: int) -> None:
        self._codec = codec
        self._found: list[list[tuple[int, TokenCodes]]] = [[] for _ in range(passages)]

    def add(self, rows: Sequence[_Window], tokens: Sequence[Tensor]) -> None:
        """Take the token vectors of some windows."""
        bodies = [
            _body(row, states)[: max(0, _PASSAGE_TOKENS - row.first)] for row, states in zip(rows, tokens, strict=True)
        ]
        codes = self._codec.encode(np.concatenate(bodies))
        for row, part in zip(rows, np.split(codes, np.cumsum([len(body) for body in bodies])[:-1]), strict=True):
            self._found[row.passage].append((row.first, part))

    def joined(self) -> tuple[TokenCodes, ...]:
        """One array a passage, its tokens in their order."""
        return tuple(
            np.concatenate([codes for _, codes in sorted(parts, key=lambda part: part[0])]) for parts in self._found
        )


def _body(row: _Window, states: Tensor) -> FloatMatrix:
    """Token vectors of the passage's own tokens in a window."""
    found: FloatMatrix = states[row.offset : row.offset + row.last - row.first].float().numpy()
    return found


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
