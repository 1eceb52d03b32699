"""How a text becomes token ids, and where in the text each token stands.

Two libraries do it. A vocabulary of a quarter of a million pieces takes 275 MB of memory in `tokenizers` and 54 MB in
`sentencepiece`, which is three times as fast as well (measured on multilingual-e5-small, 13,000 texts), so pieces are
preferred where a model's folder has them.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import numpy as np

from index.embedding.windows import Offsets

if TYPE_CHECKING:
    from tokenizers import Tokenizer

PIECES = "pieces.model"
"""A SentencePiece model in a model's folder whose piece numbers are the model's token ids."""


class TextTokenizer(Protocol):
    """Token ids without special tokens; safe to share between threads."""

    @property
    def lead(self) -> list[int]:
        """Special tokens before a text."""
        ...

    @property
    def trail(self) -> list[int]:
        """Special tokens behind it."""
        ...

    def ids(self, texts: Sequence[str]) -> list[list[int]]:
        """Token ids of each text, of any length."""
        ...

    def ids_with_offsets(self, texts: Sequence[str]) -> list[tuple[list[int], Offsets]]:
        """As `ids`, and for each text the (n, 2) code points between which each token stands."""
        ...


class PieceTokenizer:
    """Fulfils `TextTokenizer` with a SentencePiece model.

    The library drops white space at the end of a text; the engine that the weights come from has a token for it, so
    that token is put back. A list of texts it hands to a thread that it makes for the purpose, which takes longer than
    the texts do; they are given one by one.
    """

    def __init__(self, file: Path) -> None:
        """Load the pieces, 30 ms. Raises `OSError` or `RuntimeError` when the file is none."""
        from sentencepiece import SentencePieceProcessor

        self._pieces = SentencePieceProcessor(model_file=str(file))
        self._lead, self._trail = [self._pieces.piece_to_id("<s>")], [self._pieces.piece_to_id("</s>")]
        self._space = self._pieces.piece_to_id("▁")

    @property
    def lead(self) -> list[int]:
        """Special tokens before a text."""
        return self._lead

    @property
    def trail(self) -> list[int]:
        """Special tokens behind it."""
        return self._trail

    def ids(self, texts: Sequence[str]) -> list[list[int]]:
        """See `TextTokenizer`."""
        found: list[list[int]] = [self._pieces.encode(text) for text in texts]
        return [
            [*ids, self._space] if ids and text[-1].isspace() else ids for text, ids in zip(texts, found, strict=True)
        ]

    def ids_with_offsets(self, texts: Sequence[str]) -> list[tuple[list[int], Offsets]]:
        """See `TextTokenizer`."""
        found = [self._pieces.encode(text, return_type="offset_mapping") for text in texts]
        rows = []
        for text, item in zip(texts, found, strict=True):
            ids, offsets = item["ids"], item["offsets"]
            if ids and text[-1].isspace():
                ids, offsets = [*ids, self._space], [*offsets, (len(text.rstrip()), len(text))]
            rows.append((ids, np.asarray(offsets, np.int64).reshape(-1, 2)))
        return rows


class FastTokenizer:
    """Fulfils `TextTokenizer` with the `tokenizers` of any model."""

    def __init__(self, tokenizer: Tokenizer) -> None:
        """Take over a tokenizer; its truncation and padding are switched off."""
        tokenizer.no_truncation()
        tokenizer.no_padding()
        self._tokenizer = tokenizer
        sample = tokenizer.encode("a", add_special_tokens=True)
        inside = [at for at, special in enumerate(sample.special_tokens_mask) if not special]
        self._lead, self._trail = sample.ids[: inside[0]], sample.ids[inside[-1] + 1 :]

    @property
    def lead(self) -> list[int]:
        """Special tokens before a text."""
        return self._lead

    @property
    def trail(self) -> list[int]:
        """Special tokens behind it."""
        return self._trail

    def ids(self, texts: Sequence[str]) -> list[list[int]]:
        """See `TextTokenizer`."""
        return [item.ids for item in self._tokenizer.encode_batch_fast(list(texts), add_special_tokens=False)]

    def ids_with_offsets(self, texts: Sequence[str]) -> list[tuple[list[int], Offsets]]:
        """See `TextTokenizer`."""
        found = self._tokenizer.encode_batch(list(texts), add_special_tokens=False)
        return [(item.ids, np.asarray(item.offsets, np.int64).reshape(-1, 2)) for item in found]
