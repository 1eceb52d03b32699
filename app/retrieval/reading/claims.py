"""Says whether a passage bears out a claim: the reader's network with weights of its own.

Words and numbers are compared by rule (`app.generation.check`); this sees what rules do not: another subject, a dropped
exception, a condition that was turned round. Trained by `app.training.claims`.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from app.retrieval.reading.loading import LazyNetwork
from app.retrieval.reading.pack import PackBuilder, Window
from index.text.sentences import split_sentences

if TYPE_CHECKING:
    from index.embedding.text_model import LazyTextModel
    from index.embedding.tokenizer import TextTokenizer

WEIGHTS = "claims.safetensors"


def claim_packs(tokenizer: TextTokenizer) -> PackBuilder:
    """Lays out claims before passages: whole sentences, for the word that matters may be their last."""
    return PackBuilder(tokenizer, longest=384, question=96, sentence=160)


def passage_window(text: str) -> Window:
    """A passage as the network sees it."""
    return Window("", tuple(text[start:end] for start, end in split_sentences(text)))


class ClaimReader:
    """Judges claims; loaded on first use, safe to share between threads."""

    def __init__(self, model: LazyTextModel, *, weights: Path | None = None) -> None:
        """Nothing is loaded yet.

        Args:
            model: the embedding model that the weights were trained on; its vocabulary and lower layers are shared.
            weights: None takes those that come with kefu.
        """
        self._network = LazyNetwork(model, WEIGHTS, build_packs=claim_packs, weights=weights)

    def load(self) -> None:
        """Load the weights unless they are. Raises `ModelMissing` or `ModelDamaged`."""
        self._network.get()

    def support(self, claim: str, passages: Sequence[str]) -> list[float]:
        """For each passage a logit that it bears the claim out; 0 is even, an empty passage bears out nothing."""
        logits = [-30.0] * len(passages)
        filled = [at for at, text in enumerate(passages) if text.strip()]
        if filled:
            network = self._network.get()
            found, *_ = network.run([network.builder.build(claim, [passage_window(passages[at])]) for at in filled])
            for at, logit in zip(filled, found.tolist(), strict=True):
                logits[at] = logit
        return logits
