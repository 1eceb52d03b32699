"""Puts candidates in order: how much each model's word weighs, learnt from what people chose next."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from app.recommendation.candidates import FEATURES, Candidates

_HIDDEN = 16
_EPOCHS = 60
_BATCH = 64
_FEWEST = 30
"""People whose next item is a candidate: from fewer nothing is learnt."""
_PLAIN = {"follows": 1.0, "beside": 0.5, "sequence": 0.1, "popular": 1.0, "trending": 1.0}
"""Weights where nothing can be learnt."""


class Ranker:
    """A small network over the features of a candidate; its numbers order the candidates of one person."""

    def __init__(self, weights: Sequence[np.ndarray], mean: np.ndarray, scale: np.ndarray) -> None:
        """Layers as alternating matrices (in, out) and offsets; one pair is linear. `mean` and `scale` of features."""
        self.weights, self.mean, self.scale = tuple(weights), mean, scale

    @classmethod
    def plain(cls) -> Ranker:
        """By fixed weights."""
        weight = np.array([[_PLAIN.get(name, 0.0)] for name in FEATURES], np.float32)
        nothing, one = np.zeros(len(FEATURES), np.float32), np.ones(len(FEATURES), np.float32)
        return cls((weight, np.zeros(1, np.float32)), nothing, one)

    @classmethod
    def fit(cls, lists: Sequence[Candidates], wanted: Sequence[int], *, seed: int = 1) -> Ranker:
        """From candidates of many people and what each chose next; `plain` where too few chose a candidate.

        The likelihood of the choice among the candidates is made as large as possible (a softmax over each list).
        """
        import torch
        from torch import nn

        known = [(one, at) for one, item in zip(lists, wanted, strict=True) if (at := _place(one, item)) is not None]
        if len(known) < _FEWEST:
            return cls.plain()
        sample = np.concatenate([one.features for one, _ in known[:2000]])
        mean, scale = sample.mean(0), sample.std(0) + 1e-3
        torch.manual_seed(seed)
        network = nn.Sequential(nn.Linear(len(FEATURES), _HIDDEN), nn.GELU(), nn.Linear(_HIDDEN, 1))
        optimizer = torch.optim.AdamW(network.parameters(), lr=5e-3, weight_decay=0.02)
        rng = np.random.default_rng(seed)
        inputs = [((one.features - mean) / scale).astype(np.float32) for one, _ in known]
        epochs = int(np.clip(_EPOCHS * 2000 // len(known), 5, _EPOCHS))
        schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, epochs)
        for _ in range(epochs):
            order = rng.permutation(len(known))
            for start in range(0, len(order), _BATCH):
                batch = order[start : start + _BATCH]
                scores = network(torch.from_numpy(np.concatenate([inputs[at] for at in batch])))[:, 0]
                losses, begin = [], 0
                for at in batch:
                    part = scores[begin : begin + len(inputs[at])]
                    losses.append(torch.logsumexp(part, 0) - part[known[at][1]])
                    begin += len(part)
                optimizer.zero_grad(set_to_none=True)
                torch.stack(losses).mean().backward()
                optimizer.step()
            schedule.step()
        layers = [weight.detach().numpy() for weight in network.parameters()]
        return cls((layers[0].T, layers[1], layers[2].T, layers[3]), mean, scale)

    def __call__(self, candidates: Candidates) -> np.ndarray:
        """A number for each candidate, larger for better: float32, (n,)."""
        x = (candidates.features - self.mean) / self.scale
        for at in range(0, len(self.weights), 2):
            x = x @ self.weights[at] + self.weights[at + 1]
            if at + 2 < len(self.weights):
                x = _gelu(x)
        scores: np.ndarray = x[:, 0]
        return scores.astype(np.float32)


def _place(candidates: Candidates, item: int) -> int | None:
    at = np.flatnonzero(candidates.items == item)
    return int(at[0]) if len(at) else None


def _gelu(x: np.ndarray) -> np.ndarray:
    from scipy.special import erf

    out: np.ndarray = 0.5 * x * (1 + erf(x / np.sqrt(2)))
    return out
