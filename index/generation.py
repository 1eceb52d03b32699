"""A published generation: opened, checked, searched and read; never changed."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import cast

import numpy as np
from numpy.typing import NDArray

from index.errors import GenerationDamaged
from index.filters import Audience, Filters
from index.languages import LanguageCentres
from index.lexical import LexicalIndex
from index.manifest import (
    DENSE,
    LEXICAL,
    PASSAGES,
    SENTENCE_PASSAGE,
    SENTENCES,
    GenerationInfo,
    Manifest,
)
from index.passages import PassageReader
from index.search import StageSearch
from index.token_codes import StoredCodes
from index.types import Document, FloatMatrix, Hit, Language, Passage, Query, TokenCodes
from index.vectors import VectorIndex


class Generation:
    """What `Store.open` gives; safe to share between threads until it is closed.

    Every file is opened or loaded when it is constructed, so it goes on answering when its folder is removed.
    """

    def __init__(self, folder: Path, manifest: Manifest, *, on_close: Callable[[], None] = lambda: None) -> None:
        self._manifest, self._on_close = manifest, on_close
        self._is_closed = False
        dense = VectorIndex(folder / DENSE, manifest.dense)
        sentences = VectorIndex(folder / SENTENCES, manifest.sentence)
        lexical = LexicalIndex(folder / LEXICAL)
        self._codes = StoredCodes(folder, manifest.passages) if manifest.token_codec else None
        self._reader = PassageReader(folder / PASSAGES)
        try:
            ids, filters = _ids_and_filters(self._reader)
            sentence_rows = _sentence_rows(folder / SENTENCE_PASSAGE)
            _check_counts(manifest, len(ids), len(dense), len(sentences), sentence_rows, len(lexical))
        except BaseException:
            self._reader.close()
            raise
        self._centres = LanguageCentres.of(filters.languages(), dense)
        self._search = StageSearch(
            ids, filters, dense=dense, sentences=sentences, sentence_rows=sentence_rows, lexical=lexical
        )

    @property
    def name(self) -> str:
        """Name of the generation; answers carry it."""
        return self._manifest.name

    @property
    def manifest(self) -> Manifest:
        """How it was built."""
        return self._manifest

    @property
    def info(self) -> GenerationInfo:
        """The short form of the manifest; whether it is current is for `Store.generations` to say, not known here."""
        return GenerationInfo.of(self._manifest, is_current=False)

    @property
    def count(self) -> int:
        """Number of passages."""
        return self._manifest.passages

    def documents(self) -> Iterator[Document]:
        """All documents, by id."""
        return self._reader.documents()

    def document(self, document_id: str) -> Document | None:
        """The document of this id."""
        return self._reader.document(document_id)

    def passages(self, ids: Sequence[str]) -> Sequence[Passage]:
        """The passages of these ids, in this order; KeyError for an unknown one."""
        return self._reader.passages(ids)

    def titles(self) -> Mapping[str, str]:
        """Title by document id, of all documents by id."""
        return self._reader.titles()

    def passages_of(self, document_id: str, *, offset: int = 0, limit: int | None = None) -> Sequence[Passage]:
        """The passages of a document, in their order, or a part of them; [] for an unknown one."""
        return self._reader.passages_of(document_id, offset=offset, limit=limit)

    def count_of(self, document_id: str) -> int:
        """How many passages a document has; 0 for an unknown one."""
        return self._reader.count_of(document_id)

    def holds(self, query: Query) -> bool:
        """Whether the filters of a query admit any passage; looks at no passage."""
        return self._search.holds(query)

    def rank(self, query: Query, vector: FloatMatrix, *, depth: int = 50) -> Mapping[str, Sequence[Hit]]:
        """Hits of the stages "dense", "sentence", "words" and "bigrams", at most `depth` each, best first.

        `vector` is the embedded question, float32, (1, d). The filters of `query` (language, day, access) act
        before the cut of each stage; `query.top` does not count here. Equal scores are ordered by passage id.
        """
        if vector.shape != (1, self._manifest.dimension):
            raise ValueError(f"Expected a vector of shape (1, {self._manifest.dimension}), got {vector.shape}.")
        return self._search.rank(query, vector, depth=depth)

    def passage_similarities(self, vector: FloatMatrix, ids: Sequence[str]) -> NDArray[np.float32]:
        """Dot product of a vector (1, d) with each of these passages, (n,); KeyError for unknown ids."""
        return self._search.passage_similarities(vector, ids)

    def sentence_similarities(self, vector: FloatMatrix, ids: Sequence[str]) -> Mapping[str, NDArray[np.float32]]:
        """Dot product of a vector (1, d) with every sentence of these passages, in order; KeyError for unknown ids.

        An empty array for a passage whose embedder gave no sentence vectors.
        """
        return self._search.sentence_similarities(vector, ids)

    def sentence_vectors(self, ids: Sequence[str]) -> Mapping[str, FloatMatrix]:
        """Vectors of the sentences of these passages, (number of sentences, d) each; KeyError for unknown ids."""
        return self._search.sentence_vectors(ids)

    def vectors(self) -> tuple[Sequence[str], FloatMatrix, FloatMatrix, NDArray[np.int32]]:
        """Everything that training needs: ids of the passages, their vectors (n, d), those of all sentences (m, d), and
        the number of the passage of each sentence, (m,), ascending. As they are stored: codes come back rounded."""
        return self._search.vectors()

    @property
    def token_codec(self) -> str:
        """What made the token codes of its passages; "" where they have none."""
        return self._manifest.token_codec

    def token_codes(self, ids: Sequence[str]) -> Sequence[TokenCodes]:
        """Codes of the tokens of these passages, in this order; KeyError for unknown ids. [] where there are none."""
        return [] if self._codes is None else [self._codes.of(row) for row in self._search.rows_of(ids)]

    def near_sentences(self, vectors: FloatMatrix, *, top: int) -> list[list[tuple[str, int, float]]]:
        """For each row of vectors (n, d) the nearest of all sentences, whoever may see them: passage id, number in the
        passage, cosine; best first."""
        return self._search.near_sentences(vectors, top=top)

    def in_language(self, vector: FloatMatrix, source: Language, target: Language) -> FloatMatrix:
        """A question's vector (1, d) of language `source`, moved to where texts of `target` lie; see `languages`."""
        return self._centres.moved(vector, source, target)

    def close(self) -> None:
        """Let go of the files; closing twice does no harm."""
        if not self._is_closed:
            self._is_closed = True
            self._reader.close()
            self._on_close()

    def __enter__(self) -> Generation:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def _ids_and_filters(reader: PassageReader) -> tuple[list[str], Filters]:
    ids: list[str] = []
    numbers: dict[Audience, int] = {}
    of_row: list[int] = []
    for passage_id, language, valid_from, valid_to, access in reader.audience_rows():
        ids.append(passage_id)
        audience = Audience(cast("Language", language), valid_from, valid_to, access)
        of_row.append(numbers.setdefault(audience, len(numbers)))
    return ids, Filters(list(numbers), np.asarray(of_row, dtype=np.int32))


def _sentence_rows(path: Path) -> NDArray[np.int32]:
    try:
        return cast("NDArray[np.int32]", np.load(path, allow_pickle=False).astype(np.int32, copy=False))
    except (OSError, ValueError, EOFError) as error:
        raise GenerationDamaged(f"{path.name} cannot be read: {error}.") from error


def _check_counts(
    manifest: Manifest, passages: int, dense: int, sentences: int, sentence_rows: NDArray[np.int32], lexical: int
) -> None:
    """The files of a generation must speak of the same passages."""
    for name, found, expected in (
        (PASSAGES, passages, manifest.passages),
        (DENSE, dense, manifest.passages),
        (SENTENCES, sentences, manifest.sentences),
        (SENTENCE_PASSAGE, len(sentence_rows), manifest.sentences),
        (LEXICAL, lexical, manifest.passages),
    ):
        if found != expected:
            raise GenerationDamaged(f"{name} holds {found} entries; the manifest says {expected}.")
    if len(sentence_rows) and (
        sentence_rows[0] < 0 or sentence_rows[-1] >= passages or bool(np.any(np.diff(sentence_rows) < 0))
    ):
        raise GenerationDamaged(f"{SENTENCE_PASSAGE} points at passages that are not there.")
