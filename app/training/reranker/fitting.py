"""Fits what a company's questions teach on top of a scorer: the one that comes with kefu, or the one that serves.

The weights begin as that scorer's and are pulled back to it: few questions move it little. Which sentence of a document
answers is mostly not known, so that all of them count and the likeliest takes the most (the marginal likelihood of what
is right: Clark and Gardner, "Simple and Effective Multi-Paragraph Reading Comprehension", ACL 2018, section 3.3). The
weights are taken from the epoch that does best on the newest questions, which are not learnt from; where none does
clearly better, nothing was learnt.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from app.retrieval.scoring import FEATURES, SentenceScorer
from app.training.pools import Pool

if TYPE_CHECKING:
    from torch import Tensor

_SCALE = 20.0
"""Dot products of e5's vectors differ in the second digit; this brings them to the size of the features."""


@dataclass(frozen=True, slots=True)
class RerankerParams:
    """How it is fitted."""

    rank: int = 16
    """Columns of the matrices that are learnt beside the ones that are there."""
    epochs: int = 30
    batch: int = 16
    """Pools."""
    weight_rate: float = 1e-3
    matrix_rate: float = 3e-4
    decay: float = 0.02
    """Weight decay: how strongly what is learnt is pulled back to nothing."""
    stay: float = 0.05
    """Weight of the mean squared way that a score is moved."""
    held_out: float = 0.2
    """Share of the questions, the newest, that decides when to stop."""
    patience: int = 6
    """Epochs without gain before it stops."""
    gain: float = 2.0
    """By so many of its standard errors the mean reciprocal rank on the newest questions has to be better."""
    seed: int = 20261125

    def __post_init__(self) -> None:
        if self.rank < 1 or self.epochs < 1 or self.batch < 1 or self.patience < 1:
            raise ValueError("Expected rank, epochs, batch and patience >= 1.")
        if not 0 < self.held_out < 1 or self.weight_rate <= 0 or self.matrix_rate <= 0:
            raise ValueError("Expected 0 < held_out < 1 and rates > 0.")
        if self.decay < 0 or self.stay < 0 or self.gain < 0 or self.seed < 0:
            raise ValueError("Expected decay, stay, gain and seed >= 0.")


@dataclass(frozen=True, slots=True)
class RerankerEpoch:
    """A point of the loss curve."""

    number: int
    """Counted from 1; 0 is the scorer that it began with."""
    loss: float
    """Mean over the pools that are learnt, as they were learnt; not a number at 0."""
    held_out_loss: float
    quality: float
    """Mean of 1 / rank of the first right passage of each held-out pool."""


@dataclass(frozen=True, slots=True)
class FittedReranker:
    """A scorer and how it came about."""

    scorer: SentenceScorer
    curve: tuple[RerankerEpoch, ...]
    best: int
    """Epoch that it is of; 0 where none was better than the start."""

    @property
    def has_learnt(self) -> bool:
        """Whether it is more than it began with."""
        return self.best > 0


def fit_reranker(
    pools: Sequence[Pool],
    held_out: Sequence[Pool],
    base: SentenceScorer,
    params: RerankerParams,
    *,
    on_epoch: Callable[[Sequence[RerankerEpoch]], None] = lambda _curve: None,
) -> FittedReranker:
    """Fit to `pools` on top of `base`; `held_out` decides when to stop. Raises `ValueError` where either is empty."""
    import torch

    if not pools or not held_out:
        raise ValueError(f"Expected pools to learn from and to hold out, got {len(pools)} and {len(held_out)}.")
    torch.manual_seed(params.seed)
    chance = np.random.default_rng(params.seed)
    learnt = _Learnt(base, pools, params)
    optimiser = torch.optim.AdamW(
        [
            {"params": [learnt.weights], "lr": params.weight_rate, "weight_decay": params.decay},
            {"params": [learnt.into, learnt.out_of], "lr": params.matrix_rate, "weight_decay": params.decay},
        ]
    )
    scorer, best = learnt.scorer(), 0
    begun = 1 / np.array(ranks_of(scorer, held_out))
    reached = float(begun.mean())
    curve = [RerankerEpoch(0, float("nan"), _loss(scorer, held_out), reached)]
    for number in range(1, params.epochs + 1):
        total = 0.0
        for batch in np.array_split(chance.permutation(len(pools)), max(1, len(pools) // params.batch)):
            losses = [learnt.loss(pools[at]) for at in batch]
            optimiser.zero_grad()
            torch.autograd.backward(torch.stack([fit + params.stay * moved for fit, moved in losses]).mean())
            optimiser.step()
            total += float(sum(fit.detach() for fit, _ in losses))
        now = learnt.scorer()
        found = 1 / np.array(ranks_of(now, held_out))
        quality = float(found.mean())
        curve.append(RerankerEpoch(number, total / len(pools), _loss(now, held_out), quality))
        on_epoch(curve)
        if quality > reached + 1e-6 and _is_clear(found - begun, params.gain):
            scorer, best, reached = now, number, quality
        elif number - best >= params.patience:
            break
    return FittedReranker(scorer, tuple(curve), best)


def _is_clear(gains: NDArray[np.float64], errors: float) -> bool:
    """Whether a mean gain is more than so many of its standard errors."""
    return bool(gains.mean() > errors * gains.std() / len(gains) ** 0.5)


def scores_of(scorer: SentenceScorer, pool: Pool) -> NDArray[np.float32]:
    """A score of each sentence of a pool, (n,)."""
    answering = pool.sentences @ scorer.wanted(pool.question[np.newaxis])[0]
    return scorer.weighted(pool.features, answering, is_across=pool.is_across)


def mean_reciprocal_rank(scorer: SentenceScorer, pools: Sequence[Pool]) -> float:
    """Mean of 1 / rank of the first right passage, passages in the order of their best sentences; 0.0 for no pools."""
    return float(np.mean([1 / rank for rank in ranks_of(scorer, pools)])) if pools else 0.0


def ranks_of(scorer: SentenceScorer, pools: Sequence[Pool]) -> list[int]:
    """Of each pool the rank of the first right passage, counted from 1."""
    found = []
    for pool in pools:
        best = np.full(int(pool.passages.max()) + 1, -np.inf, np.float32)
        np.maximum.at(best, pool.passages, scores_of(scorer, pool))
        right = best[np.unique(pool.passages[pool.is_answer])].max()
        found.append(1 + int((best > right).sum()))
    return found


def _loss(scorer: SentenceScorer, pools: Sequence[Pool]) -> float:
    losses = []
    for pool in pools:
        scores = scores_of(scorer, pool).astype(np.float64)
        losses.append(np.logaddexp.reduce(scores) - np.logaddexp.reduce(scores[pool.is_answer]))
    return float(np.mean(losses))


class _Learnt:
    """What is learnt beside the scorer that it began with: weights of features, and thin matrices."""

    def __init__(self, base: SentenceScorer, pools: Sequence[Pool], params: RerankerParams) -> None:
        import torch

        self._base = base
        self._spread = np.concatenate([pool.features for pool in pools]).std(axis=0) + 1e-6
        self.weights = torch.zeros((2, len(FEATURES)), requires_grad=True)
        self.into = (torch.randn(base.dimension, params.rank) / base.dimension**0.5).requires_grad_()
        self.out_of = torch.zeros((params.rank, base.dimension), requires_grad=True)
        self._begun = {id(pool): torch.from_numpy(scores_of(base, pool)) for pool in pools}

    def loss(self, pool: Pool) -> tuple[Tensor, Tensor]:
        """How unlikely the right sentences are, and the mean squared way that scores were moved."""
        import torch

        features = torch.from_numpy(pool.features / self._spread)
        wanted = (torch.from_numpy(pool.question) @ self.into) @ self.out_of
        moved = features @ self.weights[int(pool.is_across)] + _SCALE * torch.from_numpy(pool.sentences) @ wanted
        scores = self._begun[id(pool)] + moved
        right = scores[torch.from_numpy(pool.is_answer)]
        return scores.logsumexp(0) - right.logsumexp(0), ((moved - moved.mean()) ** 2).mean()

    def scorer(self) -> SentenceScorer:
        """As it stands."""
        own, across = (self.weights.detach().numpy() / self._spread).astype(np.float32)
        into, out_of = _SCALE * self.into.detach().numpy(), self.out_of.detach().numpy().copy()
        return self._base.plus(own=own, across=across, into=into, out_of=out_of)
