"""Where a run stands, on disk: written aside and renamed, so that a kill at any moment leaves the last whole one."""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import torch

from app.training.llm.curve import Point
from index.disk import sync_file, sync_tree

_STATE = "state.json"
_TENSORS = "state.pt"
_PREFIX = "step-"


@dataclass(slots=True)
class Standing:
    """What a run has to know to go on as if it had never stopped.

    No random state is among it: what is drawn in a step is drawn from the seed and the number of the step.
    """

    step: int = 0
    """Steps done."""
    best_step: int = 0
    best_held_out: float | None = None
    misses: int = 0
    """Measurements since the best one."""
    is_ended: bool = False
    seconds: float = 0.0
    """Of computing, over all starts."""
    points: list[Point] = field(default_factory=list)


def save(folder: Path, standing: Standing, tensors: Mapping[str, Any]) -> None:
    """Write a checkpoint below `folder`, then take older ones away.

    Args:
        folder: of the checkpoints.
        standing: see there.
        tensors: whatever `torch.save` takes; it comes back from `load` bit by bit.
    """
    folder.mkdir(parents=True, exist_ok=True)
    aside, target = folder / f".{_PREFIX}{standing.step}.part", folder / f"{_PREFIX}{standing.step:08d}"
    shutil.rmtree(aside, ignore_errors=True)
    aside.mkdir()
    torch.save(dict(tensors), aside / _TENSORS)
    (aside / _STATE).write_text(json.dumps(asdict(standing)), encoding="utf-8")
    sync_tree(aside)
    if target.exists():  # the same step after another start: the same content
        shutil.rmtree(aside)
        return
    aside.rename(target)
    sync_file(folder)
    for other in folder.iterdir():
        if other != target and (other.name.startswith((_PREFIX, "."))):
            shutil.rmtree(other, ignore_errors=True)


def load(folder: Path) -> tuple[Standing, dict[str, Any]] | None:
    """The latest checkpoint below `folder`; None when there is none."""
    found = sorted(folder.glob(f"{_PREFIX}*"), reverse=True) if folder.is_dir() else []
    for path in found:
        if (path / _STATE).exists() and (path / _TENSORS).exists():
            row = json.loads((path / _STATE).read_text(encoding="utf-8"))
            points = [Point(**point) for point in row.pop("points")]
            # A checkpoint is of this run alone, and weights_only keeps it from running anything.
            tensors = torch.load(path / _TENSORS, map_location="cpu", weights_only=True)
            return Standing(points=points, **row), tensors
    return None
