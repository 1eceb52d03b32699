"""Trains the recommender (`app.recommendation.fitting`) like the other models: options, seed, curve, record."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from app.recommendation.content import Contents
from app.recommendation.fitting import FitParams, fit
from app.recommendation.histories import Histories
from app.recommendation.model import Model
from app.recommendation.sasrec import SequenceParams
from app.training.curve import write_curve
from app.training.record import data_file, write_record
from index.disk import sha256_of

_MADE_OF = "model.json"
_WEIGHTS = (_MADE_OF, "names.json", "arrays.safetensors")
_STAGES = ("loss, without last items", "loss, with everything")


@dataclass(frozen=True, slots=True)
class RecommenderParams:
    """What may be chosen; the rest is `app.recommendation.fitting.FitParams`."""

    steps: int = 3000
    """Batches of the sequence model's training, at most."""
    most_epochs: int = 30
    dimension: int = 64
    dropout: float = 0.3
    learning_rate: float = 2e-3
    depth: int = 200
    """Candidates of each part."""
    ranked_people: int = 6000
    """From whose last items the ranker learns."""
    seed: int = 1

    def __post_init__(self) -> None:
        if self.steps < 1 or self.most_epochs < 1 or self.depth < 1 or self.ranked_people < 5 or self.seed < 0:
            raise ValueError("Expected steps, most_epochs and depth >= 1, ranked_people >= 5 and seed >= 0.")
        self.to_fit()

    def to_fit(self) -> FitParams:
        """As the fit wants them."""
        sequence = SequenceParams(
            dimension=self.dimension,
            dropout=self.dropout,
            steps=self.steps,
            most_epochs=self.most_epochs,
            learning_rate=self.learning_rate,
            seed=self.seed,
        )
        return FitParams(sequence=sequence, depth=self.depth, ranked_people=self.ranked_people, seed=self.seed)


def train_recommender(
    histories: Histories,
    contents: Contents | None,
    out: Path,
    params: RecommenderParams,
    *,
    events: Path | None = None,
    on_stage: Callable[[str, int, int], None] = lambda _stage, _done, _of: None,
) -> dict[str, Any]:
    """Fit, and write model, curve, lineage, metrics and card into `out`; what `Model.summary` tells.

    `events` is the file that the histories are of; without one they are the installation's records, which the model
    holds itself. Raises `BehaviourTooLittle`, or `RecommenderDamaged` where `out` holds something else.
    """
    losses: list[list[float]] = []

    def told(epoch: int, loss: float) -> None:
        if epoch == 1:
            losses.append([])
        losses[-1].append(loss)

    model = Model(fit(histories, params.to_fit(), contents=contents, on_stage=on_stage, on_loss=told))
    model.save(out)
    shown = {name: list(enumerate(values, start=1)) for name, values in zip(_STAGES, losses, strict=False)}
    write_curve(out, shown, title="Recommender, sequence model")
    summary = model.summary()
    source = (
        data_file(out / _MADE_OF) if events is None else {"path": str(events.resolve()), "sha256": sha256_of(events)}
    )
    write_record(
        out,
        "recommender",
        data=[source],
        seed=params.seed,
        params=asdict(params),
        base="none",
        parents=[],
        weights=_WEIGHTS,
        metrics={name: value for name, value in summary["inner"].items() if isinstance(value, int | float)},
        words=[
            "Recommends from what people chose: links between items, a sequence model and a ranker over both. Figures "
            "are of people's last items, which the parts had not seen.",
            "Try it with `kefu recommend for-user USER --model DIR`; `kefu recommend fit` puts a model to use through "
            "its own gate.",
        ],
    )
    return {"folder": str(out), **summary}
