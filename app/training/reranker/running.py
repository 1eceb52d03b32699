"""One training of a reranker, from questions and what answers them to a folder that can be judged and served."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from app.domain.learning import Candidate
from app.retrieval.retriever import Retriever
from app.retrieval.scoring import WEIGHTS, SentenceScorer
from app.training.curve import write_curve
from app.training.errors import TrainingDataTooFew
from app.training.pools import Pool
from app.training.record import data_file, write_record
from app.training.reranker.fitting import (
    FittedReranker,
    RerankerEpoch,
    RerankerParams,
    fit_reranker,
    mean_reciprocal_rank,
    ranks_of,
)
from app.training.reranker.judgements import Judgement, write_judgements
from app.training.reranker.laying_out import lay_out
from index.generation import Generation
from index.ports import Embedder

FEWEST_QUESTIONS = 20
"""With what answers among the first that the search finds: of fewer nothing is learnt that would last."""
DATA = "judgements.jsonl"
_CHECKPOINTS = "checkpoints"
_TITLE = "Reranker"


@dataclass(frozen=True, slots=True)
class TrainedReranker:
    """What a training left in its folder."""

    folder: Path
    fitted: FittedReranker
    lineage: dict[str, Any]
    metrics: dict[str, float]
    ended_at: datetime

    @property
    def has_learnt(self) -> bool:
        """Whether it is better, on the newest questions, than what it began with."""
        return self.fitted.has_learnt

    @property
    def candidate(self) -> Candidate:
        """For the registry."""
        return Candidate("reranker", self.folder, self.ended_at, self.lineage, self.metrics)

    def to_dict(self) -> dict[str, Any]:
        """As JSON."""
        return {
            "folder": str(self.folder),
            "has_learnt": self.has_learnt,
            "epochs": len(self.fitted.curve) - 1,
            "best_epoch": self.fitted.best,
            **self.metrics,
        }


def train_reranker(
    judgements: Sequence[Judgement],
    retriever: Retriever,
    embedder: Embedder,
    generation: Generation,
    out: Path,
    params: RerankerParams,
    *,
    base: SentenceScorer,
    on_progress: Callable[[str, int, int], None] = lambda _stage, _done, _total: None,
) -> TrainedReranker:
    """Lay out the pools, fit on top of `base`, and write weights, data, curve, lineage, metrics and card into `out`.

    Raises `TrainingDataTooFew` when the search finds what answers for fewer than 20 questions.
    """
    order = sorted(judgements, key=lambda item: (item.at, item.text))
    out.mkdir(parents=True, exist_ok=True)
    pools = lay_out(
        order,
        retriever,
        embedder,
        generation,
        out / _CHECKPOINTS,
        on_progress=lambda done, total: on_progress("search", done, total),
    )
    known = [(item, pool) for item, pool in zip(order, pools, strict=True) if pool is not None]
    if len(known) < FEWEST_QUESTIONS:
        shutil.rmtree(out / _CHECKPOINTS, ignore_errors=True)
        raise TrainingDataTooFew(
            f"Expected at least {FEWEST_QUESTIONS} questions for which the search finds what answers, got {len(known)} "
            f"of {len(judgements)}. Let more answers be rated, or name pairs with --data."
        )
    learnt, held = _parted([pool for _, pool in known], params.held_out)

    def told(curve: Sequence[RerankerEpoch]) -> None:
        on_progress("fit", curve[-1].number, params.epochs)
        _draw(out, curve)

    fitted = fit_reranker(learnt, held, base, params, on_epoch=told)
    _draw(out, fitted.curve)
    fitted.scorer.save(out / WEIGHTS, embedder_id=embedder.embedder_id)
    write_judgements([item for item, _ in known], out / DATA)
    metrics = _metrics(fitted, base, learnt, held, questions=len(known), given=len(judgements))
    lineage = write_record(
        out,
        "reranker",
        data=[data_file(out / DATA, until=known[-1][0].at.isoformat())],
        seed=params.seed,
        params=asdict(params),
        base=embedder.embedder_id,
        parents=[{"name": WEIGHTS, "digest": base.digest}],
        weights=[WEIGHTS],
        metrics=metrics,
        words=_words(fitted, out),
        more={"generation": generation.name},
    )
    shutil.rmtree(out / _CHECKPOINTS, ignore_errors=True)
    return TrainedReranker(out, fitted, lineage, metrics, datetime.now(UTC))


def memory_needed(questions: int, dimension: int, params: RerankerParams) -> int:
    """Bytes that it takes at most beside the search: the pools of all questions, some sixty sentences each."""
    return questions * 60 * 4 * (dimension + 20) + 16 * dimension * params.rank * 4


def _parted(pools: Sequence[Pool], share: float) -> tuple[Sequence[Pool], Sequence[Pool]]:
    """Pools to learn from and, of the newest questions, to hold out."""
    cut = len(pools) - max(4, round(share * len(pools)))
    return pools[:cut], pools[cut:]


def _metrics(
    fitted: FittedReranker,
    base: SentenceScorer,
    learnt: Sequence[Pool],
    held: Sequence[Pool],
    *,
    questions: int,
    given: int,
) -> dict[str, float]:
    before, after = ranks_of(base, held), ranks_of(fitted.scorer, held)
    return {
        "questions": questions,
        "not_found": given - questions,
        "learnt": len(learnt),
        "held_out": len(held),
        "held_out_before": round(mean_reciprocal_rank(base, held), 4),
        "held_out_after": round(mean_reciprocal_rank(fitted.scorer, held), 4),
        "first_right_before": round(sum(rank == 1 for rank in before) / len(before), 4),
        "first_right_after": round(sum(rank == 1 for rank in after) / len(after), 4),
    }


def _draw(out: Path, curve: Sequence[RerankerEpoch]) -> None:
    shown = {
        "loss": [(epoch.number, epoch.loss) for epoch in curve],
        "loss held out": [(epoch.number, epoch.held_out_loss) for epoch in curve],
        "held out, mean of 1 / rank": [(epoch.number, epoch.quality) for epoch in curve],
    }
    write_curve(out, shown, title=_TITLE)


def _words(fitted: FittedReranker, out: Path) -> list[str]:
    learnt = (
        f"The scorer that it began with, and what this company's questions taught on top, as it stood after epoch "
        f"{fitted.best}. It puts the first ten passages of a search in order and chooses the sentences that are read."
        if fitted.has_learnt
        else "No epoch was clearly better on the newest questions than the scorer that it began with, which this is."
    )
    return [
        learnt,
        f"Serve it with `KEFU_RETRIEVAL__SCORER={out.name}` (its folder), or hand it in: `kefu models submit "
        f"{out.name}`. Calibrate anew (`kefu calibrate`) where the threshold of answers is the company's own: scores "
        "move with it.",
        "held_out figures are of the newest questions, by the mean of 1 / rank of the first right passage among ten; "
        "first_right is the share with a right passage in front. What answers is mostly known by document alone.",
    ]
