"""`kefu train reranker`: what comes first among what the search finds, learnt from the company's own questions."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from app.cli import options
from app.cli.opening import open_container
from app.cli.progress import Progress
from app.cli.terminal import emit, emit_json, note
from app.sizes import human_bytes

if TYPE_CHECKING:
    from app.training.reranker.running import TrainedReranker


def reranker(
    *,
    out: Annotated[Path, typer.Option("--out", metavar="DIR", file_okay=False, help="Where the reranker goes.")],
    data: Annotated[
        Path | None,
        typer.Option("--data", metavar="PATH", exists=True, readable=True,
                     help="A folder of `kefu train data`, or JSON Lines; by default what the records teach."),
    ] = None,
    days: Annotated[int, typer.Option("--days", min=1, max=800, help="How far back the records count.")] = 90,
    config: options.Config = None,
    epochs: Annotated[int | None, typer.Option("--epochs", min=1, help="At most so many.")] = None,
    seed: Annotated[
        int | None, typer.Option("--seed", min=0, help="The same seed and data, the same reranker.")
    ] = None,
    as_json: options.Json = False,
) -> None:  # fmt: skip
    """Teach the search what to put first, on top of the scorer that comes with kefu; some minutes on one core.

    Questions and what answers them come from rated answers, opened sources, agents' edits and filled gaps, from a
    folder of `kefu train data`, or from lines of text and documents, of query, passage and label, or of query,
    positive and negative. The newest fifth is not learnt but decides when to stop; where nothing is better on it the
    scorer stays as it was. A run that was killed goes on with the same command. In the folder: weights, judgements,
    lineage.json, metrics.json, card.md, curve.csv and curve.svg. The setting retrieval.scorer serves it.

    \b
    Example:
      kefu train reranker --out var/reranker
      kefu train data --out var/data && kefu train reranker --data var/data --out var/reranker --json
    """
    from app.retrieval.scoring import SentenceScorer
    from app.training.building import mined_pairs
    from app.training.errors import TrainingUnsuited
    from app.training.options import load_params
    from app.training.reranker import RerankerParams, judgements_of, read_judgements
    from app.training.reranker.running import memory_needed, train_reranker

    params = load_params(RerankerParams(), config, {"seed": seed, "epochs": epochs})
    given = None if data is None else read_judgements(data)
    container = open_container()
    container.require_index()
    if container.scorer is None:
        raise TrainingUnsuited(
            f"The scorer that a reranker is learnt on top of does not know the embedder "
            f"{container.embedder.embedder_id}; set KEFU_MODELS__EMBEDDER=multilingual-e5-small and take the documents "
            "in anew."
        )
    judgements = judgements_of(mined_pairs(container, days=days).pairs) if given is None else given
    needed = memory_needed(len(judgements), container.embedder.dimension, params)
    note(f"{len(judgements)} questions; needs about {human_bytes(needed)} beside the search")
    with container.serving.borrow() as generation, Progress("train") as progress:
        trained = train_reranker(
            judgements,
            container.retriever,
            container.embedder,
            generation,
            out,
            params,
            base=SentenceScorer.shipped(),
            on_progress=lambda stage, done, total: progress.update(done, total, label=f"train: {stage}"),
        )
    if as_json:
        emit_json(trained.to_dict())
    else:
        _show(trained)


def _show(trained: TrainedReranker) -> None:
    metrics = trained.metrics
    emit(
        f"{metrics['learnt']} questions learnt, {metrics['held_out']} held out, best epoch {trained.fitted.best}: "
        f"{trained.folder}"
    )
    if metrics["not_found"]:
        note(f"Of {metrics['not_found']} questions the search does not find what answers; nothing is learnt from them.")
    emit(
        f"A right passage in front, of the newest questions: {metrics['first_right_before']:.1%} → "
        f"{metrics['first_right_after']:.1%}; mean of 1 / rank {metrics['held_out_before']:.3f} → "
        f"{metrics['held_out_after']:.3f}"
    )
    if trained.fitted.has_learnt:
        emit(f"Serve it: KEFU_RETRIEVAL__SCORER={trained.folder}")
    else:
        emit("No epoch was clearly better on the newest questions than what comes with kefu: nothing to gain yet.")
