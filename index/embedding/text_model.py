"""A loaded text model in parts, tokeniser, token vectors and pooling, shared by everything that runs on it."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from index.errors import ModelDamaged
from index.process import return_freed_memory
from index.types import FloatMatrix

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer
    from torch import Tensor

    from index.embedding.bert import BertEncoder
    from index.embedding.tokenizer import TextTokenizer

    Step = Callable[[dict[str, Tensor]], dict[str, Tensor]]


@dataclass(frozen=True, slots=True)
class TextModel:
    """What is needed of a sentence-transformers model; safe to share between threads.

    Steps take and give a dictionary of tensors, as modules of sentence-transformers do.
    """

    tokenizer: TextTokenizer
    encoder: BertEncoder | None
    """Of a BERT model, for what builds on its layers; None where the model is of another kind."""
    tokens: Step
    """Adds the token vectors."""
    pooling: tuple[Step, ...]
    """What makes one vector of token vectors, and what comes behind it."""
    after_pooling: tuple[Step, ...]
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
            features = self.tokens({"input_ids": ids, "attention_mask": mask})
            for step in self.pooling:
                features = step(features)
            states = features["token_embeddings"]
            pooled: NDArray[np.float32] = features["sentence_embedding"].float().numpy()
        return [states[number, : len(row)] for number, row in enumerate(rows)], pooled

    def finish(self, means: FloatMatrix) -> FloatMatrix:
        """What the model does after pooling (a projection, unit length), done to mean token vectors (n, d)."""
        import torch

        with torch.inference_mode():
            features = {"sentence_embedding": torch.from_numpy(means)}
            for step in self.after_pooling:
                features = step(features)
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

        from index.embedding.loading import multiplies_bfloat16
        from index.embedding.plain_bert import is_plain

        if self._threads is not None:
            torch.set_num_threads(self._threads)
        bfloat16 = multiplies_bfloat16() if self._bfloat16 is None else self._bfloat16
        if isinstance(self._source, Path) and is_plain(self._source):
            loaded = _plain(self._source, bfloat16=bfloat16)
        else:
            loaded = _any(self._source, bfloat16=bfloat16)
        tokenizer = loaded.tokenizer
        loaded.forward([[*tokenizer.lead, *tokenizer.trail]])  # sets up threads and buffers, which takes half a second
        return_freed_memory()
        return loaded


def _plain(folder: Path, *, bfloat16: bool) -> TextModel:
    from index.embedding.bert import BertEncoder
    from index.embedding.plain_bert import mean_of_tokens, read_config, read_state, read_tokenizer, unit_length

    config = read_config(folder)
    try:
        encoder = BertEncoder.of_state(
            read_state(folder),
            layers=config["num_hidden_layers"],
            heads=config["num_attention_heads"],
            epsilon=config["layer_norm_eps"],
            bfloat16=bfloat16,
        )
    except KeyError as error:
        raise ModelDamaged(f"The embedding model in {folder} lacks {error}; pull the model again.") from error
    return TextModel(
        tokenizer=read_tokenizer(folder),
        encoder=encoder,
        tokens=_by(encoder),
        pooling=(mean_of_tokens, unit_length),
        after_pooling=(unit_length,),
        max_tokens=int(config["max_seq_length"]),
        dimension=encoder.dimension,
    )


def _any(source: Path | str, *, bfloat16: bool) -> TextModel:
    from index.embedding.bert import BertEncoder, fits
    from index.embedding.loading import load_model, use_bfloat16
    from index.embedding.tokenizer import FastTokenizer

    model: SentenceTransformer = load_model(source)
    inner: Any = getattr(model[0], "auto_model", None)
    encoder = BertEncoder.of(inner, bfloat16=bfloat16) if fits(inner) else None
    if encoder is None and bfloat16:
        use_bfloat16(model)
    modules = tuple(model)
    pooling = next(at for at, module in enumerate(modules) if type(module).__name__ == "Pooling")
    return TextModel(
        tokenizer=FastTokenizer(model.tokenizer.backend_tokenizer),
        encoder=encoder,
        tokens=modules[0] if encoder is None else _by(encoder),
        pooling=modules[1:],
        after_pooling=modules[pooling + 1 :],
        max_tokens=int(model.max_seq_length or 512),
        dimension=int(model.get_embedding_dimension() or 0),
    )


def _by(encoder: BertEncoder) -> Step:
    def add_tokens(features: dict[str, Tensor]) -> dict[str, Tensor]:
        return {**features, "token_embeddings": encoder(features["input_ids"], features["attention_mask"])}

    return add_tokens
