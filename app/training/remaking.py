"""Trains a classifier of messages again from the record of a candidate, to see that the record is true."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields
from pathlib import Path
from typing import TYPE_CHECKING, Any

from app.training.classifier import FittingParams
from app.training.intents import read_examples, train_intents
from index.ports import Embedder

if TYPE_CHECKING:
    from app.building.container import Container
    from app.learning.registry import Registry

_MOST_BYTES = 8 * 2**20
"""Of data: more takes longer than a gate may."""
_NAMES = {field.name for field in fields(FittingParams)}


def remake_intents(
    embedder: Callable[[], Embedder], *, mask: Callable[[str], str] = lambda text: text
) -> Callable[[Mapping[str, Any], Sequence[Path]], Path | None]:
    """What trains again: gives the folder of the classifier, or None where the record names no parameters.

    Also None where it takes too long. The folder is a new one, for whoever asked to remove.
    """

    def remake(lineage: Mapping[str, Any], data: Sequence[Path]) -> Path | None:
        told = lineage.get("params")
        if not isinstance(told, Mapping) or not told or not set(told) <= _NAMES or len(data) != 1:
            return None
        if data[0].stat().st_size > _MOST_BYTES:
            return None
        try:
            params = FittingParams(**told)
        except (TypeError, ValueError):
            return None
        read = read_examples(data[0])
        folder = Path(tempfile.mkdtemp(prefix="kefu-remade-"))
        train_intents(read, embedder(), mask=mask, params=params).write(folder)
        return folder

    return remake


def registry_of(container: Container) -> Registry:
    """The registry of an installation that can train classifiers of messages again."""
    from app.learning.registry.building import build_registry
    from app.understanding.masking import masking

    remake = remake_intents(lambda: container.embedder, mask=masking(container.slot_finder()))
    return build_registry(container, retrain=remake)
