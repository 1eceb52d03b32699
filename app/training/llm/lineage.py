"""Where a result comes from: data, weights, code, settings and libraries, each by its hash or version."""

from __future__ import annotations

import hashlib
import platform
from collections.abc import Sequence
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from app.training.llm.base import folder_digest
from app.training.llm.config import TuningConfig
from index.disk import sha256_of

_LIBRARIES = ("torch", "transformers", "tokenizers", "peft", "accelerate", "gguf")
_FREE = ("stage", "seed", "data", "base", "adapter", "checkpointing")
"""Named elsewhere, by their content instead, or of no effect on what is learnt."""


def lineage_of(config: TuningConfig, base: Path, *, precision: str, threads: int, processes: int) -> dict[str, Any]:
    """All that decides what the run learns, as JSON; equal exactly when a run would go the same way."""
    return {
        "kind": "llm",
        "stage": config.stage,
        "seed": config.seed,
        "settings": {name: value for name, value in config.to_dict().items() if name not in _FREE},
        "data": [{"file": Path(item).name, "sha256": sha256_of(Path(item))} for item in config.data],
        "parents": {
            "base": {"name": Path(config.base).name if not config.from_scratch else "", "digest": folder_digest(base)},
            "adapter": _parent(config.adapter),
        },
        "code": {"kefu": _version("kefu"), "trainer": _code_digest()},
        "libraries": {name: _version(name) for name in _LIBRARIES},
        "python": platform.python_version(),
        "machine": platform.machine(),
        "precision": precision,
        "threads": threads,
        "processes": processes,
    }


def differences(one: dict[str, Any], other: dict[str, Any]) -> list[str]:
    """Names of what differs between two lineages, one level deep."""
    found: list[str] = []
    for name in sorted({*one, *other}):
        left, right = one.get(name), other.get(name)
        if left == right:
            continue
        if isinstance(left, dict) and isinstance(right, dict):
            found += [f"{name}.{key}" for key in sorted({*left, *right}) if left.get(key) != right.get(key)]
        else:
            found.append(name)
    return found


def _parent(adapter: str | None) -> dict[str, str] | None:
    if adapter is None:
        return None
    folder = adapter_folder(Path(adapter))
    return {"name": Path(adapter).name, "digest": folder_digest(folder)}


def adapter_folder(folder: Path) -> Path:
    """Where peft's files lie: in the folder itself or, of a run, in `adapter` below it."""
    return folder / "adapter" if (folder / "adapter" / "adapter_config.json").exists() else folder


def _code_digest() -> str:
    return _joined(sorted(Path(__file__).parent.glob("*.py")))


def _joined(paths: Sequence[Path]) -> str:
    digest = hashlib.sha256()
    for path in paths:
        digest.update(path.name.encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()[:16]


def _version(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:
        return None
