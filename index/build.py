"""Building the files of a generation: from staged passages, cached vectors and tokens, and the generation before."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from index.disk import sha256_of
from index.filters import Audience
from index.kind import Kind
from index.lexical import LexicalRow, build_lexical, tokens_of
from index.manifest import (
    DENSE,
    LEXICAL,
    PASSAGES,
    SENTENCE_PASSAGE,
    SENTENCES,
    FileRecord,
    Manifest,
    VectorIndexParams,
)
from index.passages import read_only
from index.token_cache import TokenCache
from index.token_codes import EarlierCodes, StoredCodes, write_codes
from index.types import FloatMatrix
from index.vector_cache import VectorCache
from index.vectors import Earlier, Rows, build_vectors, carry_on, choose_params, is_worth_carrying_on

_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Base:
    """The generation that a new one is made from."""

    folder: Path
    manifest: Manifest

    def is_of(self, kind: Kind) -> bool:
        """Whether its vectors are this embedder's, whatever its token codes."""
        return (self.manifest.embedder_id, self.manifest.dimension) == (kind.embedder_id, kind.dimension)

    def has_codes_of(self, kind: Kind) -> bool:
        """Whether its token codes are those wanted; none may be."""
        return self.is_of(kind) and self.manifest.token_codec == kind.token_codec


@dataclass(frozen=True, slots=True)
class _Kept:
    """What of an index of vectors is already in the one before."""

    rows: Rows
    """For each new row the earlier one, -1 where there is none."""
    fresh: Sequence[bytes]
    """Contents of the passages that have such rows, in order."""


def build_files(
    folder: Path,
    staged: sqlite3.Connection,
    vectors: VectorCache,
    tokens: TokenCache,
    *,
    base: Base | None,
    kind: Kind,
    exact_below: int,
) -> tuple[VectorIndexParams, VectorIndexParams, str]:
    """Write passages, vectors, lexical index and token codes into `folder`.

    Returns how passages and sentences were indexed, and what made the token codes, "" when a passage has none.

    Row n everywhere is the n-th passage by id. Vectors are copied from `base` where there is one (of the same embedder,
    its files whole) and inverted lists are carried on.
    """
    dimension = kind.dimension
    staged.commit()
    staged.execute("VACUUM INTO ?", (str(folder / PASSAGES),))
    hashes = _hashes(staged)
    counts = _sentence_counts(hashes, vectors)
    np.save(folder / SENTENCE_PASSAGE, np.repeat(np.arange(len(counts), dtype=np.int32), counts), allow_pickle=False)
    kept = (None, None) if base is None else _kept(base, hashes, counts)

    def build(part: int) -> VectorIndexParams:
        name, count = ((DENSE, len(hashes)), (SENTENCES, int(counts.sum())))[part]
        params, old = choose_params(count, exact_below=exact_below), kept[part]
        if base is not None and old is not None:
            before = (base.manifest.dense, base.manifest.sentence)[part]
            earlier = Earlier(base.folder / name, before, old.rows)
            if is_worth_carrying_on(earlier, params):
                return carry_on(folder / name, _vectors(old.fresh, vectors, part), earlier, params, dimension)
        build_vectors(folder / name, partial(_vectors, hashes, vectors, part), params, dimension)
        return params

    dense, sentence = build(0), build(1)
    build_lexical(folder / LEXICAL, _lexical_rows(staged, tokens))
    earlier = None
    if base is not None and kept[0] is not None and base.has_codes_of(kind) and kind.token_codec:
        earlier = EarlierCodes(StoredCodes(base.folder, base.manifest.passages), kept[0].rows)
    is_coded = bool(kind.token_codec) and write_codes(folder, hashes, vectors, earlier)
    return dense, sentence, kind.token_codec if is_coded else ""


def file_records(folder: Path) -> dict[str, FileRecord]:
    """Size and checksum of every file below `folder`, by path with forward slashes."""
    return {
        path.relative_to(folder).as_posix(): FileRecord(sha256_of(path), path.stat().st_size)
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def _hashes(connection: sqlite3.Connection) -> list[bytes]:
    """Content hash of each passage, by passage id."""
    return [row[0] for row in connection.execute("SELECT content_hash FROM passages ORDER BY passage_id")]


def _sentence_counts(hashes: Sequence[bytes], cache: VectorCache) -> NDArray[np.int64]:
    known = cache.sentence_counts(hashes)
    return np.asarray([known[one] for one in hashes], dtype=np.int64)


def _vectors(hashes: Sequence[bytes], cache: VectorCache, part: int) -> Iterator[FloatMatrix]:
    """Vectors of passages (part 0) or of their sentences (part 1), in this order."""
    for start in range(0, len(hashes), _AT_ONCE):
        some = hashes[start : start + _AT_ONCE]
        found = cache.get(some)
        yield np.concatenate([found[one][part] for one in some])


def _kept(base: Base, hashes: Sequence[bytes], counts: NDArray[np.int64]) -> tuple[_Kept, _Kept]:
    """Where the vectors of passages and of sentences stand in the base: the same content has the same vectors."""
    with closing(read_only(base.folder / PASSAGES)) as connection:
        old_row = {content_hash: row for row, content_hash in enumerate(_hashes(connection))}
    of_sentence = np.load(base.folder / SENTENCE_PASSAGE, allow_pickle=False)
    first_old = np.searchsorted(of_sentence, np.arange(base.manifest.passages + 1))
    rows = np.asarray([old_row.get(one, -1) for one in hashes], dtype=np.int64)
    is_same = (rows >= 0) & (np.diff(first_old)[rows] == counts)
    first = np.cumsum(counts) - counts
    shifted = np.repeat(first_old[rows] - first, counts) + np.arange(counts.sum())
    sentences = np.where(np.repeat(is_same, counts), shifted, -1)
    return (
        _Kept(rows, [hashes[number] for number in np.flatnonzero(rows < 0).tolist()]),
        _Kept(sentences, [hashes[number] for number in np.flatnonzero(~is_same).tolist()]),
    )


def _lexical_rows(staged: sqlite3.Connection, cache: TokenCache) -> Iterator[LexicalRow]:
    cursor = staged.execute(
        "SELECT content_hash, context, text, language, valid_from, valid_to, access FROM passages ORDER BY passage_id"
    )
    row = 0
    while some := cursor.fetchmany(_AT_ONCE):
        tokens = cache.get([content_hash for content_hash, *_ in some])
        # The content hash covers context and text, so the same hash has the same tokens.
        new = {
            content_hash: tokens_of(f"{context}\n{text}" if context else text)
            for content_hash, context, text, *_ in some
            if content_hash not in tokens
        }
        cache.put(new)
        tokens.update(new)
        for content_hash, _context, _text, language, valid_from, valid_to, access in some:
            yield LexicalRow(row, tokens[content_hash], Audience(language, valid_from, valid_to, access).key)
            row += 1
    cache.save()
