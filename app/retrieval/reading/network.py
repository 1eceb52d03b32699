"""The reader's network: multilingual-e5-small with its upper layers trained anew and two small heads.

The lower layers and the vocabulary are those of the embedding model, read from its folder; only upper layers and
heads come with kefu, as 8-bit integers with one scale a row (10 MB; the answers are those of 32-bit weights to two
digits). Heads and upper layers are trained by `app.training.reader`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from app.retrieval.reading.pack import PADDING, Pack

if TYPE_CHECKING:
    import torch
    from torch import Tensor, nn

BACKBONE = "multilingual-e5-small"
"""Name of the embedding model in the catalogue of weights."""
TRAINED_LAYERS = 6
"""Upper layers of the twelve that are the reader's own."""


def build_network(backbone: Any) -> nn.Module:
    """The network over a transformers `BertModel`, whose upper layers it changes when it is trained or loaded."""
    import torch
    from torch import nn

    size = int(backbone.config.hidden_size)

    class Head(nn.Module):
        """Two layers to one logit."""

        def __init__(self) -> None:
            super().__init__()
            self.inner, self.outer = nn.Linear(size, size), nn.Linear(size, 1)

        def forward(self, states: Tensor) -> Tensor:
            """(…, size) to (…)."""
            logits: Tensor = self.outer(torch.nn.functional.gelu(self.inner(states))).squeeze(-1)
            return logits

    class Network(nn.Module):
        """Logits of a batch: one a pack (does anything here answer?), one a sentence (is it part of the answer?)."""

        def __init__(self) -> None:
            super().__init__()
            self.backbone = backbone
            self.pack_head, self.sentence_head = Head(), Head()

        def forward(self, ids: Tensor, mask: Tensor, pooling: Tensor) -> tuple[Tensor, Tensor]:
            """Ids and mask (n, t); pooling (n, s, t) averages the tokens of each sentence. Gives (n,) and (n, s)."""
            states = self.backbone(input_ids=ids, attention_mask=mask).last_hidden_state
            pooled = pooling @ states
            return self.pack_head(states[:, 0]), self.sentence_head(pooled)

    return Network()


def as_batch(packs: Sequence[Pack]) -> tuple[Tensor, Tensor, Tensor]:
    """Padded ids and mask, int64 (n, t), and the pooling matrices, float32 (n, s, t)."""
    import torch

    width = max(len(pack.ids) for pack in packs)
    spans = [[span for window in pack.sentences for span in window] for pack in packs]
    most = max(1, *(len(row) for row in spans))
    ids = torch.full((len(packs), width), PADDING, dtype=torch.long)
    mask = torch.zeros_like(ids)
    pooling = torch.zeros((len(packs), most, width))
    for number, pack in enumerate(packs):
        ids[number, : len(pack.ids)] = torch.tensor(pack.ids)
        mask[number, : len(pack.ids)] = 1
        for at, (start, end) in enumerate(spans[number]):
            pooling[number, at, start:end] = 1 / (end - start) if end > start else 0.0
    return ids, mask, pooling


def trained_state(network: nn.Module) -> dict[str, Tensor]:
    """The part of the weights that is the reader's own."""
    backbone: Any = network.backbone
    layers = len(backbone.encoder.layer)
    own = tuple(f"backbone.encoder.layer.{number}." for number in range(layers - TRAINED_LAYERS, layers))
    return {
        name: value for name, value in network.state_dict().items() if name.startswith((*own, "pack_", "sentence_"))
    }


def save_trained(network: nn.Module, path: Path, *, metadata: Mapping[str, str]) -> None:
    """Write the reader's own weights: matrices as int8 with a float32 scale a row, the rest as float32."""
    import torch
    from safetensors.torch import save_file

    tensors: dict[str, torch.Tensor] = {}
    for name, value in trained_state(network).items():
        if value.ndim < 2:
            tensors[name] = value.float().contiguous()
            continue
        scale = value.abs().amax(dim=1, keepdim=True).clamp(min=1e-12) / 127
        tensors[name] = torch.round(value / scale).to(torch.int8).contiguous()
        tensors[f"{name}.scale"] = scale.float().contiguous()
    save_file(tensors, path, metadata=dict(metadata))


def load_trained(network: nn.Module, path: Path) -> None:
    """Put the reader's own weights into the network. Raises `ValueError` when they do not fit it."""
    from safetensors.torch import load_file

    stored = load_file(path)
    wanted = trained_state(network)
    state: dict[str, torch.Tensor] = {}
    for name in wanted:
        if name not in stored:
            raise ValueError(f"Expected {name} in {path.name}.")
        value = stored[name].float()
        state[name] = value * stored[f"{name}.scale"] if f"{name}.scale" in stored else value
    network.load_state_dict(state, strict=False)
