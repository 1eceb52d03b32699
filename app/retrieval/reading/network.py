"""The reader's network: multilingual-e5-small with its layers trained anew and two small heads.

The vocabulary is that of the embedding model and shared with it, and so are the lower layers of weights that hold only
the upper ones; what was trained comes with kefu, as 8-bit integers with one scale a row (21 MB for all twelve layers;
the answers are those of 32-bit weights to two digits). Heads and layers are trained by `app.training.reader`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from app.retrieval.reading.pack import PADDING, Pack

if TYPE_CHECKING:
    import torch
    from torch import Tensor, nn

BACKBONE = "multilingual-e5-small"
"""Name of the embedding model in the catalogue of weights."""
_LAYERS = "backbone."
"""What the names of the layers' weights begin with in the file."""
_SPANS = "span_head.weight"


def build_heads(size: int, *, has_spans: bool = False) -> nn.Module:
    """The heads over token vectors of length `size`.

    Called with token vectors (n, t, size) and pooling matrices (n, s, t), which average the tokens of each sentence,
    they give logits: (n,), one a pack (does anything here answer?), and (n, s), one a sentence (is it part of the
    answer?). With `has_spans` their `span_head` gives two a token, (n, t, 2): that the shortest answer begins there,
    and that it ends there; both at the first token where there is none.
    """
    import torch
    from torch import nn

    class Head(nn.Module):
        """Two layers to one logit."""

        def __init__(self) -> None:
            super().__init__()
            self.inner, self.outer = nn.Linear(size, size), nn.Linear(size, 1)

        def forward(self, states: Tensor) -> Tensor:
            """(…, size) to (…)."""
            logits: Tensor = self.outer(torch.nn.functional.gelu(self.inner(states))).squeeze(-1)
            return logits

    class Heads(nn.Module):
        """One for packs, one for sentences."""

        def __init__(self) -> None:
            super().__init__()
            self.pack_head, self.sentence_head = Head(), Head()
            self.span_head = nn.Linear(size, 2) if has_spans else None

        def forward(self, states: Tensor, pooling: Tensor) -> tuple[Tensor, Tensor]:
            """See `build_heads`."""
            return self.pack_head(states[:, 0]), self.sentence_head(pooling @ states)

    return Heads()


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


def upper_layers(state: Mapping[str, Tensor], layers: int, count: int) -> dict[str, Tensor]:
    """The weights of the upper `count` layers among those of a `BertModel` of so many layers."""
    own = tuple(f"encoder.layer.{number}." for number in range(layers - count, layers))
    return {name: value for name, value in state.items() if name.startswith(own)}


def count_layers(state: Mapping[str, Tensor]) -> int:
    """How many layers there are weights of."""
    return len({name.split(".")[2] for name in state if name.startswith("encoder.layer.")})


def save_weights(layers: Mapping[str, Tensor], heads: nn.Module, path: Path, *, metadata: Mapping[str, str]) -> None:
    """Write the reader's own weights: matrices as int8 with a float32 scale a row, the rest as float32.

    Args:
        layers: see `upper_layers`.
        heads: see `build_heads`.
        path: of the file.
        metadata: written beside the weights.
    """
    import torch
    from safetensors.torch import save_file

    own = {f"{_LAYERS}{name}": value for name, value in layers.items()}
    own |= heads.state_dict()
    tensors: dict[str, torch.Tensor] = {}
    for name, trained in own.items():
        value = trained.detach().cpu()
        if value.ndim < 2:
            tensors[name] = value.float().contiguous()
            continue
        scale = value.abs().amax(dim=1, keepdim=True).clamp(min=1e-12) / 127
        tensors[name] = torch.round(value / scale).to(torch.int8).contiguous()
        tensors[f"{name}.scale"] = scale.float().contiguous()
    save_file(tensors, path, metadata=dict(metadata))


def load_weights(path: Path, size: int) -> tuple[dict[str, Tensor], nn.Module]:
    """The upper layers, named as in a `BertModel`, and the heads over token vectors of length `size`.

    Raises `ModelDamaged` when the file cannot be read or its heads do not fit.
    """
    from safetensors import SafetensorError
    from safetensors.torch import load_file

    from index.errors import ModelDamaged

    try:
        stored = load_file(path)
        heads = build_heads(size, has_spans=_SPANS in stored)
        state = {
            name: value.float() * stored[f"{name}.scale"] if f"{name}.scale" in stored else value.float()
            for name, value in stored.items()
            if not name.endswith(".scale")
        }
        heads.load_state_dict({name: value for name, value in state.items() if not name.startswith(_LAYERS)})
    except (SafetensorError, RuntimeError, OSError) as error:
        raise ModelDamaged(f"The reader's weights in {path} do not load: {str(error).splitlines()[0]}") from error
    return {name.removeprefix(_LAYERS): value for name, value in state.items() if name.startswith(_LAYERS)}, heads
