"""Finds the means of `app.retrieval.token_shift` on the questions of `app/training/corpora`.

    python -m app.training.token_shift --out FILE --corpus FOLDER...

The mean centred token of the questions of each language; the shipped file took every fourth question of the twelve
corpora: a minute.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable

import numpy as np

from app.retrieval.token_shift import TokenShift
from app.training.program import run
from app.training.reading_data import corpora_parser, corpus_container, corpus_questions
from index.ports import TokenEmbedder
from index.text.language import detect
from index.types import FloatMatrix

_EVERY = 4


def fit(tokens: Iterable[tuple[str, FloatMatrix]], *, codec_id: str) -> TokenShift:
    """From languages and tokens (t, d) of questions. Raises `ValueError` unless there are two languages."""
    sums: dict[str, FloatMatrix] = {}
    counts: dict[str, int] = {}
    for language, rows in tokens:
        if len(rows):
            sums[language] = sums.get(language, np.zeros(rows.shape[1], np.float32)) + rows.sum(axis=0)
            counts[language] = counts.get(language, 0) + len(rows)
    if len(sums) != 2:
        raise ValueError(f"Expected questions of two languages, got {len(sums)}.")
    means = {language: (total / counts[language]).astype(np.float32) for language, total in sums.items()}
    return TokenShift(means, codec_id=codec_id)


def main() -> None:
    """Read the questions, average, write the file."""
    given = corpora_parser(__doc__).parse_args()
    embedder = corpus_container(given.corpus[0], given.home).embedder
    if not isinstance(embedder, TokenEmbedder) or embedder.token_codec is None:
        sys.exit("Expected an embedder with a token codec.")
    questions = [
        row["text"]
        for folder in given.corpus
        for row in list(corpus_questions(folder))[::_EVERY]
        if detect(row["text"]) == row["language"]
    ]
    shift = fit(
        ((detect(text), embedder.query_tokens(text)) for text in questions), codec_id=embedder.token_codec.codec_id
    )
    shift.save(given.out)
    sys.stdout.write(f"means of {len(questions)} questions\n")


if __name__ == "__main__":
    run(main)
