"""Lexical search: BM25 in tantivy over words and over character bigrams."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from index.errors import GenerationDamaged
from index.manifest import LEXICAL
from index.text.segment import search_bigrams, search_words

TOKENIZERS = {"words": "search_words/1", "bigrams": "search_bigrams/1"}
"""Which tokens each field holds; raise the number when `index.text.segment` cuts differently."""

_LONGEST_TOKEN = 200
"""Longer tokens are noise (an encoded picture) and are left out of text and question alike."""
_MOST_TOKENS = 256
"""Different tokens of a question that are searched; a pasted document would otherwise cost seconds."""
_HEAP = 64_000_000
_SPARE = 16


Tokens = tuple[str, ...]
"""The tokens of a text, a string for each field of TOKENIZERS, parted by spaces."""


@dataclass(frozen=True, slots=True)
class LexicalRow:
    """What is indexed of a passage."""

    row: int
    """Place of the passage in the order of passage ids."""
    tokens: Tokens
    audience: str
    """Key of who may see it, in which language and when; see `index.filters`."""


def tokens_of(text: str) -> Tokens:
    """What is indexed of a text; cutting it into words is most of the cost of an index."""
    return tuple(" ".join(field_tokens(field, text)) for field in TOKENIZERS)


def field_tokens(field: str, text: str) -> list[str]:
    """The tokens of `text` for one of the two fields, repeats kept."""
    tokens = search_words(text) if field == "words" else search_bigrams(text)
    return [token for token in tokens if len(token) <= _LONGEST_TOKEN]


def build_lexical(folder: Path, rows: Iterable[LexicalRow]) -> None:
    """Write a new index into `folder`, which is made; rows come in the order of their numbers.

    One writing thread, so that the same rows give the same segments.
    """
    import tantivy

    folder.mkdir()
    index = tantivy.Index(_schema(), path=str(folder))
    writer = index.writer(heap_size=_HEAP, num_threads=1)
    for row in rows:
        document = tantivy.Document()
        document.add_unsigned("row", row.row)
        document.add_text("audience", row.audience)
        for field, tokens in zip(TOKENIZERS, row.tokens, strict=True):
            document.add_text(field, tokens)
        writer.add_document(document)
    writer.commit()
    writer.wait_merging_threads()
    for lock in folder.glob(".tantivy-*.lock"):
        lock.unlink()


class LexicalIndex:
    """An index on disk, searched by any number of threads at once.

    tantivy takes a lock in the folder while it opens an index. Where the store is mounted read-only, it opens a copy.
    """

    def __init__(self, folder: Path) -> None:
        try:
            if folder.is_dir() and not os.access(folder, os.W_OK):
                with tempfile.TemporaryDirectory(prefix="kefu-lexical-") as aside:
                    self._open(Path(shutil.copytree(folder, Path(aside, LEXICAL))))
            else:
                self._open(folder)
        except (ValueError, OSError, RuntimeError) as error:
            raise GenerationDamaged(f"{LEXICAL}/ cannot be read: {error}.") from error

    def _open(self, folder: Path) -> None:
        import tantivy

        self._index = tantivy.Index.open(str(folder))
        # A published index never changes; without this a thread would watch its files and load them anew.
        self._index.config_reader(reload_policy="manual")
        self._schema = self._index.schema
        self._searcher = self._index.searcher()

    def __len__(self) -> int:
        return int(self._searcher.num_docs)

    def search(self, field: str, text: str, *, top: int, audiences: Sequence[str] | None) -> list[tuple[int, float]]:
        """(row, BM25) of the best `top` passages, ties by row; only those of `audiences` (None: of all).

        Every hit shares at least one token with `text`. [] when `text` holds no token.
        """
        query = self._query(field, text, audiences)
        if query is None or not len(self):
            return []
        limit = top + _SPARE
        while True:
            found = self._searcher.search(query, limit=limit, count=False).hits
            # Equal scores at the cut come in the order of segments; look further until the tie is whole.
            if len(found) < limit or found[-1][0] < found[top - 1][0]:
                break
            limit *= 4
        rows: list[Any] = self._searcher.fast_field_values("row", [address for _, address in found])
        pairs = ((int(row), float(score)) for row, (score, _) in zip(rows, found, strict=True))
        return sorted(pairs, key=_best_first)[:top]

    def _query(self, field: str, text: str, audiences: Sequence[str] | None) -> Any:
        import tantivy

        counts = Counter(field_tokens(field, text))
        if not counts or (audiences is not None and not audiences):
            return None
        terms = []
        for token, count in list(counts.items())[:_MOST_TOKENS]:
            term = tantivy.Query.term_query(self._schema, field, token, "freq")
            terms.append((tantivy.Occur.Should, tantivy.Query.boost_query(term, float(count)) if count > 1 else term))
        query = tantivy.Query.boolean_query(terms)
        if audiences is None:
            return query
        allowed = tantivy.Query.term_set_query(self._schema, "audience", list(audiences))
        return tantivy.Query.boolean_query(
            [(tantivy.Occur.Must, query), (tantivy.Occur.Must, tantivy.Query.const_score_query(allowed, 0.0))]
        )


def _schema() -> Any:
    import tantivy

    builder = tantivy.SchemaBuilder()
    builder.add_unsigned_field("row", fast=True)
    builder.add_text_field("audience", tokenizer_name="raw", index_option="basic")
    for field in TOKENIZERS:
        builder.add_text_field(field, tokenizer_name="whitespace", index_option="freq")
    return builder.build()


def _best_first(hit: tuple[int, float]) -> tuple[float, int]:
    return -hit[1], hit[0]
