"""Runs the reader's network."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from app.retrieval.glossary import Glossary
from app.retrieval.reading.loading import LazyNetwork
from app.retrieval.reading.pack import Pack, PackBuilder, Window
from index.text.language import crosses

if TYPE_CHECKING:
    from index.embedding.text_model import LazyTextModel
    from index.embedding.tokenizer import TextTokenizer

FloatArray = NDArray[np.float32]

WEIGHTS = "reader.safetensors"
_MOST_ANSWERS = 8
_LONGEST_ANSWER = 24
"""Tokens."""
NEAR = 3.0
"""How far below the best a short answer is still told: finding its characters costs more than its score."""


@dataclass(frozen=True, slots=True)
class ShortAnswer:
    """The few characters of a sentence that answer."""

    score: float
    """Log-odds against there being none in what was read; 0 is even."""
    start: int
    end: int
    """Half-open, in characters of the sentence."""
    words: str
    """What stands there."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What the reader makes of a question and the windows laid before it; logits, so 0 is even."""

    answerable: float
    """Whether anything among the windows answers the question."""
    sentences: tuple[tuple[float, ...], ...]
    """For each window, how likely each of its sentences is part of the answer; shorter than the window, or empty,
    where the rest was not read for want of room."""
    answers: tuple[tuple[ShortAnswer | None, ...], ...] = ()
    """The short answer in each of these sentences, the likeliest `_MOST_ANSWERS` of all that are within `NEAR` of the
    best; () of a reader that was not trained to give them."""


def asked_beside(question: str, windows: Sequence[Window]) -> str:
    """The question as it is read beside these windows: with its words as those in the other language have them."""
    texts = (text for window in windows for text in (window.context, *window.sentences))
    return Glossary.shipped().beside(question, "\n".join(text for text in texts if crosses(question, text)))


class EvidenceReader:
    """Reads with the weights that come with kefu on top of the embedding model; loaded on first use.

    Safe to share between threads.
    """

    def __init__(self, model: LazyTextModel, *, weights: Path | None = None, longest: int = 256) -> None:
        """Nothing is loaded yet.

        Args:
            model: the embedding model that the weights were trained on; its vocabulary and lower layers are shared.
            weights: of the reader; None takes those that come with kefu.
            longest: tokens read at once.
        """
        self._network = LazyNetwork(
            model, WEIGHTS, build_packs=lambda tokenizer: PackBuilder(tokenizer, longest=longest), weights=weights
        )

    def load(self) -> None:
        """Load weights and glossary unless they are; takes a second. Raises `ModelMissing` or `ModelDamaged`."""
        self._network.get()
        Glossary.shipped()

    def read(self, question: str, packs: Sequence[Sequence[Window]]) -> Reading:
        """Read each pack of windows by itself, all at once; the likeliest pack says whether anything answers.

        The windows of the reading are those of all packs, one after the other. No windows answer nothing.
        """
        if not any(packs):
            return Reading(-30.0, ())
        network = self._network.get()
        built = [network.builder.build(asked_beside(question, windows), windows) for windows in packs]
        answerable, sentences, ends = network.run(built)
        logits = [iter(row) for row in sentences.tolist()]
        return Reading(
            float(answerable.max()),
            tuple(
                tuple(next(row) for _ in spans)
                for pack, row in zip(built, logits, strict=True)
                for spans in pack.sentences
            ),
            () if ends is None else short_answers(packs, built, ends.float().numpy(), network.tokenizer),
        )


def short_answers(
    packs: Sequence[Sequence[Window]], built: Sequence[Pack], ends: FloatArray, tokenizer: TextTokenizer
) -> tuple[tuple[ShortAnswer | None, ...], ...]:
    """The likeliest short answers; `ends` are the logits of tokens, (packs, tokens, 2)."""
    found: list[list[tuple[float, int, int] | None]] = []
    for pack, logits in zip(built, ends, strict=True):
        none = float(logits[0].sum())
        found += [[_likeliest(logits[first:end], none) for first, end in spans] for spans in pack.sentences]
    scores = sorted((item[0] for row in found for item in row if item is not None), reverse=True)
    least = max(scores[min(len(scores), _MOST_ANSWERS) - 1], scores[0] - NEAR) if scores else 0.0
    windows = [window for pack in packs for window in pack]
    return tuple(
        tuple(
            _in_characters(sentence, item, tokenizer) if item is not None and item[0] >= least else None
            for sentence, item in zip(window.sentences, row, strict=False)
        )
        for window, row in zip(windows, found, strict=True)
    )


def _likeliest(logits: FloatArray, none: float) -> tuple[float, int, int] | None:
    """Score, first and last token of a sentence's best short answer."""
    if not len(logits):
        return None
    both = logits[:, :1] + logits[:, 1]
    first, last = np.indices(both.shape)
    both = np.where((last >= first) & (last - first < _LONGEST_ANSWER), both, -np.inf)
    at = int(both.argmax())
    return float(both.flat[at]) - none, *divmod(at, both.shape[1])


def _in_characters(sentence: str, item: tuple[float, int, int], tokenizer: TextTokenizer) -> ShortAnswer | None:
    score, first, last = item
    _, offsets = tokenizer.ids_with_offsets([sentence])[0]
    if last >= len(offsets):
        return None
    start, end = int(offsets[first][0]), int(offsets[last][1])
    return ShortAnswer(score, start, end, sentence[start:end])
