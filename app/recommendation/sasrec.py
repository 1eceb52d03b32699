"""A sequence model: what comes next, from the order of what came before.

A causal transformer over the items of one person, trained to tell each next item from sampled others.
Source: Kang and McAuley, Self-Attentive Sequential Recommendation, ICDM 2018; the sampled softmax over cosines instead
of its binary loss after Klenitskiy and Vasilev, Turning Dross Into Gold Loss, RecSys 2023.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from torch import Tensor, nn

from app.recommendation.histories import Histories

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix


@dataclass(frozen=True, slots=True)
class SequenceParams:
    """Size and training of the sequence model."""

    dimension: int = 64
    layers: int = 2
    heads: int = 2
    length: int = 50
    """Items of a person that are looked at, the newest."""
    dropout: float = 0.3
    temperature: float = 0.06
    """Of the softmax over cosines."""
    negatives: int = 512
    """Sampled items that all places of a batch share."""
    tokens: int = 1024
    """Places of a batch."""
    steps: int = 3000
    """Batches of a training from the beginning."""
    most_epochs: int = 30
    learning_rate: float = 2e-3
    weight_decay: float = 0.02
    seed: int = 1

    def __post_init__(self) -> None:
        sizes = (self.dimension, self.layers, self.heads, self.length, self.negatives, self.tokens)
        if min(sizes) < 1 or self.dimension % self.heads:
            raise ValueError(f"Expected sizes >= 1 and a dimension that the heads divide, got {self}.")
        if not 0 <= self.dropout < 1 or self.temperature <= 0 or self.learning_rate <= 0:
            raise ValueError(f"Expected 0 <= dropout < 1, temperature > 0 and learning_rate > 0, got {self}.")


class _Block(nn.Module):
    """Attention to what came before, then two dense layers; each normalised before and added after."""

    def __init__(self, params: SequenceParams) -> None:
        super().__init__()
        d = params.dimension
        self.heads, self.dropout = params.heads, params.dropout
        self.norm_a, self.norm_b = nn.LayerNorm(d), nn.LayerNorm(d)
        self.inward, self.outward = nn.Linear(d, 3 * d), nn.Linear(d, d)
        self.wide, self.narrow = nn.Linear(d, 4 * d), nn.Linear(4 * d, d)

    def forward(self, x: Tensor) -> Tensor:
        from torch.nn import functional

        rows, length, d = x.shape
        parts = self.inward(self.norm_a(x)).view(rows, length, 3, self.heads, d // self.heads)
        query, key, value = parts.permute(2, 0, 3, 1, 4)
        dropout = self.dropout if self.training else 0.0
        seen = functional.scaled_dot_product_attention(query, key, value, is_causal=True, dropout_p=dropout)
        x = x + self._dropped(self.outward(seen.transpose(1, 2).reshape(rows, length, d)))
        return x + self._dropped(self.narrow(self._dropped(functional.gelu(self.wide(self.norm_b(x))))))

    def _dropped(self, x: Tensor) -> Tensor:
        from torch.nn import functional

        return functional.dropout(x, self.dropout, self.training)


class SequenceNetwork(nn.Module):
    """Items to a vector of what is wanted next; rows are left-aligned, so that padding at the end is never attended."""

    def __init__(self, items: int, params: SequenceParams) -> None:
        super().__init__()
        self.params = params
        self.items = nn.Embedding(items, params.dimension)
        self.places = nn.Embedding(params.length, params.dimension)
        self.blocks = nn.ModuleList(_Block(params) for _ in range(params.layers))
        self.norm = nn.LayerNorm(params.dimension)
        nn.init.normal_(self.items.weight, std=0.05)
        nn.init.normal_(self.places.weight, std=0.02)

    def forward(self, rows: Tensor, lengths: Tensor) -> Tensor:
        """(rows, length) of items to (rows, length, dimension), of unit length.

        Places are counted from the end: the newest item is always at place 0.
        """
        import torch
        from torch.nn import functional

        place = (lengths[:, None] - 1 - torch.arange(rows.shape[1])[None, :]).clamp(min=0)
        x = self.items(rows) + self.places(place)
        x = functional.dropout(x, self.params.dropout, self.training)
        for block in self.blocks:
            x = block(x)
        return functional.normalize(self.norm(x), dim=-1)


class SequenceModel:
    """A trained network with what it scores by; safe to share between threads."""

    def __init__(self, network: SequenceNetwork) -> None:
        import torch
        from torch.nn import functional

        self.network = network.eval()
        with torch.no_grad():
            table: np.ndarray = functional.normalize(network.items.weight, dim=-1).numpy()
        self.table = np.ascontiguousarray(table, np.float32)
        """float32, (items, dimension), rows of unit length."""

    def queries(self, rows: Sequence[np.ndarray]) -> np.ndarray:
        """What is wanted behind each history (oldest first): float32, (n, dimension), unit length; 0 for an empty one.

        The product with `table`, divided by the temperature, is the score of an item.
        """
        import torch

        params = self.network.params
        out = np.zeros((len(rows), params.dimension), np.float32)
        order = [at for at in np.argsort([len(row) for row in rows], kind="stable") if len(rows[at])]
        for start in range(0, len(order), 256):
            batch = order[start : start + 256]
            cut = [rows[at][-params.length :] for at in batch]
            lengths = np.array([len(row) for row in cut])
            padded = np.zeros((len(batch), int(lengths.max())), np.int64)
            for at, row in enumerate(cut):
                padded[at, : len(row)] = row
            with torch.inference_mode():
                hidden = self.network(torch.from_numpy(padded), torch.from_numpy(lengths))
            out[batch] = hidden.numpy()[np.arange(len(batch)), lengths - 1]
        return out


def begin(histories: Histories, params: SequenceParams) -> SequenceNetwork:
    """A network whose items lie beside those that are chosen near them: most of what training would find first.

    They are the singular vectors of the scaled counts of neighbours.
    """
    import torch
    from scipy.sparse.linalg import svds

    torch.manual_seed(params.seed)
    count = len(histories.items)
    network = SequenceNetwork(count, params)
    near = _near(histories)
    if count <= params.dimension + 1 or near.nnz == 0:
        return network
    rng = np.random.default_rng(params.seed)
    left, values, _ = svds(near, k=params.dimension, v0=rng.random(count).astype(np.float32))
    vectors = left * np.sqrt(values)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True) + 1e-6
    vectors = vectors * 0.05 * np.sqrt(params.dimension) + rng.normal(0, 0.005, vectors.shape)
    with torch.no_grad():
        network.items.weight.copy_(torch.from_numpy(vectors.astype(np.float32)))
    return network


def _near(histories: Histories, reach: int = 9, decay: float = 0.8) -> csr_matrix:
    """How often two items are chosen near each other, scaled by how often each is: float32, symmetrical."""
    from scipy.sparse import coo_matrix, csr_matrix, diags

    sequence, lengths = histories.sequence, np.diff(histories.starts)
    owner = np.repeat(np.arange(len(lengths)), lengths)
    per_user = 1 / np.log2(1 + np.maximum(lengths, 2))
    count = len(histories.items)
    total = csr_matrix((count, count), dtype=np.float32)
    for distance in range(1, reach + 1):
        early = np.flatnonzero(owner[:-distance] == owner[distance:])
        weights = (per_user[owner[early]] * decay ** (distance - 1)).astype(np.float32)
        piece = coo_matrix((weights, (sequence[early], sequence[early + distance])), shape=(count, count)).tocsr()
        total = total + piece + piece.T
    scale = diags((np.asarray(total.sum(0)).ravel() + 1e-9) ** -0.5)
    near: csr_matrix = (scale @ total @ scale).tocsr().astype(np.float32)
    return near


Progress = Callable[[int, int], None]


def train(
    network: SequenceNetwork,
    histories: Histories,
    *,
    share: float = 1.0,
    on_progress: Progress = lambda _done, _of: None,
    on_loss: Callable[[int, float], None] = lambda _epoch, _loss: None,
) -> None:
    """Fit the network in place. Nothing happens where nobody has two items.

    `on_progress` hears of epochs, `on_loss` of each one's number, counted from 1, and mean loss. `share`
    of the usual number of steps, for a network that knows most already; its rate of learning is lower, too.
    """
    import torch

    params = network.params
    rng = np.random.default_rng(params.seed)
    torch.manual_seed(params.seed)
    rows = _windows(histories, params.length)
    if not rows:
        return
    decayed = [weight for name, weight in network.named_parameters() if weight.ndim > 1 and "places" not in name]
    others = [weight for name, weight in network.named_parameters() if weight.ndim == 1 or "places" in name]
    groups = [{"params": decayed, "weight_decay": params.weight_decay}, {"params": others, "weight_decay": 0.0}]
    rate = params.learning_rate * min(1.0, share + 0.25)
    optimizer = torch.optim.AdamW(groups, lr=rate, betas=(0.9, 0.98), fused=True)
    per_epoch = len(list(_batches(rows, params.tokens, rng)))
    epochs = max(1, min(round(params.steps * share / per_epoch), round(params.most_epochs * share)))
    total, done = epochs * per_epoch, 0
    network.train()
    for epoch in range(epochs):
        summed = 0.0
        for batch in _batches(rows, params.tokens, rng):
            for group in optimizer.param_groups:
                group["lr"] = rate * _warmth(min(1.0, done / total))
            optimizer.zero_grad(set_to_none=True)
            loss = _loss(network, batch, rng)
            loss.backward()
            optimizer.step()
            summed += float(loss.detach())
            done += 1
        on_loss(epoch + 1, summed / per_epoch)
        on_progress(epoch + 1, epochs)
    network.eval()


def _warmth(progress: float) -> float:
    """Share of the rate of learning: up within the first tenth, then down along a cosine."""
    if progress < 0.1:
        return 0.1 + 9 * progress
    return max(0.5 * (1 + math.cos(math.pi * (progress - 0.1) / 0.9)), 0.01)


def _loss(network: SequenceNetwork, batch: Sequence[np.ndarray], rng: np.random.Generator) -> Tensor:
    """Mean cross-entropy of the next items against the sampled ones."""
    import torch
    from torch.nn import functional

    params = network.params
    lengths = np.array([len(row) - 1 for row in batch])
    rows = np.zeros((len(batch), int(lengths.max())), np.int64)
    wanted = np.full(rows.shape, -1, np.int64)
    for at, row in enumerate(batch):
        rows[at, : len(row) - 1], wanted[at, : len(row) - 1] = row[:-1], row[1:]
    flat = torch.from_numpy(wanted.ravel())
    is_real = flat >= 0
    hidden = network(torch.from_numpy(rows), torch.from_numpy(lengths)).flatten(0, 1)[is_real]
    target = flat[is_real]
    others = torch.from_numpy(rng.integers(0, network.items.num_embeddings, params.negatives))
    table = functional.normalize(network.items(torch.cat([target, others])), dim=-1)
    right = (hidden * table[: len(target)]).sum(-1, keepdim=True)
    wrong = hidden @ table[len(target) :].T
    wrong = wrong.masked_fill(others[None, :] == target[:, None], -1e4)
    scores = torch.cat([right, wrong], 1) / params.temperature
    return functional.cross_entropy(scores, torch.zeros(len(target), dtype=torch.long))


def _windows(histories: Histories, length: int) -> list[np.ndarray]:
    """Each person's items, long ones cut into pieces that overlap by one."""
    rows = []
    for user in range(len(histories.users)):
        items = histories.row(user)
        end = len(items)
        while end >= 2:
            rows.append(items[max(0, end - length - 1) : end])
            end -= length
    return rows


def _batches(rows: Sequence[np.ndarray], tokens: int, rng: np.random.Generator) -> Iterator[list[np.ndarray]]:
    """Rows of like length together, so that little is padded; in another order each time."""
    order = np.argsort([len(row) for row in rows] + rng.random(len(rows)) * 2, kind="stable")
    batches: list[list[np.ndarray]] = []
    batch: list[np.ndarray] = []
    for at in order:
        longest = len(rows[at]) - 1
        if batch and (len(batch) + 1) * longest > tokens:
            batches.append(batch)
            batch = []
        batch.append(rows[at])
    batches.append(batch)
    for at in rng.permutation(len(batches)):
        yield batches[at]
