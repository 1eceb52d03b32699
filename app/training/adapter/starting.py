"""Makes the map that serves where a company has none and that its adapter starts from, of `app/training/corpora`.

    python -m app.training.adapter.starting --out app/retrieval --corpus FOLDER...

What customers of any shop say and its documents do not is learnt here once; a company's own questions, of which there
are few, then only teach what is its own. The shipped one took 200 questions of each of the twelve corpora and eight
epochs: two minutes on one core, beside making their indexes. `app.retrieval.shipped_map` serves it; see decision 0050.
"""

from __future__ import annotations

import hashlib
import random
import sys
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from app.training.adapter.fitting import AdapterParams, fit_adapter
from app.training.adapter.space import Pair, PassageSpace
from app.training.program import run
from app.training.reading_data import corpora_parser, corpus_container, corpus_questions
from index.types import FloatMatrix

PARAMS = AdapterParams(epochs=8, batch=64, rate=2e-3, stay=1.0)
_QUESTIONS = 200
_DAY = datetime(2026, 1, 1, tzinfo=UTC)


def pooled(parts: list[tuple[str, PassageSpace, list[Pair]]]) -> tuple[PassageSpace, list[Pair]]:
    """Spaces of several companies as one, documents named after theirs, with questions in an order of chance."""
    offsets = np.cumsum([0, *(len(space.documents) for _, space, _ in parts)])
    space = PassageSpace(
        tuple(f"{name}/{document}" for name, part, _ in parts for document in part.documents),
        np.concatenate([part.passages for _, part, _ in parts]),
        np.concatenate([part.sentences for _, part, _ in parts]),
        np.concatenate([part.sentence_rows + first for (_, part, _), first in zip(parts, offsets, strict=False)]),
    )
    pairs = [
        Pair(pair.text, tuple(f"{name}/{document}" for document in pair.documents), pair.at, source=pair.source)
        for name, _, own in parts
        for pair in own
    ]
    # Times are those of nothing: by the words' hash the questions held out are of all companies.
    pairs.sort(key=lambda pair: hashlib.sha256(pair.text.encode()).digest())
    return space, pairs


def main() -> None:
    """Embed the questions, fit, write the file."""
    given = corpora_parser(__doc__).parse_args()
    embedder = corpus_container(given.corpus[0], given.home).embedder
    parts = []
    for folder in given.corpus:
        container = corpus_container(folder, given.home)
        with container.serving.borrow() as generation:
            parts.append((folder.name, PassageSpace.of(generation), _pairs(folder)))
    space, pairs = pooled(parts)
    vectors: FloatMatrix = embedder.embed_queries([pair.text for pair in pairs])
    dated = [Pair(p.text, p.documents, _DAY.replace(microsecond=at)) for at, p in enumerate(pairs)]
    fitted = fit_adapter(dated, vectors, space, PARAMS, embedder_id=embedder.embedder_id)
    fitted.query_map.save(given.out)
    before, after = fitted.curve[0].held_out, fitted.curve[fitted.best].held_out
    sys.stdout.write(
        f"{len(pairs)} questions; right document among five of held-out ones {before:.3f} -> {after:.3f}\n"
    )


def _pairs(folder: Path) -> list[Pair]:
    rows = [row for row in corpus_questions(folder) if row["evidence"]]
    random.Random(1).shuffle(rows)
    return [
        Pair(row["text"], tuple(sorted({item["document"] for item in row["evidence"]})), _DAY)
        for row in rows[:_QUESTIONS]
    ]


if __name__ == "__main__":
    run(main)
