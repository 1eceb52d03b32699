"""How an embedder is tuned, and how much memory that takes."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from app.sizes import human_bytes
from app.training.errors import TrainingDataInvalid, TrainingMemoryShort

_LIBRARIES = 700 * 2**20
"""torch, transformers and sentence-transformers themselves."""


@dataclass(frozen=True, slots=True)
class FullParams:
    """Everything that decides what a run learns; the same values, data and base, the same weights."""

    epochs: int = 4
    batch: int = 16
    """Questions of a step; the passages of all stand against one another."""
    at_once: int = 8
    """Texts that are computed at once; only memory and speed depend on it."""
    length: int = 192
    """Tokens of a text; longer ones are cut."""
    negatives: int = 2
    """Passages of other documents for each question, those that the search confuses with the right ones."""
    rate: float = 2e-5
    warmup: float = 0.1
    """Share of the steps in which the rate rises; then it falls in a line."""
    weight_decay: float = 0.01
    clip: float = 1.0
    """Largest norm of a step's gradient."""
    temperature: float = 0.05
    vocabulary: bool = False
    """Whether the vectors of the vocabulary are trained too: four fifths of a small multilingual model."""
    held_out: float = 0.2
    """Share of the questions, the newest, that decides when to stop."""
    held_out_most: int = 100
    """The newest of them, that many at most."""
    evaluate_every: int = 10
    """Steps between two measurements on what is held out."""
    patience: int = 4
    """Measurements without a better one that end the run."""
    save_every: int = 5
    """Steps between two checkpoints."""
    seed: int = 20261125

    def __post_init__(self) -> None:
        wrong = [name for name, (low, high) in _RANGES.items() if not low <= getattr(self, name) <= high]
        if wrong:
            low, high = _RANGES[wrong[0]]
            raise TrainingDataInvalid(
                f"Expected {wrong[0]} from {low:g} to {high:g}, got {getattr(self, wrong[0])!r}. Correct the option."
            )

    def rate_at(self, step: int, steps: int) -> float:
        """The learning rate of a step, counted from 0."""
        rising = max(1, round(self.warmup * steps))
        return self.rate * min((step + 1) / rising, max(0.02, (steps - step) / max(1, steps - rising)))


_RANGES: dict[str, tuple[float, float]] = {
    "epochs": (1, 1000),
    "batch": (2, 1024),
    "at_once": (1, 1024),
    "length": (8, 8192),
    "negatives": (1, 16),
    "rate": (1e-8, 1.0),
    "warmup": (0, 1),
    "weight_decay": (0, 1),
    "clip": (1e-3, 1000),
    "temperature": (1e-3, 10),
    "held_out": (0.01, 0.9),
    "held_out_most": (1, 100_000),
    "evaluate_every": (1, 1_000_000),
    "patience": (1, 1000),
    "save_every": (1, 1_000_000),
    "seed": (0, 2**31),
}


@dataclass(frozen=True, slots=True)
class FullMemory:
    """Bytes, by what takes them."""

    weights: int
    trained: int
    """Gradients, the two means of Adam, and the best weights so far."""
    activations: int

    @property
    def total(self) -> int:
        """Of all, and the libraries."""
        return self.weights + self.trained + self.activations + _LIBRARIES

    def describe(self) -> str:
        """One line."""
        return (
            f"{human_bytes(self.total)}: weights {human_bytes(self.weights)}, training {human_bytes(self.trained)}, "
            f"activations {human_bytes(self.activations)}"
        )


def memory_needed(base: Path, params: FullParams) -> FullMemory:
    """Of a run on the model in a folder, from the sizes of its tensors; nothing is loaded."""
    config = _config(base)
    total, table = _elements(base, int(config.get("vocab_size", 0)))
    width = int(config.get("hidden_size", 0))
    inner = int(config.get("intermediate_size") or 4 * width)
    layers, heads = int(config.get("num_hidden_layers", 0)), int(config.get("num_attention_heads", 1))
    a_token = 4 * layers * (14 * width + 4 * inner + 3 * heads * params.length)
    return FullMemory(
        weights=4 * total,
        trained=16 * (total if params.vocabulary else total - table),
        activations=params.at_once * params.length * a_token,
    )


def require_memory(needed: FullMemory, free: int) -> None:
    """Raises `TrainingMemoryShort` with what would help."""
    if needed.total > free:
        raise TrainingMemoryShort(
            f"The run needs about {needed.describe()}; {human_bytes(free)} are free. What helps: a smaller at_once or "
            "length, the adapter (without --full), or ending other programs."
        )


def _config(base: Path) -> Mapping[str, Any]:
    try:
        found = json.loads((base / "config.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):  # a model whose parts lie in folders of their own
        inner = sorted(base.glob("*/config.json"), key=lambda path: -path.stat().st_size)
        found = json.loads(inner[0].read_text(encoding="utf-8")) if inner else {}
    return found if isinstance(found, dict) else {}


def _elements(base: Path, vocabulary: int) -> tuple[int, int]:
    """Numbers in all tensors, and in the largest one with a row for each word of the vocabulary."""
    from safetensors import SafetensorError, safe_open

    total = table = 0
    for file in base.rglob("*.safetensors"):
        try:
            with safe_open(file, "numpy") as weights:
                shapes = [weights.get_slice(name).get_shape() for name in weights.keys()]  # noqa: SIM118 (no mapping)
        except SafetensorError as error:
            raise TrainingDataInvalid(f"{file} is damaged ({error}); pull the model again.") from error
        total += sum(math.prod(shape) for shape in shapes)
        table = max([table, *(math.prod(shape) for shape in shapes if shape and shape[0] == vocabulary)])
    return total, table
