"""Fits the adapter of questions' vectors (`index.embedding.query_map`) by contrast, in a minute on one core.

A question is drawn to the passages of the documents that answer it and pushed off others: those of the other questions
of its batch and those that the search confuses with them, mined anew every few epochs with the map as it then is
(InfoNCE: van den Oord, Li and Vinyals, arXiv:1807.03748, section 2.3; hard negatives: Xiong et al., "ANCE", ICLR 2021).
Passages and sentences count by turns, as they do in the search. The map begins as the identity, decays towards it, and
is taken from the epoch that does best on the newest questions, which it is not trained on.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from app.training.adapter.space import Pair, PassageSpace
from index.embedding.query_map import QueryMap
from index.types import FloatMatrix

if TYPE_CHECKING:
    from torch import Tensor

FEWEST_PAIRS = 20
"""Of fewer nothing is learnt that would last."""
_TOP = 5


@dataclass(frozen=True, slots=True)
class AdapterParams:
    """How it is fitted; two of the defaults were settled on the replayed log by which it is measured."""

    rank: int = 32
    epochs: int = 60
    batch: int = 32
    rate: float = 1e-3
    decay: float = 0.02
    """Weight decay: how strongly the map is pulled back to the identity."""
    stay: float = 3.0
    """Weight of the mean squared way that a question is moved."""
    temperature: float = 0.03
    negatives: int = 48
    """Passages mined for each question."""
    mine_every: int = 5
    """Epochs between two searches for them."""
    held_out: float = 0.2
    """Share of the pairs, the newest, that decides when to stop."""
    patience: int = 12
    """Epochs without gain before it stops."""
    seed: int = 20261125

    def __post_init__(self) -> None:
        if self.rank < 1 or self.epochs < 1 or self.batch < 2 or self.negatives < 1 or self.patience < 1:
            raise ValueError("Expected rank, epochs, negatives and patience >= 1 and batch >= 2.")
        if not 0 < self.held_out < 1 or self.temperature <= 0:
            raise ValueError("Expected 0 < held_out < 1 and temperature > 0.")


@dataclass(frozen=True, slots=True)
class Epoch:
    """A point of the loss curve."""

    number: int
    """Counted from 1; 0 is the identity."""
    loss: float
    held_out: float
    """Share of the held-out questions with a right document among the first five, by vectors alone."""


@dataclass(frozen=True, slots=True)
class FittedAdapter:
    """A map and how it came about."""

    query_map: QueryMap
    curve: tuple[Epoch, ...]
    best: int
    """Epoch that the map is of; 0 where no epoch was better than the identity."""
    pairs: int
    held_out: int

    @property
    def has_learnt(self) -> bool:
        """Whether it is more than the identity."""
        return self.best > 0


def fit_adapter(
    pairs: Sequence[Pair],
    vectors: FloatMatrix,
    space: PassageSpace,
    params: AdapterParams,
    *,
    embedder_id: str,
    base: QueryMap | None = None,
    on_epoch: Callable[[Epoch], None] = lambda _epoch: None,
) -> FittedAdapter:
    """Fit on questions and their vectors (n, d), in the same order.

    With a `base` the map is that one and what is learnt on top of it, which begins as nothing and decays towards it.

    Pairs whose documents are gone are left out. Raises `ValueError` when fewer than 20 remain.
    """
    import torch

    rows = space.rows_of(pairs)
    order = sorted((at for at in range(len(pairs)) if len(rows[at])), key=lambda at: (pairs[at].at, pairs[at].text))
    if len(order) < FEWEST_PAIRS:
        raise ValueError(
            f"Expected at least {FEWEST_PAIRS} questions with documents that are still here, got {len(order)}."
        )
    cut = len(order) - max(4, round(params.held_out * len(order)))
    train, held = order[:cut], order[cut:]
    torch.manual_seed(params.seed)
    chance = np.random.default_rng(params.seed)
    dimension = vectors.shape[1]
    into = (torch.randn(dimension, params.rank) / dimension**0.5).requires_grad_()
    out_of = torch.zeros((params.rank, dimension), requires_grad=True)
    optimiser = torch.optim.AdamW([into, out_of], lr=params.rate, weight_decay=params.decay)
    candidates = _Candidates(space, [vectors[at] for at in train], [rows[at] for at in train], params)
    questions = torch.from_numpy(vectors[train])
    begun = questions if base is None else torch.from_numpy(base.shifted(vectors[train]))

    def current() -> QueryMap:
        own = QueryMap(into.detach().numpy().copy(), out_of.detach().numpy().copy(), embedder_id=embedder_id)
        return own if base is None else base.plus(own)

    best_map, best = current(), 0
    curve = [Epoch(0, float("nan"), recall_at(best_map.moved(vectors[held]), [rows[at] for at in held], space))]
    reached = _rank_quality(best_map.moved(vectors[held]), [rows[at] for at in held], space)
    for number in range(1, params.epochs + 1):
        if (number - 1) % params.mine_every == 0:
            candidates.mine(current())
        total = 0.0
        batches = np.array_split(chance.permutation(len(train)), max(1, len(train) // params.batch))
        for batch in batches:
            shift = (questions[batch] @ into) @ out_of
            moved = torch.nn.functional.normalize(begun[batch] + shift, dim=1)
            loss = candidates.loss(batch, moved) + params.stay * (shift**2).sum(dim=1).mean()
            optimiser.zero_grad()
            torch.autograd.backward(loss)
            optimiser.step()
            total += float(loss.detach()) * len(batch)
        found = current()
        told = recall_at(found.moved(vectors[held]), [rows[at] for at in held], space)
        curve.append(Epoch(number, total / len(train), told))
        on_epoch(curve[-1])
        quality = _rank_quality(found.moved(vectors[held]), [rows[at] for at in held], space)
        if quality > reached + 1e-6:
            best_map, best, reached = found, number, quality
        elif number - best >= params.patience:
            break
    return FittedAdapter(best_map, tuple(curve), best, len(train), len(held))


def recall_at(
    vectors: FloatMatrix, rows: Sequence[NDArray[np.int64]], space: PassageSpace, *, top: int = _TOP
) -> float:
    """Share of the questions with a passage of a right document among the first by vectors alone."""
    return float(np.mean([rank <= top for rank in _ranks(vectors, rows, space)])) if len(rows) else 0.0


def _rank_quality(vectors: FloatMatrix, rows: Sequence[NDArray[np.int64]], space: PassageSpace) -> float:
    """Mean of 1 / rank of the right document: less jumpy than a share of few questions."""
    return float(np.mean([1 / rank for rank in _ranks(vectors, rows, space)]))


def _ranks(vectors: FloatMatrix, rows: Sequence[NDArray[np.int64]], space: PassageSpace) -> list[int]:
    """Of each question the rank of the first right passage, other documents counted once."""
    scores = space.scores(vectors)
    names, number = np.unique(np.array(space.documents), return_inverse=True)
    by_document = np.full((len(vectors), len(names)), -np.inf, np.float32)
    for row, document in enumerate(number.tolist()):
        np.maximum(by_document[:, document], scores[:, row], out=by_document[:, document])
    found = []
    for at, right in enumerate(rows):
        best = by_document[at, np.unique(number[right])].max()
        found.append(1 + int((by_document[at] > best).sum()))
    return found


class _Candidates:
    """Which passages stand against one another for each question of a batch."""

    def __init__(
        self,
        space: PassageSpace,
        questions: Sequence[FloatMatrix],
        right: Sequence[NDArray[np.int64]],
        params: AdapterParams,
    ) -> None:
        self._space, self._questions, self._right, self._params = space, np.stack(questions), right, params
        self._mined: list[NDArray[np.int64]] = [np.zeros(0, np.int64)] * len(right)
        self._first = np.searchsorted(space.sentence_rows, np.arange(len(space.documents) + 1))

    def mine(self, query_map: QueryMap) -> None:
        """The passages that are nearest by the map as it is, and right ones of each question that are: its targets."""
        scores = self._space.scores(query_map.moved(self._questions))
        for at, right in enumerate(self._right):
            best = np.argsort(-scores[at], kind="stable")[: self._params.negatives]
            own = right[np.argsort(-scores[at][right], kind="stable")[:4]]
            self._mined[at] = np.union1d(best, own)

    def loss(self, batch: NDArray[np.int64], moved: Tensor) -> Tensor:
        """Mean over the batch, passages and sentences counting half each."""
        import torch

        rows = np.unique(np.concatenate([self._mined[at] for at in batch]))
        right = torch.from_numpy(np.stack([np.isin(rows, self._right[at]) for at in batch]))
        near = moved @ torch.from_numpy(self._space.passages[rows]).T
        losses = [self._contrast(near, right)]
        if len(self._space.sentences):
            losses.append(self._contrast(self._by_sentence(rows, moved, near), right))
        return torch.stack(losses).mean()

    def _by_sentence(self, rows: NDArray[np.int64], moved: Tensor, near: Tensor) -> Tensor:
        import torch

        spans = [np.arange(self._first[row], self._first[row + 1]) for row in rows]
        numbers = np.concatenate(spans)
        of_row = torch.from_numpy(np.repeat(np.arange(len(rows)), [len(span) for span in spans]))
        products = moved @ torch.from_numpy(self._space.sentences[numbers]).T
        return near.scatter_reduce(1, of_row.expand(len(moved), -1), products, "amax", include_self=False)

    def _contrast(self, scores: Tensor, right: Tensor) -> Tensor:
        logits = scores / self._params.temperature
        hits = logits.masked_fill(~right, float("-inf")).logsumexp(dim=1)
        return (logits.logsumexp(dim=1) - hits).mean()
