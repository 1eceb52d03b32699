"""A BERT encoder for inference on CPU, read straight from a model folder.

The library model costs 145 MiB and seconds of imports before the first vector, and copies every weight. This one
knows the one architecture of the default embedder (and of most small Chinese and English ones), maps the weight file
into memory, so that only the rows of the vocabulary that occur are ever read, and joins the three projections of an
attention into one product. Other architectures go through `transformers` (see `sentence_transformer.py`).
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError, safe_open
from torch import Tensor
from torch.nn import functional

from index.errors import ModelDamaged


@dataclass(frozen=True, slots=True)
class _Layer:
    """Weights of one block; `qkv` are query, key and value stacked."""

    qkv: tuple[Tensor, Tensor]
    attention: tuple[Tensor, Tensor]
    attention_norm: tuple[Tensor, Tensor]
    up: tuple[Tensor, Tensor]
    down: tuple[Tensor, Tensor]
    norm: tuple[Tensor, Tensor]


def is_supported(config: dict[str, Any]) -> bool:
    """Whether `config` (a parsed config.json) describes an encoder that `BertEncoder` computes exactly."""
    return (
        config.get("model_type") == "bert"
        and config.get("hidden_act", "gelu") == "gelu"
        and config.get("position_embedding_type", "absolute") == "absolute"
        and not config.get("is_decoder", False)
        and not config.get("add_cross_attention", False)
    )


class BertEncoder:
    """Token ids in, last hidden states out; safe to call from several threads.

    Source: Devlin et al., NAACL 2019; layer names as transformers' `BertModel` stores them.
    """

    def __init__(self, folder: Path) -> None:
        """Map config.json and model.safetensors of `folder`.

        Raises `ModelDamaged` when a file or a tensor is missing or of the wrong shape.
        """
        try:
            config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
            self._heads = int(config["num_attention_heads"])
            self._eps = float(config.get("layer_norm_eps", 1e-12))
            self.positions = int(config["max_position_embeddings"])
            with safe_open(folder / "model.safetensors", framework="pt") as weights:
                self._read(weights, layers=int(config["num_hidden_layers"]))
        except (OSError, KeyError, ValueError, RuntimeError, SafetensorError) as error:
            raise ModelDamaged(
                f"{folder.name} is not a whole BERT model ({error}); run `kefu models verify` and pull it again."
            ) from error

    @property
    def dimension(self) -> int:
        """Length of a hidden state."""
        return int(self._words.shape[1])

    def __call__(self, ids: Tensor, lengths: Tensor) -> Tensor:
        """Hidden states float32 (n, length, d) of `ids` int64 (n, length), of which the first `lengths` (n,) count.

        What stands at positions past a row's length is meaningless.
        """
        count, width = ids.shape
        hidden = functional.embedding(ids, self._words).float() + self._positions[:width]
        hidden = functional.layer_norm(hidden, hidden.shape[-1:], *self._embedding_norm, self._eps)
        mask = None
        if int(lengths.min()) < width:
            mask = (torch.arange(width)[None, :] < lengths[:, None])[:, None, None, :]
        for layer in self._layers:
            hidden = self._block(layer, hidden, mask, count, width)
        return hidden

    def _block(self, layer: _Layer, hidden: Tensor, mask: Tensor | None, count: int, width: int) -> Tensor:
        size = hidden.shape[-1]
        stacked = functional.linear(hidden, *layer.qkv).view(count, width, 3, self._heads, size // self._heads)
        query, key, value = stacked.permute(2, 0, 3, 1, 4).unbind(0)
        mixed = functional.scaled_dot_product_attention(query, key, value, attn_mask=mask)
        mixed = mixed.transpose(1, 2).reshape(count, width, size)
        mixed = functional.linear(mixed, *layer.attention).add_(hidden)
        hidden = functional.layer_norm(mixed, (size,), *layer.attention_norm, self._eps)
        inner = functional.gelu(functional.linear(hidden, *layer.up))
        inner = functional.linear(inner, *layer.down).add_(hidden)
        return functional.layer_norm(inner, (size,), *layer.norm, self._eps)

    def _read(self, weights: Any, *, layers: int) -> None:
        names = set(weights.keys())
        prefix = "bert." if "bert.embeddings.word_embeddings.weight" in names else ""

        def tensor(name: str) -> Tensor:
            # float() of a float32 tensor copies nothing: a float32 file stays mapped, a float16 one is widened.
            return weights.get_tensor(f"{prefix}{name}").float()  # type: ignore[no-any-return]

        def pair(name: str) -> tuple[Tensor, Tensor]:
            return tensor(f"{name}.weight"), tensor(f"{name}.bias")

        self._words: Tensor = weights.get_tensor(f"{prefix}embeddings.word_embeddings.weight")
        # One segment only: its embedding is the same for every token, so it joins the positions once and for all.
        kinds = tensor("embeddings.token_type_embeddings.weight")
        self._positions = tensor("embeddings.position_embeddings.weight") + kinds[0]
        self._embedding_norm = pair("embeddings.LayerNorm")
        self._layers = tuple(_read_layer(pair, f"encoder.layer.{number}") for number in range(layers))


def _read_layer(pair: Any, name: str) -> _Layer:
    parts = [pair(f"{name}.attention.self.{part}") for part in ("query", "key", "value")]
    return _Layer(
        qkv=(torch.cat([weight for weight, _ in parts]), torch.cat([bias for _, bias in parts])),
        attention=pair(f"{name}.attention.output.dense"),
        attention_norm=pair(f"{name}.attention.output.LayerNorm"),
        up=pair(f"{name}.intermediate.dense"),
        down=pair(f"{name}.output.dense"),
        norm=pair(f"{name}.output.LayerNorm"),
    )
