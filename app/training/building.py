"""Puts the nightly turn together over a container."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from app.domain.learning import Submits
from app.training.adapter import AdapterParams
from app.training.adapter.running import TrainedAdapter, train_adapter
from app.training.mining import Mined, mine
from app.training.mining.log_signals import log_signals
from app.training.turn import NightlyTurn

if TYPE_CHECKING:
    from app.container import Container


def turns_folder(container: Container) -> Path:
    """Where nights and what they trained lie."""
    return container.settings.home / "learning"


def build_turn(container: Container, *, registry: Callable[[], Submits | None] = lambda: None) -> NightlyTurn:
    """The nightly turn of an installation."""

    def train(mined: Mined, folder: Path, params: AdapterParams) -> TrainedAdapter:
        with container.serving.borrow() as generation:
            return train_adapter(mined.pairs, container.embedder, generation, folder, params)

    return NightlyTurn(
        turns_folder(container),
        lambda: mined_pairs(container),
        train,
        registry=registry,
        serving=container.settings.retrieval.query_map,
    )


def mined_pairs(container: Container, *, days: int = 90) -> Mined:
    """What the records of an installation teach."""
    from app.insight.gaps.store import GapStore

    return mine(
        log_signals(
            container.receipts.get,
            container.feedback,
            lambda start, end: container.events.between(start, end, kinds=("citation_opened",)),
            GapStore(container.database).all(state="published"),
            now=datetime.now(UTC),
            days=days,
            holds=container.holding(),
        )
    )


def embedder_folder(container: Container) -> Path:
    """Where the weights of the embedder in use lie. Raises `TrainingUnsuited` for one that has none here."""
    from app.training.errors import TrainingUnsuited

    if container.embedder_model is not None:
        return container.weights.path(container.embedder_model)
    folder = Path(container.settings.models.embedder).expanduser()
    if not (folder / "modules.json").is_file():
        raise TrainingUnsuited(
            f"The embedder {container.embedder.embedder_id} is no sentence-transformers folder. Name one with --base."
        )
    return folder
