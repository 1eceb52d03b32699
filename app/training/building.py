"""Puts the nightly turn together over a container."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from app.domain.learning import Settles
from app.training.adapter import AdapterParams
from app.training.adapter.running import TrainedAdapter, train_adapter
from app.training.intents_turn import IntentsTurn
from app.training.mining import Mined, mine
from app.training.mining.log_signals import log_signals
from app.training.nights import Night, turns_folder
from app.training.turn import NightlyTurn

if TYPE_CHECKING:
    from app.building.container import Container


def build_turn(container: Container, *, registry: Callable[[], Settles | None] = lambda: None) -> NightlyTurn:
    """The nightly turn of the adapter of questions' vectors. Questions of the fixed set are never learnt from."""

    def train(mined: Mined, folder: Path, params: AdapterParams) -> TrainedAdapter:
        with container.serving.borrow() as generation:
            return train_adapter(mined.pairs, container.embedder, generation, folder, params)

    return NightlyTurn(
        turns_folder(container.settings.home),
        lambda: without_questions(mined_pairs(container), fixed_questions(container)),
        train,
        registry=registry,
        serving=container.settings.retrieval.query_map,
    )


def build_turns(
    container: Container, *, registry: Callable[[], Settles | None] = lambda: None
) -> Mapping[str, Callable[[], Night | None]]:
    """What a night trains, by kind of model, in this order."""
    from app.understanding.masking import masking

    folder, own = turns_folder(container.settings.home), container.settings.learning.intents
    return {
        "embedder": build_turn(container, registry=registry),
        "intents": IntentsTurn(
            folder,
            folder / "intents.jsonl" if own is None else own.expanduser(),
            lambda: container.embedder,
            mask=masking(container.slot_finder()),
            registry=registry,
        ),
    }


def fixed_questions(container: Container) -> Sequence[str]:
    """What candidates will be measured on. Raises `CandidateUnusable` for a broken line."""
    from app.learning.registry.cases import ranked_cases
    from app.learning.registry.measures import fixed_sets

    return [case.text for case in ranked_cases(fixed_sets(container, "embedder"))]


def without_questions(mined: Mined, questions: Sequence[str]) -> Mined:
    """Without pairs whose question is one of these, or nearly so: who has learnt a test cannot be measured by it."""
    from app.learning.registry.leaks import find_leaks

    seen = {leak.case for leak in find_leaks(questions, [pair.text for pair in mined.pairs])}
    kept = tuple(pair for at, pair in enumerate(mined.pairs) if at not in seen)
    return replace(mined, pairs=kept, dropped=replace(mined.dropped, of_the_test=len(seen)))


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
