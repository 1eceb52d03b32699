"""How much memory a run will take, before it takes any."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from app.sizes import human_bytes
from app.training.llm.config import TuningConfig
from app.training.llm.errors import TuningMemoryShort

_LIBRARIES = 700 * 2**20
"""torch, transformers and peft themselves."""
_LOGIT_ROWS = 256


@dataclass(frozen=True, slots=True)
class Sizes:
    """Of a model."""

    layers: int
    width: int
    inner: int
    """Width between the two halves of a layer's feed-forward part."""
    key_width: int
    """Of keys and of values."""
    vocabulary: int
    is_tied: bool
    has_gate: bool

    @classmethod
    def of(cls, config: Mapping[str, Any]) -> Sizes:
        """From a `config.json` of transformers."""
        width = int(config.get("hidden_size") or config.get("n_embd") or 0)
        heads = int(config.get("num_attention_heads") or config.get("n_head") or 1)
        keys = int(config.get("num_key_value_heads") or heads)
        head = int(config.get("head_dim") or width // max(1, heads))
        return cls(
            layers=int(config.get("num_hidden_layers") or config.get("n_layer") or 0),
            width=width,
            inner=int(config.get("intermediate_size") or config.get("n_inner") or 4 * width),
            key_width=keys * head,
            vocabulary=int(config.get("vocab_size") or 0),
            is_tied=bool(config.get("tie_word_embeddings", True)),
            has_gate="n_embd" not in config,
        )

    @property
    def parameters(self) -> int:
        """Weights, within a hundredth."""
        layer = (
            2 * self.width**2 + 2 * self.width * self.key_width + (3 if self.has_gate else 2) * self.width * self.inner
        )
        return self.layers * layer + self.vocabulary * self.width * (1 if self.is_tied else 2)

    def adapter(self, rank: int, targets: int) -> int:
        """Weights of an adapter beside so many of a layer's seven matrices."""
        ends = 4 * self.width + 2 * (self.width + self.key_width) + 3 * (self.width + self.inner)
        return round(self.layers * rank * ends * min(targets, 7) / 7)


@dataclass(frozen=True, slots=True)
class MemoryEstimate:
    """Bytes, by what takes them."""

    weights: int
    trained: int
    """What is trained, its gradient, the two means of Adam and the best weights so far."""
    activations: int
    vocabulary: int
    """Scores of all tokens of the vocabulary, for those that are computed at once."""
    checkpointing: bool

    @property
    def total(self) -> int:
        """Of all, and the libraries."""
        return self.weights + self.trained + self.activations + self.vocabulary + _LIBRARIES

    def describe(self) -> str:
        """One line."""
        how = ", activations computed twice" if self.checkpointing else ""
        return (
            f"{human_bytes(self.total)}: weights {human_bytes(self.weights)}, training {human_bytes(self.trained)}, "
            f"activations {human_bytes(self.activations + self.vocabulary)}{how}"
        )


def estimate(sizes: Sizes, config: TuningConfig, *, bytes_a_weight: int) -> MemoryEstimate:
    """For one process; activations are computed twice only where the configuration says so."""
    all_weights = sizes.parameters
    trained = all_weights if config.trains_all else sizes.adapter(config.rank, len(config.targets))
    rows = config.batch * (2 if config.stage == "preference" else 1)
    tokens = rows * config.length
    layer = bytes_a_weight * (14 * sizes.width + 4 * sizes.inner)
    if not config.trains_all:  # an adapter keeps its inputs in float32, once before and once after dropout
        layer += 8 * (6 * sizes.width + sizes.inner)
    checkpointing = bool(config.checkpointing)
    kept = sizes.layers * bytes_a_weight * sizes.width + layer if checkpointing else sizes.layers * layer
    return MemoryEstimate(
        weights=all_weights * (4 if config.trains_all else bytes_a_weight),
        trained=trained * 4 * (4 if config.trains_all else 5),
        activations=tokens * kept,
        vocabulary=min(tokens, _LOGIT_ROWS) * sizes.vocabulary * (8 + bytes_a_weight),
        checkpointing=checkpointing,
    )


def fitted(
    sizes: Sizes, config: TuningConfig, *, bytes_a_weight: int, free: int
) -> tuple[TuningConfig, MemoryEstimate]:
    """The configuration with its activations kept or computed twice, whichever fits.

    Raises `TuningMemoryShort` with what would help when neither does.
    """
    choices = [config.checkpointing] if config.checkpointing is not None else [False, True]
    found = None
    for choice in choices:
        tried = replace(config, checkpointing=choice)
        found = estimate(sizes, tried, bytes_a_weight=bytes_a_weight)
        if found.total <= free:
            return tried, found
    assert found is not None
    helps = "a smaller --batch or --length" + (", an adapter instead of all weights" if config.full else "")
    raise TuningMemoryShort(
        f"The run needs about {found.describe()}; {human_bytes(free)} are free. What helps: {helps}, a smaller base "
        "model, or ending other programs."
    )


def free_memory() -> int:
    """Bytes that a new process may take here."""
    import psutil

    machine: Any = psutil
    return int(machine.virtual_memory().available)
