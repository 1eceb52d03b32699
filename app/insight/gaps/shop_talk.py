"""Telling questions that a shop is asked from small talk, tests, insults and questions about the rest of the world."""

from __future__ import annotations

from collections.abc import Mapping
from importlib.resources import files
from pathlib import Path

import numpy as np

from index.types import FloatMatrix

FILE_NAME = "shop_talk.safetensors"


class ShopTalk:
    """A linear classifier over vectors of multilingual-e5-small; fitted by `app.training.shop_talk`."""

    def __init__(self, weights: FloatMatrix, bias: float, *, means: Mapping[str, FloatMatrix] | None = None) -> None:
        """Weights (d,), and the mean vector (d,) of questions that shops are asked, by language."""
        self._weights, self._bias, self.means = weights, bias, means or {}

    @classmethod
    def shipped(cls) -> ShopTalk:
        """The weights that come with kefu."""
        from safetensors.numpy import load

        tensors = load(files("app.insight.gaps").joinpath(FILE_NAME).read_bytes())
        means = {name.removeprefix("mean_"): value for name, value in tensors.items() if name.startswith("mean_")}
        return cls(tensors["weights"], float(tensors["bias"][0]), means=means)

    def write(self, path: Path) -> None:
        """Into a file, as `shipped` reads it."""
        from safetensors.numpy import save_file

        save_file(
            {
                "weights": np.asarray(self._weights, dtype=np.float32),
                "bias": np.array([self._bias], dtype=np.float32),
                **{f"mean_{name}": np.asarray(value, dtype=np.float32) for name, value in self.means.items()},
            },
            path,
        )

    def logits(self, vectors: FloatMatrix) -> FloatMatrix:
        """Of being a question for a shop, (n,), above 0 where that is likelier; vectors (n, d) as embedded.

        One question alone is often hard to tell; the mean over many of one topic is not.
        """
        return np.asarray(vectors @ self._weights + self._bias, dtype=np.float32)


def is_wordless(text: str) -> bool:
    """Whether there is hardly a word in it: digits, marks, emoji, one letter."""
    return sum(char.isalpha() for char in text) < 2
