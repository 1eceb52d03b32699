"""Runs the reader's network."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from app.retrieval.reading.loading import LazyNetwork
from app.retrieval.reading.pack import PackBuilder, Window

if TYPE_CHECKING:
    from index.embedding.text_model import LazyTextModel

WEIGHTS = "reader.safetensors"


@dataclass(frozen=True, slots=True)
class Reading:
    """What the reader makes of a question and the windows laid before it; logits, so 0 is even."""

    answerable: float
    """Whether anything among the windows answers the question."""
    sentences: tuple[tuple[float, ...], ...]
    """For each window, how likely each of its sentences is part of the answer; shorter than the window, or empty,
    where the rest was not read for want of room."""


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
        """Load the weights unless they are; takes a second. Raises `ModelMissing` or `ModelDamaged`."""
        self._network.get()

    def read(self, question: str, packs: Sequence[Sequence[Window]]) -> Reading:
        """Read each pack of windows by itself, all at once; the likeliest pack says whether anything answers.

        The windows of the reading are those of all packs, one after the other. No windows answer nothing.
        """
        if not any(packs):
            return Reading(-30.0, ())
        network = self._network.get()
        built = [network.builder.build(question, windows) for windows in packs]
        answerable, sentences = network.run(built)
        logits = [iter(row) for row in sentences.tolist()]
        return Reading(
            float(answerable.max()),
            tuple(
                tuple(next(row) for _ in spans)
                for pack, row in zip(built, logits, strict=True)
                for spans in pack.sentences
            ),
        )
