"""The map that questions are searched with where a company has none of its own.

It was made of the questions of the twelve corpora (`python -m app.training.adapter.starting`), of which none is the
sample company's: what customers of any shop say and its documents do not. See decisions 0042 and 0050.
"""

from __future__ import annotations

from functools import cache
from importlib.resources import as_file, files

from index.embedding.query_map import QueryMap


def shipped_map(embedder_id: str) -> QueryMap | None:
    """The one that comes with kefu; None for another embedder than it was made for."""
    found = _shipped()
    return found if found.embedder_id == embedder_id else None


@cache
def _shipped() -> QueryMap:
    with as_file(files("app.retrieval")) as folder:
        return QueryMap.load(folder)
