"""What is made small: the loss on replies, on texts, and on pairs of replies."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import nn
from torch.utils.checkpoint import checkpoint

from app.training.llm.encoding import Example, Tokens

_ROWS = 256
"""Tokens whose vocabulary is computed at once: 150,000 numbers each, which would be most of the memory."""


@dataclass(frozen=True, slots=True)
class Batch:
    """Tokens of several sequences, filled up at the end to one length."""

    tokens: torch.Tensor
    """int64, (n, length)."""
    is_token: torch.Tensor
    """int64, (n, length); 0 where filled up."""
    is_learnt: torch.Tensor
    """bool, (n, length - 1); whether token i + 1 is learnt at place i."""

    @classmethod
    def of(cls, sequences: Sequence[Tokens], filler: int, device: torch.device | str = "cpu") -> Batch:
        """One row a sequence."""
        length = max(len(item.tokens) for item in sequences)
        tokens = torch.full((len(sequences), length), filler, dtype=torch.long)
        is_token = torch.zeros((len(sequences), length), dtype=torch.long)
        is_learnt = torch.zeros((len(sequences), length - 1), dtype=torch.bool)
        for row, item in enumerate(sequences):
            count = len(item.tokens)
            tokens[row, :count] = torch.tensor(item.tokens)
            is_token[row, :count] = 1
            is_learnt[row, max(0, item.learnt - 1) : count - 1] = True
        return cls(tokens.to(device), is_token.to(device), is_learnt.to(device))


class Objective(nn.Module):
    """A model with its loss, as one module: what accelerate and several processes want to call."""

    def __init__(self, model: Any, *, filler: int, beta: float, anchor: float) -> None:
        """`model` is a causal language model of transformers, with or without an adapter of peft around it."""
        super().__init__()
        self.model = model
        self._filler, self._beta, self._anchor = filler, beta, anchor

    def forward(
        self, examples: Sequence[Example], reference: torch.Tensor | None, weights: tuple[float, float]
    ) -> tuple[torch.Tensor, dict[str, float]]:
        """The loss to go back from, and sums of what is reported.

        Args:
            examples: of one batch.
            reference: for pairs, how much likelier the model at the start finds the chosen reply, (n,); None otherwise.
            weights: of a learnt token and of a pair, so that the batches of a step add up to its mean.
        """
        per_token, per_pair = weights
        if reference is None:
            sums, counts = self.log_likelihoods([example.chosen for example in examples])
            loss = -sums.sum()
            return loss * per_token, {"loss": float(loss.detach()), "tokens": float(counts.sum()), "pairs": 0.0}
        rows = [example.chosen for example in examples]
        rows += [example.rejected for example in examples if example.rejected is not None]
        sums, counts = self.log_likelihoods(rows)
        chosen, rejected = sums.chunk(2)
        margin = (chosen - rejected) - reference.to(chosen.device)
        pair_loss = nn.functional.softplus(-self._beta * margin)
        anchor = -(chosen / counts[: len(examples)])
        loss = (pair_loss + self._anchor * anchor).sum()
        return loss * per_pair, {
            "loss": float(pair_loss.detach().sum()),
            "tokens": float(counts.sum()),
            "pairs": float(len(examples)),
            "preferred": float((margin.detach() > 0).sum()),
        }

    def log_likelihoods(self, sequences: Sequence[Tokens]) -> tuple[torch.Tensor, torch.Tensor]:
        """Of the learnt tokens of each sequence the sum of log probabilities and the count, both (n,), float32.

        The vocabulary is computed for learnt tokens alone: a reply is a tenth of what is read.
        """
        model = self.model.get_base_model() if hasattr(self.model, "get_base_model") else self.model
        batch = Batch.of(sequences, self._filler, next(model.parameters()).device)
        hidden = model.base_model(input_ids=batch.tokens, attention_mask=batch.is_token, use_cache=False)[0]
        rows, _ = torch.nonzero(batch.is_learnt, as_tuple=True)
        places = hidden[:, :-1][batch.is_learnt]
        wanted = batch.tokens[:, 1:][batch.is_learnt]
        head = model.get_output_embeddings()
        found = []
        for first in range(0, len(wanted), _ROWS):
            part = (head, places[first : first + _ROWS], wanted[first : first + _ROWS])
            is_single = len(wanted) <= _ROWS or not torch.is_grad_enabled()
            found.append(_likely(*part) if is_single else checkpoint(_likely, *part, use_reentrant=False))
        likely = torch.cat(found)
        sums = torch.zeros(len(sequences), dtype=likely.dtype, device=likely.device).index_add(0, rows, likely)
        return sums, batch.is_learnt.sum(1).to(likely.dtype)


def _likely(head: nn.Module, places: torch.Tensor, wanted: torch.Tensor) -> torch.Tensor:
    return -nn.functional.cross_entropy(head(places).float(), wanted, reduction="none")
