"""What can be said of a weights file without believing anything in it."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from app.learning.registry.findings import Finding

_LONGEST_HEADER = 100_000_000
_GGUF = b"GGUF"


def inspect_weights(folder: Path, names: Sequence[str]) -> list[Finding]:
    """Cut files, broken numbers and empty layers of the safetensors files among `names`; GGUF by its first bytes."""
    found: list[Finding] = []
    for name in names:
        if name.endswith(".safetensors"):
            found += inspect_safetensors(folder / name)
        elif name.endswith(".gguf") and (folder / name).read_bytes()[:4] != _GGUF:
            found.append(Finding("file_damaged", {"file": name, "why": "no GGUF file"}))
        elif name.endswith(".json"):
            found += _inspect_json(folder / name)
    return found


def inspect_safetensors(path: Path) -> list[Finding]:
    """One file. Its header says how long it has to be: what is shorter was cut off."""
    size = path.stat().st_size
    with path.open("rb") as stream:
        length = int.from_bytes(stream.read(8), "little") if size >= 8 else 0
        if size < 8 or length > _LONGEST_HEADER:
            why = "no safetensors file"
            return [Finding("file_damaged", {"file": path.name, "why": why})]
        if 8 + length > size:
            return [Finding("file_truncated", {"file": path.name, "wanted": 8 + length, "found": size})]
        try:
            header = json.loads(stream.read(length))
            ends = [int(part["data_offsets"][1]) for name, part in header.items() if name != "__metadata__"]
        except (ValueError, KeyError, TypeError, IndexError, AttributeError, RecursionError):
            return [Finding("file_damaged", {"file": path.name, "why": "its header is not readable"})]
    wanted = 8 + length + max(ends, default=0)
    if size < wanted:
        return [Finding("file_truncated", {"file": path.name, "wanted": wanted, "found": size})]
    try:
        stored = read_tensors(path)
    except Exception as error:  # the library raises kinds of its own for what does not fit
        return [Finding("file_damaged", {"file": path.name, "why": " ".join(str(error).split())[:120]})]
    if not stored:
        return [Finding("file_damaged", {"file": path.name, "why": "it holds no weights"})]
    return [*_broken(stored), *_empty(stored)]


def read_tensors(path: Path) -> Mapping[str, NDArray[Any]]:
    """By name; numbers of 16 bits with 8 of exponent, which NumPy lacks, come as 32 bits."""
    from safetensors.numpy import load_file

    try:
        return load_file(path)
    except (TypeError, KeyError, AttributeError, ValueError):
        from safetensors.torch import load_file as load_torch

        return {name: tensor.float().numpy() for name, tensor in load_torch(path).items()}


def _broken(stored: Mapping[str, NDArray[Any]]) -> list[Finding]:
    found = []
    for name, values in stored.items():
        if not np.issubdtype(values.dtype, np.floating):
            continue
        bad = int(np.count_nonzero(~np.isfinite(values.astype(np.float32))))
        if bad:
            found.append(Finding("values_broken", {"part": name, "count": bad}))
    return found


def _empty(stored: Mapping[str, NDArray[Any]]) -> list[Finding]:
    """Matrices of one value alone. The second factor of a fresh adapter is zero: an adapter that was never trained."""
    found = []
    for name, values in stored.items():
        if values.ndim >= 2 and values.size > 1 and np.issubdtype(values.dtype, np.number):
            first = values.flat[0]
            if bool((values == first).all()):
                found.append(Finding("weights_empty", {"part": name, "value": float(first)}))
    return found


def _inspect_json(path: Path) -> list[Finding]:
    try:
        json.loads(path.read_text(encoding="utf-8"))
    except (UnicodeDecodeError, ValueError, RecursionError):
        return [Finding("file_damaged", {"file": path.name, "why": "no JSON"})]
    return []
