"""A loaded text model in parts, tokeniser, token vectors and pooling, shared by everything that runs on it."""

from __future__ import annotations

import json
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from index.types import FloatMatrix

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer
    from tokenizers import Tokenizer
    from torch import Tensor, nn

    from index.embedding.bert import BertEncoder


@dataclass(frozen=True, slots=True)
class TextModel:
    """What is needed of a sentence-transformers model; safe to share between threads."""

    tokenizer: Tokenizer
    encoder: BertEncoder | None
    """Gives the token vectors where it can; None where the model's own first module has to."""
    first: nn.Module | None
    pooling: tuple[nn.Module, ...]
    """The modules that make one vector of token vectors, and what comes behind them."""
    after_pooling: tuple[nn.Module, ...]
    lead: list[int]
    """Special tokens before a text."""
    trail: list[int]
    """Special tokens behind it."""
    max_tokens: int
    """Of a row, special tokens included."""
    dimension: int
    """Length of a text's vector."""

    def forward(self, rows: Sequence[list[int]]) -> tuple[list[Tensor], NDArray[np.float32]]:
        """Token vectors of each row of token ids (without padding), and the pooled vector of each, (n, d)."""
        import torch

        width = max(map(len, rows))
        ids = torch.zeros((len(rows), width), dtype=torch.long)
        mask = torch.zeros_like(ids)
        for number, row in enumerate(rows):
            ids[number, : len(row)] = torch.tensor(row)
            mask[number, : len(row)] = 1
        with torch.inference_mode():
            features: dict[str, Tensor] = {"input_ids": ids, "attention_mask": mask}
            if self.encoder is not None:
                features["token_embeddings"] = self.encoder(ids, mask)
            elif self.first is not None:
                features = self.first(features)
            for module in self.pooling:
                features = module(features)
            states = features["token_embeddings"]
            pooled: NDArray[np.float32] = features["sentence_embedding"].float().numpy()
        return [states[number, : len(row)] for number, row in enumerate(rows)], pooled

    def finish(self, means: FloatMatrix) -> FloatMatrix:
        """What the model does after pooling (a projection, unit length), done to mean token vectors (n, d)."""
        import torch

        with torch.inference_mode():
            features = {"sentence_embedding": torch.from_numpy(means)}
            for module in self.after_pooling:
                features = module(features)
            finished: FloatMatrix = features["sentence_embedding"].numpy()
        return finished


class LazyTextModel:
    """Loads a model when it is first needed, once, whoever asks."""

    def __init__(self, source: Path | str, *, threads: int | None = None, bfloat16: bool | None = None) -> None:
        """Nothing is loaded yet.

        Args:
            source: folder of the model, or (as a `str`) its name on the model hub.
            threads: of torch, for the whole process; None leaves torch's choice.
            bfloat16: whether products are of bfloat16; None decides by the processor.
        """
        self._source, self._threads, self._bfloat16 = source, threads, bfloat16
        self._loaded: TextModel | None = None
        self._lock = threading.Lock()

    @property
    def is_loaded(self) -> bool:
        """Whether the weights are in memory."""
        return self._loaded is not None

    @property
    def dimension(self) -> int:
        """Length of a vector; read from the model's configuration, without loading it where that is possible."""
        if self._loaded is None:
            folder = Path(self._source)
            try:
                modules = json.loads((folder / "modules.json").read_text("utf-8"))
                if not any(module["type"].endswith("Dense") for module in modules):
                    return int(json.loads((folder / "config.json").read_text("utf-8"))["hidden_size"])
            except (OSError, ValueError, KeyError):
                pass
        return self.get().dimension

    def get(self) -> TextModel:
        """The model, loaded now unless it is. Raises `ModelMissing` or `ModelDamaged`."""
        with self._lock:
            if self._loaded is None:
                self._loaded = self._load()
            return self._loaded

    def _load(self) -> TextModel:
        import torch

        from index.embedding.bert import BertEncoder, fits
        from index.embedding.loading import load_model, multiplies_bfloat16, use_bfloat16

        if self._threads is not None:
            torch.set_num_threads(self._threads)
        bfloat16 = multiplies_bfloat16() if self._bfloat16 is None else self._bfloat16
        model = load_model(self._source)
        inner: Any = getattr(model[0], "auto_model", None)
        encoder = BertEncoder.of(inner, bfloat16=bfloat16) if fits(inner) else None
        if encoder is None and bfloat16:
            use_bfloat16(model)
        loaded = _parts(model, encoder)
        loaded.forward([[*loaded.lead, *loaded.trail]])  # sets up threads and buffers, which takes half a second
        return loaded


def _parts(model: SentenceTransformer, encoder: BertEncoder | None) -> TextModel:
    tokenizer = model.tokenizer.backend_tokenizer
    tokenizer.no_truncation()
    tokenizer.no_padding()
    empty = tokenizer.encode("a", add_special_tokens=True)
    inside = [at for at, special in enumerate(empty.special_tokens_mask) if not special]
    modules = tuple(model)
    pooling = next(at for at, module in enumerate(modules) if type(module).__name__ == "Pooling")
    return TextModel(
        tokenizer=tokenizer,
        encoder=encoder,
        first=None if encoder is not None else modules[0],
        pooling=modules[1:],
        after_pooling=modules[pooling + 1 :],
        lead=empty.ids[: inside[0]],
        trail=empty.ids[inside[-1] + 1 :],
        max_tokens=int(model.max_seq_length or 512),
        dimension=int(model.get_embedding_dimension() or 0),
    )
