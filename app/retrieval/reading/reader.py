"""Runs the reader's network."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.resources import as_file, files
from pathlib import Path
from typing import TYPE_CHECKING, Any

from app.retrieval.reading.pack import PackBuilder, Window

if TYPE_CHECKING:
    from torch import nn

WEIGHTS = "reader.safetensors"


@dataclass(frozen=True, slots=True)
class Reading:
    """What the reader makes of a question and the windows laid before it; logits, so 0 is even."""

    answerable: float
    """Whether anything among the windows answers the question."""
    sentences: tuple[tuple[float, ...], ...]
    """For each window, how likely each of its sentences is part of the answer; shorter than the window, or empty,
    where the rest was not read for want of room."""


class EvidenceReader:
    """Reads with the weights that come with kefu on top of the embedding model in `folder`; loaded on first use.

    Safe to share between threads.
    """

    def __init__(self, folder: Path, *, weights: Path | None = None, longest: int = 256) -> None:
        self._folder, self._weights, self._longest = folder, weights, longest
        self._lock = threading.Lock()
        self._loaded: tuple[nn.Module, PackBuilder] | None = None

    def load(self) -> None:
        """Load the weights unless they are; takes a second. Raises `ModelMissing` or `ModelDamaged`."""
        self._parts()

    def read(self, question: str, windows: Sequence[Window]) -> Reading:
        """Read once; no windows answer nothing."""
        if not windows:
            return Reading(-30.0, ())
        import torch

        from app.retrieval.reading.network import as_batch

        network, builder = self._parts()
        pack = builder.build(question, windows)
        with torch.inference_mode():
            answerable, sentences = network(*as_batch([pack]))
        logits = iter(sentences[0].tolist())
        return Reading(float(answerable[0]), tuple(tuple(next(logits) for _ in spans) for spans in pack.sentences))

    def _parts(self) -> tuple[nn.Module, PackBuilder]:
        with self._lock:
            if self._loaded is None:
                self._loaded = self._load()
            return self._loaded

    def _load(self) -> tuple[nn.Module, PackBuilder]:
        from app.retrieval.reading.network import build_network, load_trained
        from index.embedding.loading import load_model

        model: Any = load_model(self._folder, bfloat16=False)
        network = build_network(model[0].auto_model)
        if self._weights is not None:
            load_trained(network, self._weights)
        else:
            with as_file(files("app.retrieval.reading").joinpath(WEIGHTS)) as path:
                load_trained(network, path)
        network.eval().requires_grad_(False)
        return network, PackBuilder(model.tokenizer.backend_tokenizer, longest=self._longest)
