"""How a language model is tuned: a YAML or JSON file, with single values from the command line over it."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal, get_args

from app.training.llm.errors import TuningConfigInvalid
from app.training.llm.records import STAGES, Stage
from app.training.options import read_options, typed

Family = Literal["llama", "qwen2", "gpt2"]
Schedule = Literal["cosine", "linear", "constant"]
Precision = Literal["auto", "float32", "bfloat16"]
FAMILIES: tuple[Family, ...] = get_args(Family)
_CHOICES: dict[str, tuple[str, ...]] = {
    "stage": STAGES,
    "schedule": get_args(Schedule),
    "precision": get_args(Precision),
}
NEW = "none"
"""In the place of an adapter that is learnt on."""
TARGETS = ("q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj")


@dataclass(frozen=True, slots=True)
class Architecture:
    """A model that is made from nothing."""

    family: Family = "llama"
    layers: int = 4
    width: int = 256
    heads: int = 4
    vocabulary: int = 4096
    """Tokens at most; the tokenizer is trained on the texts at hand."""

    def __post_init__(self) -> None:
        if self.family not in FAMILIES:
            raise TuningConfigInvalid(f"There is no architecture {self.family!r}; choose {', '.join(FAMILIES)}.")
        if not (1 <= self.layers <= 64 and 1 <= self.heads <= 64 and 300 <= self.vocabulary <= 200_000):
            raise TuningConfigInvalid(
                f"Expected 1 to 64 layers and heads and a vocabulary of 300 to 200000, got {self.layers}, "
                f"{self.heads} and {self.vocabulary}."
            )
        if self.width % (2 * self.heads) or not 16 <= self.width <= 8192:
            raise TuningConfigInvalid(
                f"Expected a width of 16 to 8192 that two times the heads divide, got {self.width} and {self.heads}."
            )


@dataclass(frozen=True, slots=True)
class TuningConfig:
    """Everything that decides what a run learns; the same values and data, the same weights."""

    stage: Stage = "sft"
    base: str = "0.5b"
    """A chat model of `kefu models list`, a GGUF file, or a Hugging Face folder (one that a run from scratch left)."""
    adapter: str | None = None
    """Folder of an earlier run, or adapter.gguf, whose adapter is learnt on; "none" for a new one. None: the one that
    comes with kefu for `base`, where one does."""
    from_scratch: Architecture | None = None
    """Makes a new model in place of `base`; all its weights are trained."""
    full: bool = False
    """Whether all weights of `base` are trained, not an adapter beside them."""
    data: tuple[str, ...] = ()
    seed: int = 20261125
    steps: int = 60
    batch: int = 2
    """Records that are computed at once; pairs count once."""
    accumulate: int = 4
    """Batches of a step."""
    length: int = 512
    """Tokens of a record; longer ones are left out (pretrain: length of a block)."""
    rate: float = 2e-4
    warmup: float = 0.1
    """Share of the steps in which the rate rises."""
    schedule: Schedule = "cosine"
    weight_decay: float = 0.0
    clip: float = 1.0
    """Largest norm of a step's gradient."""
    rank: int = 8
    alpha: float = 16.0
    dropout: float = 0.05
    targets: tuple[str, ...] = TARGETS
    """Layers beside which an adapter is put."""
    precision: Precision = "auto"
    """Of the weights that stay; "auto": bfloat16 where the processor computes in it."""
    checkpointing: bool | None = None
    """Whether activations are computed twice to save memory; None: where the estimate would not fit otherwise."""
    held_out: float = 0.05
    """Share of the records that is measured on, never learnt from."""
    held_out_most: int = 40
    evaluate_every: int = 20
    """Steps; 0 measures at the start and the end alone."""
    patience: int = 0
    """Measurements without a better one after which a run ends; 0 never ends it early."""
    save_every: int = 10
    beta: float = 0.1
    """How much a pair counts against keeping to the model at the start; preference only."""
    anchor: float = 0.2
    """Weight of the loss on the chosen reply beside that of the pair; preference only."""
    threads: int = 0
    """0: what torch takes. Another number rounds otherwise, so it is part of what decides a result."""

    def __post_init__(self) -> None:
        for name, allowed in _CHOICES.items():
            if getattr(self, name) not in allowed:
                raise TuningConfigInvalid(f"{name} is {getattr(self, name)!r}; choose {', '.join(allowed)}.")
        wrong = [name for name, (low, high) in _RANGES.items() if not low <= getattr(self, name) <= high]
        if wrong:
            name = wrong[0]
            low, high = _RANGES[name]
            raise TuningConfigInvalid(f"Expected {name} from {low:g} to {high:g}, got {getattr(self, name)!r}.")
        if not self.data:
            raise TuningConfigInvalid("There is no data: name a file with --data, or make one: kefu train llm-data.")
        if not self.targets:
            raise TuningConfigInvalid("targets is empty: name the layers of an adapter, such as q_proj.")
        if self.adapter not in (None, NEW) and (self.from_scratch or self.full):
            raise TuningConfigInvalid("An adapter cannot be learnt on while all weights are trained.")

    @property
    def trains_all(self) -> bool:
        """Whether the result is a whole model, not an adapter."""
        return self.full or self.from_scratch is not None

    def rate_at(self, step: int) -> float:
        """The learning rate of a step, counted from 0."""
        rising = max(1, round(self.warmup * self.steps))
        if step < rising:
            return self.rate * (step + 1) / rising
        done = (step - rising) / max(1, self.steps - rising)
        if self.schedule == "constant":
            return self.rate
        if self.schedule == "linear":
            return self.rate * (1 - done)
        return self.rate * (0.05 + 0.95 * (1 + math.cos(math.pi * done)) / 2)

    def to_dict(self) -> dict[str, Any]:
        """As YAML and JSON; `from_mapping` reads it."""
        return {name: list(value) if isinstance(value, tuple) else value for name, value in asdict(self).items()}


_RANGES: dict[str, tuple[float, float]] = {
    "seed": (0, 2**31),
    "steps": (1, 1_000_000),
    "batch": (1, 1024),
    "accumulate": (1, 4096),
    "length": (16, 32_768),
    "rate": (1e-8, 1.0),
    "warmup": (0, 1),
    "weight_decay": (0, 1),
    "clip": (1e-3, 1000),
    "rank": (1, 512),
    "alpha": (0.01, 4096),
    "dropout": (0, 0.9),
    "held_out": (0, 0.5),
    "held_out_most": (1, 100_000),
    "evaluate_every": (0, 1_000_000),
    "patience": (0, 1000),
    "save_every": (1, 1_000_000),
    "beta": (0.001, 10),
    "anchor": (0, 10),
    "threads": (0, 1024),
}


def load_config(path: Path | None, given: Mapping[str, Any]) -> TuningConfig:
    """The configuration of a file, with the values `given` over it; those that are None do not count.

    Relative paths of the file are relative to it. Raises `TuningConfigInvalid`.
    """
    values: dict[str, Any] = {}
    if path is not None:
        values = read_options(path, error=TuningConfigInvalid)
        data = values.get("data", [])
        values["data"] = [str(path.parent / item) for item in ([data] if isinstance(data, str) else data or [])]
    values |= {name: value for name, value in given.items() if value is not None}
    return from_mapping(values)


def from_mapping(values: Mapping[str, Any]) -> TuningConfig:
    """The configuration of such values. Raises `TuningConfigInvalid` for what is unknown or of another type."""
    made = dict(values)
    scratch = made.get("from_scratch")
    if isinstance(scratch, Mapping):
        made["from_scratch"] = Architecture(**typed(scratch, Architecture(), error=TuningConfigInvalid))
    elif isinstance(scratch, str):
        made["from_scratch"] = Architecture(family=scratch)  # type: ignore[arg-type]
    return TuningConfig(**typed(made, _BLANK, error=TuningConfigInvalid))


_BLANK = TuningConfig(data=("-",))
"""For the types of the settings."""
