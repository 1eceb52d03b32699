"""Where questions lie to one another, whatever language they are in."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
from sqlalchemy import delete, insert, select

from app.insight.gaps.wording import bare
from app.insight.tables import question_vectors
from index.types import FloatMatrix, Language

if TYPE_CHECKING:
    from app.database import Database

_FEWEST = 12
"""Questions of a language whose mean stands for the language; fewer would say what they are about."""
_PRIOR = 50
"""Questions of a log that the usual means count like."""
_AT_ONCE = 400
_BATCH = 64


class QueryEmbedder(Protocol):
    """The part of `index.ports.Embedder` that is wanted here."""

    @property
    def embedder_id(self) -> str:
        """Vectors of different ids are never compared."""

    @property
    def dimension(self) -> int:
        """Length of a vector."""

    def embed_queries(self, texts: Sequence[str]) -> FloatMatrix:
        """float32, (n, d), rows of unit length."""


class QuestionVectors:
    """Vectors of questions without their greetings, kept in the database (float16, by a hash), made where missing."""

    def __init__(self, embedder: QueryEmbedder, database: Database | None = None) -> None:
        """Ready to embed; without a database nothing is kept."""
        self._embedder, self._database = embedder, database

    def of(self, texts: Sequence[str], *, on_progress: Callable[[int, int], None] | None = None) -> FloatMatrix:
        """float32, (n, d), rows of unit length, in the order given; (0, d) for none."""
        if not texts:
            return np.zeros((0, self._embedder.dimension), dtype=np.float32)
        keys = [self._key(text) for text in texts]
        known = self._known(list(dict.fromkeys(keys)))
        missing = {key: bare(text) for key, text in zip(keys, texts, strict=True) if key not in known}
        new = list(missing.items())
        for at in range(0, len(new), _BATCH):
            part = dict(new[at : at + _BATCH])
            made = self._embedder.embed_queries(list(part.values())).astype(np.float16)
            fresh = dict(zip(part, made, strict=True))
            self._keep(fresh)
            known |= fresh
            if on_progress is not None:
                on_progress(at + len(part), len(new))
        found = np.stack([known[key] for key in keys]).astype(np.float32)
        return _unit(found)

    def forget_all_but(self, texts: Sequence[str]) -> int:
        """Remove the vectors of questions that are not among these; how many went."""
        if self._database is None:
            return 0
        wanted = {self._key(text) for text in texts}
        with self._database.writing() as connection:
            there = set(connection.execute(select(question_vectors.c.key)).scalars())
            gone = sorted(there - wanted)
            for at in range(0, len(gone), _AT_ONCE):
                part = gone[at : at + _AT_ONCE]
                connection.execute(delete(question_vectors).where(question_vectors.c.key.in_(part)))
        return len(gone)

    def _key(self, text: str) -> str:
        return hashlib.sha256(f"{self._embedder.embedder_id}\0{bare(text)}".encode()).hexdigest()

    def _known(self, keys: Sequence[str]) -> dict[str, Any]:
        found: dict[str, Any] = {}
        if self._database is None:
            return found
        with self._database.reading() as connection:
            for at in range(0, len(keys), _AT_ONCE):
                wanted = select(question_vectors).where(question_vectors.c.key.in_(keys[at : at + _AT_ONCE]))
                for row in connection.execute(wanted):
                    found[row.key] = np.frombuffer(row.vector, dtype=np.float16)
        return found

    def _keep(self, vectors: dict[str, Any]) -> None:
        if self._database is None:
            return
        with self._database.writing() as connection:
            there = select(question_vectors.c.key).where(question_vectors.c.key.in_(list(vectors)))
            known = set(connection.execute(there).scalars())
            rows = [{"key": key, "vector": value.tobytes()} for key, value in vectors.items() if key not in known]
            if rows:
                connection.execute(insert(question_vectors), rows)


class LanguageFree:
    """Takes the language out of vectors: of each, the mean of its language is taken off.

    A multilingual model keeps languages in regions of their own (see `index.languages`), so a Chinese and an English
    wording of one question lie farther apart than two questions of one language do. The distance between the regions is
    nearly the same for all texts; without it the two wordings meet.
    """

    def __init__(
        self,
        vectors: FloatMatrix,
        languages: Sequence[Language],
        *,
        usual: Mapping[str, FloatMatrix] | None = None,
    ) -> None:
        """Learn the means from a log.

        Args:
            vectors: of its questions.
            languages: of each.
            usual: means of questions in general, by language, which count like some questions of the log: the mean of
                a small log says what it is about. Without them a language with few questions is given the mean of
                all, and a log with few gets none.
        """
        zero = np.zeros(vectors.shape[1], dtype=np.float32)
        overall = vectors.mean(axis=0) if len(vectors) >= _FEWEST else zero
        self._means: dict[str, Any] = {}
        for language in ("zh", "en", "mixed"):
            own = vectors[[row for row, other in enumerate(languages) if other == language]]
            if usual:
                prior = usual.get(language, sum(usual.values()) / len(usual))
                self._means[language] = (own.sum(axis=0) + _PRIOR * prior) / (len(own) + _PRIOR)
            else:
                self._means[language] = own.mean(axis=0) if len(own) >= _FEWEST else overall

    def __call__(self, vectors: FloatMatrix, languages: Sequence[Language]) -> FloatMatrix:
        """float32, (n, d), rows of unit length."""
        if not len(vectors):
            return vectors
        return _unit(vectors - np.stack([self._means[language] for language in languages]))


def _unit(vectors: FloatMatrix) -> FloatMatrix:
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    return np.asarray(vectors / np.maximum(lengths, 1e-9), dtype=np.float32)
