"""Building the files of a generation from staged passages and cached vectors."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from index.disk import sha256_of
from index.filters import Audience
from index.lexical import LexicalRow, build_lexical
from index.manifest import (
    DENSE,
    LEXICAL,
    PASSAGES,
    SENTENCE_PASSAGE,
    SENTENCES,
    FileRecord,
    VectorIndexParams,
)
from index.types import FloatMatrix
from index.vector_cache import VectorCache
from index.vectors import build_vectors, choose_params

_AT_ONCE = 500


def build_files(
    folder: Path, staged: sqlite3.Connection, cache: VectorCache, *, dimension: int, exact_below: int
) -> tuple[VectorIndexParams, VectorIndexParams]:
    """Write passages, vectors and lexical index into `folder`; returns how passages and sentences were indexed.

    Row n everywhere is the n-th passage by id.
    """
    staged.commit()
    staged.execute("VACUUM INTO ?", (str(folder / PASSAGES),))
    sentence_rows = _sentence_rows(staged, cache)
    np.save(folder / SENTENCE_PASSAGE, sentence_rows, allow_pickle=False)
    passages = int(staged.execute("SELECT count(*) FROM passages").fetchone()[0])
    dense, sentence = (choose_params(count, exact_below=exact_below) for count in (passages, len(sentence_rows)))
    build_vectors(folder / DENSE, lambda: _vectors(staged, cache, 0), dense, dimension)
    build_vectors(folder / SENTENCES, lambda: _vectors(staged, cache, 1), sentence, dimension)
    build_lexical(folder / LEXICAL, _lexical_rows(staged))
    return dense, sentence


def file_records(folder: Path) -> dict[str, FileRecord]:
    """Size and checksum of every file below `folder`, by path with forward slashes."""
    return {
        path.relative_to(folder).as_posix(): FileRecord(sha256_of(path), path.stat().st_size)
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def _hashes_by_id(staged: sqlite3.Connection) -> Iterator[list[bytes]]:
    cursor = staged.execute("SELECT content_hash FROM passages ORDER BY passage_id")
    while rows := cursor.fetchmany(_AT_ONCE):
        yield [row[0] for row in rows]


def _vectors(staged: sqlite3.Connection, cache: VectorCache, part: int) -> Iterator[FloatMatrix]:
    """Vectors of passages (part 0) or of their sentences (part 1), by passage id."""
    for hashes in _hashes_by_id(staged):
        found = cache.get(hashes)
        yield np.concatenate([found[one][part] for one in hashes])


def _sentence_rows(staged: sqlite3.Connection, cache: VectorCache) -> NDArray[np.int32]:
    counts: list[int] = []
    for hashes in _hashes_by_id(staged):
        known = cache.sentence_counts(hashes)
        counts.extend(known[one] for one in hashes)
    return np.repeat(np.arange(len(counts), dtype=np.int32), counts)


def _lexical_rows(staged: sqlite3.Connection) -> Iterator[LexicalRow]:
    cursor = staged.execute(
        "SELECT context, text, language, valid_from, valid_to, access FROM passages ORDER BY passage_id"
    )
    for row, (context, text, language, valid_from, valid_to, access) in enumerate(cursor):
        audience = Audience(language, valid_from, valid_to, access)
        yield LexicalRow(row, f"{context}\n{text}" if context else text, audience.key)
