"""Says whether a passage bears out a claim: the reader's network with weights of its own.

Words and numbers are compared by rule (`app.generation.check`); this sees what rules do not: another subject, a dropped
exception, a condition that was turned round. Trained by `app.training.claims`.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.resources import as_file, files
from pathlib import Path
from typing import TYPE_CHECKING

from app.retrieval.reading.pack import PackBuilder, Window
from index.errors import ModelDamaged
from index.text.sentences import split_sentences

if TYPE_CHECKING:
    from torch import nn

    from index.embedding.bert import BertEncoder
    from index.embedding.text_model import LazyTextModel
    from index.embedding.tokenizer import TextTokenizer

WEIGHTS = "claims.safetensors"


def claim_packs(tokenizer: TextTokenizer) -> PackBuilder:
    """Lays out claims before passages: whole sentences, for the word that matters may be their last."""
    return PackBuilder(tokenizer, longest=384, question=96, sentence=160)


def passage_window(text: str) -> Window:
    """A passage as the network sees it."""
    return Window("", tuple(text[start:end] for start, end in split_sentences(text)))


@dataclass(frozen=True, slots=True)
class _Loaded:
    encoder: BertEncoder
    heads: nn.Module
    builder: PackBuilder


class ClaimReader:
    """Judges claims; loaded on first use, safe to share between threads."""

    def __init__(self, model: LazyTextModel, *, weights: Path | None = None) -> None:
        """Nothing is loaded yet.

        Args:
            model: the embedding model that the weights were trained on; its vocabulary and lower layers are shared.
            weights: None takes those that come with kefu.
        """
        self._model, self._weights = model, weights
        self._lock = threading.Lock()
        self._loaded: _Loaded | None = None

    def load(self) -> None:
        """Load the weights unless they are. Raises `ModelMissing` or `ModelDamaged`."""
        self._parts()

    def support(self, claim: str, passages: Sequence[str]) -> list[float]:
        """For each passage a logit that it bears the claim out; 0 is even, an empty passage bears out nothing."""
        import torch

        from app.retrieval.reading.network import as_batch

        logits = [-30.0] * len(passages)
        filled = [at for at, text in enumerate(passages) if text.strip()]
        if filled:
            loaded = self._parts()
            packs = [loaded.builder.build(claim, [passage_window(passages[at])]) for at in filled]
            ids, mask, pooling = as_batch(packs)
            with torch.inference_mode():
                found, _ = loaded.heads(loaded.encoder(ids, mask), pooling)
            for at, logit in zip(filled, found.tolist(), strict=True):
                logits[at] = logit
        return logits

    def _parts(self) -> _Loaded:
        with self._lock:
            if self._loaded is None:
                self._loaded = self._load()
            return self._loaded

    def _load(self) -> _Loaded:
        from app.retrieval.reading.network import TRAINED_LAYERS, load_weights

        model = self._model.get()
        if model.encoder is None:
            raise ModelDamaged("Claims are read with multilingual-e5-small, and the model in its folder is no BERT.")
        with as_file(files("app.retrieval.reading").joinpath(WEIGHTS)) as shipped:
            path = self._weights or shipped
            layers, heads = load_weights(path, model.encoder.dimension)
        try:
            encoder = model.encoder.with_upper_layers(layers, TRAINED_LAYERS)
        except ValueError as error:
            raise ModelDamaged(f"The weights in {path} do not fit: {error}") from error
        return _Loaded(encoder, heads.eval().requires_grad_(False), claim_packs(model.tokenizer))
