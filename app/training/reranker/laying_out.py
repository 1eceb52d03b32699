"""Lays out the pools of a company's questions: the real search, once a question; what is done is kept on disk.

With late interaction a question takes a tenth of a second, so that some thousand take minutes: a run that was killed
goes on behind the last fifty that it had done. Only passages of the question's own language are looked at: what people
opened and rated says nothing of the same document in the other, which would be learnt to be wrong.
"""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import fields
from pathlib import Path
from typing import Any

import numpy as np

from app.retrieval.retriever import Retriever
from app.training.pools import Pool, pool_of
from app.training.reranker.judgements import Judgement
from index.disk import replace_file
from index.generation import Generation
from index.ports import Embedder
from index.types import Query

_AT_ONCE = 50
_FOUND = 10
"""Passages of a pool: as many as the search puts in order by their sentences."""


def lay_out(
    judgements: Sequence[Judgement],
    retriever: Retriever,
    embedder: Embedder,
    generation: Generation,
    folder: Path,
    *,
    on_progress: Callable[[int, int], None] = lambda _done, _total: None,
) -> list[Pool | None]:
    """The pool of each question, in order; None where the search missed what answers it.

    What an earlier start of the same run had done is read from `folder`.
    """
    own = folder / _digest(judgements, generation, embedder)
    if folder.is_dir():  # what another run was about to learn is of no use
        for other in folder.iterdir():
            if other != own:
                shutil.rmtree(other, ignore_errors=True)
    own.mkdir(parents=True, exist_ok=True)
    found: list[Pool | None] = []
    for first in range(0, len(judgements), _AT_ONCE):
        on_progress(first, len(judgements))
        path = own / f"{first:07d}.safetensors"
        some = judgements[first : first + _AT_ONCE]
        kept = _read(path, len(some)) if path.exists() else None
        if kept is None:
            kept = list(_laid_out(some, retriever, embedder, generation))
            _write(path, kept)
        found += kept
    return found


def _laid_out(
    judgements: Sequence[Judgement], retriever: Retriever, embedder: Embedder, generation: Generation
) -> Iterator[Pool | None]:
    for item in judgements:
        query, vector = Query(item.text, top=_FOUND), embedder.embed_queries([item.text])
        found = retriever.retrieve(query, generation)
        yield pool_of(item.text, vector, found, item.is_right, generation, is_across=False)


def _digest(judgements: Sequence[Judgement], generation: Generation, embedder: Embedder) -> str:
    told = [[item.text, item.documents, item.passages, item.words] for item in judgements]
    content = json.dumps([generation.name, embedder.embedder_id, told], ensure_ascii=False)
    return hashlib.sha256(content.encode()).hexdigest()[:16]


def _write(path: Path, pools: Sequence[Pool | None]) -> None:
    from safetensors.numpy import save

    tensors = {
        f"{at}.{field.name}": np.ascontiguousarray(getattr(pool, field.name))
        for at, pool in enumerate(pools)
        if pool is not None
        for field in fields(Pool)
    }
    replace_file(path, save(tensors))


def _read(path: Path, questions: int) -> list[Pool | None] | None:
    """None for a file that is not whole."""
    from safetensors import SafetensorError
    from safetensors.numpy import load_file

    try:
        tensors: Mapping[str, Any] = load_file(path)
    except (SafetensorError, OSError):
        return None
    found: list[dict[str, Any]] = [{} for _ in range(questions)]
    for name, values in tensors.items():
        at, _, field = name.partition(".")
        found[int(at)][field] = bool(values) if field == "is_across" else values
    return [Pool(**values) if values else None for values in found]
