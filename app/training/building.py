"""Puts the nightly turns together over a container."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from app.domain.action import Wording
from app.domain.learning import CandidateKind, Settles
from app.training.adapter import AdapterParams
from app.training.adapter.running import TrainedAdapter, train_adapter
from app.training.intents_turn import IntentsTurn
from app.training.mining import Mined, mine
from app.training.mining.log_signals import log_signals
from app.training.nights import Night, turns_folder
from app.training.reranker import RerankerParams, judgements_of
from app.training.reranker.running import TrainedReranker, train_reranker
from app.training.turn import NightlyTurn, Trained

if TYPE_CHECKING:
    from app.building.container import Container

_MOST_QUESTIONS = 2000
"""Of a reranker's night, the newest: each is searched for once, a tenth of a second, and takes 100 kB of memory."""
_CALIBRATE = Wording(
    "上线后分数会变：贵公司自己的阈值是用之前的模型校准的，请重新运行 kefu calibrate。",
    "Scores move once it serves, and the company's own threshold was taken with the model before it: run "
    "`kefu calibrate` again.",
)


def build_turns(
    container: Container, *, registry: Callable[[], Settles | None] = lambda: None
) -> Mapping[str, Callable[[], Night | None]]:
    """What one night trains, by kind of model, in this order: those of `learning.nights`.

    They are for this night: records are mined once for all of them. There is no turn for a reranker where no scorer
    serves, as with an embedder that none was trained on.
    """
    mined = cache(lambda: mined_pairs(container))
    turns: dict[str, Callable[[], Callable[[], Night | None]]] = {
        "embedder": lambda: _adapter_turn(container, mined, registry),
        "reranker": lambda: _reranker_turn(container, mined, registry),
        "intents": lambda: _intents_turn(container, registry),
    }
    wanted = [kind for kind in turns if kind in container.settings.learning.nights]
    if "reranker" in wanted and container.serving_scorer is None:
        wanted.remove("reranker")
    return {kind: turns[kind]() for kind in wanted}


def _adapter_turn(
    container: Container, mined: Callable[[], Mined], registry: Callable[[], Settles | None]
) -> NightlyTurn:
    def train(found: Mined, folder: Path) -> TrainedAdapter:
        with container.serving.borrow() as generation:
            return train_adapter(found.pairs, container.embedder, generation, folder, AdapterParams())

    serving = container.settings.retrieval.query_map
    return _pairs_turn(container, "embedder", mined, train, registry, "KEFU_RETRIEVAL__QUERY_MAP", serving)


def _reranker_turn(
    container: Container, mined: Callable[[], Mined], registry: Callable[[], Settles | None]
) -> NightlyTurn:
    def train(found: Mined, folder: Path) -> TrainedReranker:
        serving = container.serving_scorer
        assert serving is not None, "build_turns asks before"
        judgements = judgements_of(found.pairs[-_MOST_QUESTIONS:])
        with container.serving.borrow() as generation:
            return train_reranker(
                judgements,
                container.retriever,
                container.embedder,
                generation,
                folder,
                RerankerParams(),
                base=serving.current,
            )

    serving = container.settings.retrieval.scorer
    return _pairs_turn(container, "reranker", mined, train, registry, "KEFU_RETRIEVAL__SCORER", serving)


def _pairs_turn(
    container: Container,
    kind: CandidateKind,
    mined: Callable[[], Mined],
    train: Callable[[Mined, Path], Trained],
    registry: Callable[[], Settles | None],
    setting: str,
    serving: Path | None,
) -> NightlyTurn:
    """Of a model that learns from mined pairs: it learns no question that it will be measured on."""
    return NightlyTurn(
        turns_folder(container.settings.home),
        kind,
        lambda: without_questions(mined(), fixed_questions(container, kind)),
        train,
        setting=setting,
        registry=registry,
        serving=serving,
        moved=lambda: calibrate_anew(container),
    )


def _intents_turn(container: Container, registry: Callable[[], Settles | None]) -> IntentsTurn:
    from app.understanding.masking import masking

    folder, own = turns_folder(container.settings.home), container.settings.learning.intents
    return IntentsTurn(
        folder,
        folder / "intents.jsonl" if own is None else own.expanduser(),
        lambda: container.embedder,
        mask=masking(container.slot_finder()),
        registry=registry,
    )


def calibrate_anew(container: Container) -> Wording | None:
    """What a company has to do whose threshold was taken with what searched before; None where it has none."""
    return _CALIBRATE if container.calibration.is_own else None


def fixed_questions(container: Container, kind: CandidateKind) -> Sequence[str]:
    """What candidates of a kind will be measured on. Raises `CandidateUnusable` for a broken line."""
    from app.learning.registry.cases import ranked_cases
    from app.learning.registry.measures import fixed_sets

    return [case.text for case in ranked_cases(fixed_sets(container, kind))]


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
