"""Words of one language moved to where the words of the other lie, so that the two can be compared.

The token vectors of multilingual-e5-small keep each language in a region of its own, as its vectors of whole texts do
(decision 0010): a word's nearest word of the other language is easily one that merely looks foreign in the same way.
The difference of the two languages' mean tokens is what they do not have in common; it is taken off one and the other
put on.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib.resources import as_file, files
from pathlib import Path

import numpy as np

from index.types import FloatMatrix, Language

WEIGHTS = "token_shift.safetensors"


class TokenShift:
    """Moves the tokens of a question; made for the tokens of one codec."""

    def __init__(self, means: Mapping[str, FloatMatrix], *, codec_id: str) -> None:
        """From the mean centred token of each language, (d,)."""
        self._means = {language: np.asarray(mean, np.float32) for language, mean in means.items()}
        self.codec_id = codec_id

    @classmethod
    @cache
    def shipped(cls) -> TokenShift:
        """The one of the shipped codec."""
        with as_file(files("app.retrieval").joinpath(WEIGHTS)) as path:
            return cls.load(path)

    @classmethod
    def of(cls, codec_id: str) -> TokenShift | None:
        """The one of a codec; None where it has none."""
        shift = cls.shipped()
        return shift if shift.codec_id == codec_id else None

    @classmethod
    def load(cls, path: Path) -> TokenShift:
        """Read a file that `save` wrote."""
        from safetensors.numpy import load_file

        found = load_file(path)
        codec_id = bytes(found.pop("codec")).decode()
        return cls(found, codec_id=codec_id)

    def save(self, path: Path) -> None:
        """Write the means."""
        from safetensors.numpy import save_file

        save_file({**self._means, "codec": np.frombuffer(self.codec_id.encode(), np.uint8)}, path)

    def moved(self, tokens: FloatMatrix, source: Language, target: Language) -> FloatMatrix:
        """Tokens (t, d) of a text of language `source`, moved to those of `target`; rows of unit length."""
        if not len(tokens) or source == target or not {source, target} <= self._means.keys():
            return tokens
        found = tokens - self._means[source] + self._means[target]
        lengths = np.linalg.norm(found, axis=1, keepdims=True)
        unit: FloatMatrix = np.divide(found, lengths, out=np.zeros_like(found), where=lengths > 0)
        return unit
