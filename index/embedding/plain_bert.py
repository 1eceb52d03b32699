"""Loads an ordinary BERT embedding model, mean pooling and unit length, without the library that trained it.

Importing sentence-transformers takes 180 MB and two seconds, for what is three steps here. Folders of any other kind
are left to that library (`index.embedding.loading`); a test holds both to the same vectors.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from index.embedding.tokenizer import PIECES, FastTokenizer, PieceTokenizer, TextTokenizer
from index.errors import ModelDamaged

if TYPE_CHECKING:
    from torch import Tensor

_WEIGHTS = "model.safetensors"
_MODULES = ("Transformer", "Pooling", "Normalize")


def is_plain(folder: Path) -> bool:
    """Whether this module computes what the model in `folder` does."""
    try:
        modules = [module["type"].rpartition(".")[2] for module in _read(folder, "modules.json")]
        config, pooling = _read(folder, "config.json"), _read(folder, "1_Pooling/config.json")
        cut = _read(folder, "sentence_bert_config.json")
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return False
    modes = {name for name, value in pooling.items() if name.startswith("pooling_mode_") and value is True}
    return (
        tuple(modules) == _MODULES
        and (modes or {f"pooling_mode_{pooling.get('pooling_mode')}_tokens"}) == {"pooling_mode_mean_tokens"}
        and config.get("model_type") == "bert"
        and config.get("hidden_act") == "gelu"
        and config.get("position_embedding_type", "absolute") == "absolute"
        and not config.get("is_decoder", False)
        and not cut.get("do_lower_case", False)
        and (folder / _WEIGHTS).is_file()
        and ((folder / PIECES).is_file() or (folder / "tokenizer.json").is_file())
    )


def read_config(folder: Path) -> dict[str, Any]:
    """The model's configuration, with `max_seq_length` (tokens of a row, special ones included) beside it."""
    config = _read(folder, "config.json")
    longest = _read(folder, "sentence_bert_config.json").get("max_seq_length")
    return {**config, "max_seq_length": longest or config["max_position_embeddings"]}


def read_state(folder: Path) -> dict[str, Tensor]:
    """Weights by name: float32, but for a vocabulary of 16 bits, which stays so and stays in the file.

    Rows of the vocabulary are read through a memory map when they are needed: for a quarter of a million rows that
    is 190 MB and mostly never touched, instead of 384 MB copied. Raises `ModelDamaged`.
    """
    import torch
    from safetensors import SafetensorError, safe_open

    state = {}
    try:
        with safe_open(folder / _WEIGHTS, "pt") as weights:
            for name in weights.keys():  # noqa: SIM118 (no mapping)
                tensor = weights.get_tensor(name)
                is_vocabulary = name == "embeddings.word_embeddings.weight"
                if is_vocabulary and tensor.dtype in (torch.float16, torch.bfloat16):
                    state[name] = tensor
                elif tensor.is_floating_point():
                    state[name] = tensor.to(torch.float32, copy=True)
    except (SafetensorError, OSError, ValueError) as error:
        raise ModelDamaged(f"{folder / _WEIGHTS} is damaged ({error}); pull the model again.") from error
    return state


def read_tokenizer(folder: Path) -> TextTokenizer:
    """The folder's tokenizer. Raises `ModelDamaged`."""
    from tokenizers import Tokenizer

    try:
        if (folder / PIECES).is_file():
            return PieceTokenizer(folder / PIECES)
        return FastTokenizer(Tokenizer.from_file(str(folder / "tokenizer.json")))
    except Exception as error:  # both libraries raise bare exceptions
        reason = " ".join(str(error).split())[:200]
        raise ModelDamaged(f"The tokenizer in {folder} does not load: {reason}") from error


def mean_of_tokens(features: dict[str, Tensor]) -> dict[str, Tensor]:
    """Adds the mean of each row's `token_embeddings` (n, t, d), padding left out, as `sentence_embedding` (n, d)."""
    mask = features["attention_mask"].unsqueeze(-1).float()
    summed = (features["token_embeddings"] * mask).sum(1)
    return {**features, "sentence_embedding": summed / mask.sum(1).clamp(min=1e-9)}


def unit_length(features: dict[str, Tensor]) -> dict[str, Tensor]:
    """Brings `sentence_embedding` (n, d) to unit length."""
    from torch.nn.functional import normalize

    return {**features, "sentence_embedding": normalize(features["sentence_embedding"], dim=1)}


def _read(folder: Path, name: str) -> Any:
    return json.loads((folder / name).read_text(encoding="utf-8"))
