"""A network of the reader's kind over the embedding model: loaded when it is first needed, run on packs."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib.resources import as_file, files
from pathlib import Path
from typing import TYPE_CHECKING, Any

from app.retrieval.reading.pack import Pack, PackBuilder
from index.errors import ModelDamaged

if TYPE_CHECKING:
    from torch import Tensor

    from index.embedding.bert import BertEncoder
    from index.embedding.text_model import LazyTextModel
    from index.embedding.tokenizer import TextTokenizer


@dataclass(frozen=True, slots=True)
class LoadedNetwork:
    """Ready to run; safe to share between threads."""

    encoder: BertEncoder
    heads: Any
    """See `app.retrieval.reading.network.build_heads`."""
    builder: PackBuilder
    """Lays out what the network was trained on."""
    tokenizer: TextTokenizer

    def run(self, packs: Sequence[Pack]) -> tuple[Tensor, Tensor, Tensor | None]:
        """Logits of packs, (n,), of their sentences, (n, most sentences of a pack), and of their tokens, (n, t, 2).

        Those of tokens, see `build_heads`, are None where the network was not trained to give them.
        """
        import torch

        from app.retrieval.reading.network import as_batch

        ids, mask, pooling = as_batch(packs)
        with torch.inference_mode():
            states = self.encoder(ids, mask)
            answerable, sentences = self.heads(states, pooling)
            ends = None if self.heads.span_head is None else self.heads.span_head(states)
        return answerable, sentences, ends


class LazyNetwork:
    """Loads a network once, whoever asks."""

    def __init__(
        self,
        model: LazyTextModel,
        shipped: str,
        *,
        build_packs: Callable[[TextTokenizer], PackBuilder],
        weights: Path | None = None,
    ) -> None:
        """Nothing is loaded yet.

        Args:
            model: the embedding model that the weights were trained on; its vocabulary and lower layers are shared.
            shipped: name of the weights that come with kefu.
            build_packs: makes the builder for the model's tokens.
            weights: take the place of those that come with kefu.
        """
        self._model, self._shipped, self._build_packs, self._weights = model, shipped, build_packs, weights
        self._lock = threading.Lock()
        self._loaded: LoadedNetwork | None = None

    def get(self) -> LoadedNetwork:
        """The network, loaded now unless it is; takes a second. Raises `ModelMissing` or `ModelDamaged`."""
        with self._lock:
            if self._loaded is None:
                self._loaded = self._load()
            return self._loaded

    def _load(self) -> LoadedNetwork:
        from app.retrieval.reading.network import count_layers, load_weights

        model = self._model.get()
        if model.encoder is None:
            raise ModelDamaged("The reader wants multilingual-e5-small, and the model in its folder is no BERT.")
        with as_file(files("app.retrieval.reading").joinpath(self._shipped)) as shipped:
            path = self._weights or shipped
            layers, heads = load_weights(path, model.encoder.dimension)
        try:
            encoder = model.encoder.with_upper_layers(layers, count_layers(layers))
        except ValueError as error:
            raise ModelDamaged(f"The reader's weights in {path} do not fit: {error}") from error
        return LoadedNetwork(
            encoder, heads.eval().requires_grad_(False), self._build_packs(model.tokenizer), model.tokenizer
        )
