"""Runs the reader's network."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.resources import as_file, files
from pathlib import Path
from typing import TYPE_CHECKING

from app.retrieval.reading.pack import PackBuilder, Window
from index.errors import ModelDamaged

if TYPE_CHECKING:
    from torch import nn

    from index.embedding.bert import BertEncoder
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


@dataclass(frozen=True, slots=True)
class _Loaded:
    encoder: BertEncoder
    heads: nn.Module
    builder: PackBuilder


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
        self._model, self._weights, self._longest = model, weights, longest
        self._lock = threading.Lock()
        self._loaded: _Loaded | None = None

    def load(self) -> None:
        """Load the weights unless they are; takes a second. Raises `ModelMissing` or `ModelDamaged`."""
        self._parts()

    def read(self, question: str, packs: Sequence[Sequence[Window]]) -> Reading:
        """Read each pack of windows by itself, all at once; the likeliest pack says whether anything answers.

        The windows of the reading are those of all packs, one after the other. No windows answer nothing.
        """
        import torch

        from app.retrieval.reading.network import as_batch

        if not any(packs):
            return Reading(-30.0, ())
        loaded = self._parts()
        built = [loaded.builder.build(question, windows) for windows in packs]
        ids, mask, pooling = as_batch(built)
        with torch.inference_mode():
            answerable, sentences = loaded.heads(loaded.encoder(ids, mask), pooling)
        logits = [iter(row) for row in sentences.tolist()]
        return Reading(
            float(answerable.max()),
            tuple(
                tuple(next(row) for _ in spans)
                for pack, row in zip(built, logits, strict=True)
                for spans in pack.sentences
            ),
        )

    def _parts(self) -> _Loaded:
        with self._lock:
            if self._loaded is None:
                self._loaded = self._load()
            return self._loaded

    def _load(self) -> _Loaded:
        from app.retrieval.reading.network import TRAINED_LAYERS, load_weights

        model = self._model.get()
        if model.encoder is None:
            raise ModelDamaged("The reader wants multilingual-e5-small, and the model in its folder is no BERT.")
        with as_file(files("app.retrieval.reading").joinpath(WEIGHTS)) as shipped:
            path = self._weights or shipped
            layers, heads = load_weights(path, model.encoder.dimension)
        try:
            encoder = model.encoder.with_upper_layers(layers, TRAINED_LAYERS)
        except ValueError as error:
            raise ModelDamaged(f"The reader's weights in {path} do not fit: {error}") from error
        return _Loaded(encoder, heads.eval().requires_grad_(False), PackBuilder(model.tokenizer, longest=self._longest))
