"""Stores of tens of thousands of passages in minutes: real passages embedded once, the rest derived from them.

Embedding 100,000 passages takes two cores hours. So the sample company's passages (a thousand) are embedded for real,
with their sentences, and every passage of the store is made from one of them: some of its sentences are exchanged for
others of the same language, and its vectors are the real ones with a random part of `NOISE` of their length added
(cosine to the original about 0.95; two passages of the sample have 0.8 to 0.9). Its token codes are those of the
passage that it was made from. Questions are embedded for real.
"""

from __future__ import annotations

import random
import time
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from app.building.container import Container
from app.settings import Settings
from index.embedding.token_codec import TokenCodec
from index.ports import Embedder, codec_of
from index.store import Store
from index.types import Document, EmbeddedPassages, FloatMatrix, Passage, TokenCodes
from tests.benchmarks.made_documents import KNOWLEDGE
from tests.benchmarks.scale import SCALE

NOISE = 0.33
PER_DOCUMENT = 10
Item = tuple[Document, list[Passage]]


@dataclass(frozen=True)
class SamplePassages:
    """The sample company's passages with the vectors of passages and sentences."""

    passages: Sequence[Passage]
    vectors: EmbeddedPassages
    embedder_id: str

    @classmethod
    def embedded(cls) -> SamplePassages:
        """Read `knowledge/` through the pipeline and embed it with the default embedder."""
        with TemporaryDirectory() as folder:
            recorder = _Recorder(Container(Settings(home=Path(folder))).embedder)
            container = Container(Settings(home=Path(folder)), embedder=recorder)
            container.pipeline().run(container.sources([KNOWLEDGE]))
            with closing(container.store.current()) as generation:
                documents = {one.document_id for one in generation.documents()}
            container.close()
        assert {passage.document_id for passage in recorder.passages} <= documents
        made = EmbeddedPassages(np.concatenate(recorder.rows), tuple(recorder.sentences), tuple(recorder.codes))
        return cls(recorder.passages, made, recorder.embedder_id)


class _Recorder:
    """Keeps what passes through an embedder; at a small scale only a part is embedded, over and over."""

    def __init__(self, embedder: Embedder) -> None:
        self._embedder = embedder
        self.embedder_id, self.dimension = embedder.embedder_id, embedder.dimension
        self.passages: list[Passage] = []
        self.rows: list[FloatMatrix] = []
        self.sentences: list[FloatMatrix] = []
        self.codes: list[TokenCodes] = []
        self.token_codec = codec_of(embedder)

    def embed_queries(self, texts: Sequence[str]) -> FloatMatrix:
        return self._embedder.embed_queries(texts)

    def query_tokens(self, text: str) -> FloatMatrix:
        raise NotImplementedError  # nothing is asked of it

    def embed_passages(self, passages: Sequence[Passage]) -> EmbeddedPassages:
        few = passages[: max(8, round(len(passages) * min(1.0, 4 * SCALE)))]
        made = self._embedder.embed_passages(few)
        self.passages += few
        self.rows.append(made.passages)
        self.sentences += made.sentences
        self.codes += made.codes
        over = [number % len(few) for number in range(len(passages))]
        sentences = tuple(
            np.resize(made.sentences[number], (len(passage.sentences), self.dimension))
            for number, passage in zip(over, passages, strict=True)
        )
        return EmbeddedPassages(made.passages[over], sentences, tuple(made.codes[number] for number in over))


class DerivedStore:
    """A real store with `passages` passages; how long its runs took without the making of vectors is kept."""

    def __init__(self, root: Path, sample: SamplePassages, passages: int) -> None:
        self.store, self._sample, self.passages = Store(root), sample, passages
        self.root = root
        self.documents = passages // PER_DOCUMENT
        self.full_s = 0.0
        self.by_id: dict[str, Passage] = {}
        """The passages as they are now."""
        self.vectors: dict[str, FloatMatrix] = {}
        """Their vectors, by passage id."""
        self._recipes: dict[str, tuple[int, list[tuple[int, int]]]] = {}
        self._chance = np.random.default_rng(2)
        self._by_language: defaultdict[str, list[tuple[int, int]]] = defaultdict(list)
        for number, passage in enumerate(sample.passages):
            self._by_language[passage.language] += [(number, at) for at in range(len(passage.sentences))]

    def build(self) -> None:
        """Fill and publish."""
        self.full_s = self.run(self.document(number) for number in range(self.documents))

    def run(self, items: Iterable[Item]) -> float:
        """Seconds that a run takes, embedding left out."""
        spent, started = 0.0, time.perf_counter()
        dimension = self._sample.vectors.passages.shape[1]
        codec = TokenCodec.of(self._sample.embedder_id)
        with self.store.writer(embedder_id=self._sample.embedder_id, dimension=dimension, codec=codec) as writer:
            for document, passages in self._timed(items):
                writer.put(document, passages)
            while missing := writer.missing(500):
                before = time.perf_counter()
                made = self._embed(missing)
                spent += time.perf_counter() - before
                writer.put_vectors(missing, made)
            writer.publish()
        return time.perf_counter() - started - spent - self._making_s

    def document(self, number: int, *, version: int = 0) -> Item:
        """A document of ten derived passages; one document in twenty is for staff only."""
        chance = random.Random(number * 1000 + version)
        name = f"d{number:06d}"
        access = ("staff",) if number % 20 == 0 else ()
        made = [self._derived(name, number * PER_DOCUMENT + at, chance, access) for at in range(PER_DOCUMENT)]
        return Document(name, made[0].title, "markdown", f"{version:064d}", 1, made[0].language, access=access), made

    def _derived(self, document_id: str, number: int, chance: random.Random, access: tuple[str, ...]) -> Passage:
        base_number = number % len(self._sample.passages)
        base = self._sample.passages[base_number]
        picks = [
            chance.choice(self._by_language[base.language]) if chance.random() < 0.25 else (base_number, at)
            for at in range(len(base.sentences))
        ]
        text, spans = f"{number}. ", []
        for passage_number, at in picks:
            words = self._sample.passages[passage_number].sentence_text(at)
            start = len(text) if spans else 0
            text += words
            spans.append((start, len(text)))
            text += "\n"
        passage_id = f"{document_id}#{number}"
        self._recipes[passage_id] = base_number, picks
        passage = replace(
            base,
            passage_id=passage_id,
            document_id=document_id,
            text=text.rstrip(),
            sentences=tuple(spans),
            access=access or base.access,
        )
        self.by_id[passage_id] = passage
        return passage

    def base_of(self, passage_id: str) -> int:
        """Number of the real passage from which this one was derived."""
        return self._recipes[passage_id][0]

    def _embed(self, passages: Sequence[Passage]) -> EmbeddedPassages:
        recipes = [self._recipes[passage.passage_id] for passage in passages]
        vectors = self._near(self._sample.vectors.passages[[base for base, _ in recipes]])
        self.vectors.update({passage.passage_id: row for passage, row in zip(passages, vectors, strict=True)})
        real = self._sample.vectors.sentences
        rows = self._near(np.stack([real[number][at] for _, picks in recipes for number, at in picks]))
        cuts = np.cumsum([len(picks) for _, picks in recipes])[:-1]
        codes = tuple(self._sample.vectors.codes[base] for base, _ in recipes)
        return EmbeddedPassages(vectors, tuple(np.split(rows, cuts)), codes)

    def _near(self, rows: FloatMatrix) -> FloatMatrix:
        length = NOISE / np.sqrt(rows.shape[1])
        moved = rows + np.float32(length) * self._chance.standard_normal(rows.shape, dtype=np.float32)
        unit: FloatMatrix = moved / np.linalg.norm(moved, axis=1, keepdims=True)
        return unit

    def _timed(self, items: Iterable[Item]) -> Iterator[Item]:
        """The items, with the time of making them kept apart."""
        self._making_s = 0.0
        source = iter(items)
        while True:
            before = time.perf_counter()
            item = next(source, None)
            self._making_s += time.perf_counter() - before
            if item is None:
                return
            yield item
