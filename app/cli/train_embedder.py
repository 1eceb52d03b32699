"""`kefu train embedder` and `kefu train status`: the adapter of questions' vectors, and what the nights brought."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from app.cli import options
from app.cli.opening import open_container
from app.cli.progress import Progress
from app.cli.terminal import emit, emit_json, emit_table, note
from app.cli.train_llm import tell_step
from app.sizes import human_bytes

if TYPE_CHECKING:
    from app.training.adapter.running import TrainedAdapter

_SHOWN = 14


def embedder(
    *,
    out: Annotated[Path, typer.Option("--out", metavar="DIR", file_okay=False, help="Where the adapter goes.")],
    data: Annotated[
        Path | None,
        typer.Option("--data", metavar="PATH", exists=True, readable=True,
                     help="JSON Lines of text, documents and at; by default what the records teach."),
    ] = None,
    days: Annotated[int, typer.Option("--days", min=1, max=800, help="How far back the records count.")] = 90,
    config: options.Config = None,
    seed: Annotated[
        int | None, typer.Option("--seed", min=0, help="The same seed and data, the same adapter.")
    ] = None,
    full: Annotated[
        bool, typer.Option("--full", help="Tune the embedder itself; every document has to be embedded anew.")
    ] = False,
    base: Annotated[
        Path | None,
        typer.Option("--base", metavar="DIR", exists=True, file_okay=False,
                     help="With --full: a sentence-transformers folder; by default the embedder in use."),
    ] = None,
    epochs: Annotated[int | None, typer.Option("--epochs", min=1, help="At most so many.")] = None,
    fresh: Annotated[
        bool, typer.Option("--fresh", help="With --full: begin anew where the folder holds a run.")
    ] = False,
    as_json: options.Json = False,
) -> None:  # fmt: skip
    """Teach the search the customers' own words, in a minute on one core; no document is taken in again.

    Pairs of questions and documents that answer them come from rated answers, opened sources, agents' edits and
    filled gaps, or from a file. The newest fifth is not learnt but decides when to stop. In the folder: the adapter,
    its pairs, lineage.json, metrics.json, curve.csv and curve.svg. The setting retrieval.query_map serves it.

    With --full all layers of the embedder are tuned (hours; sentence-transformers, mined hard negatives), to a folder
    that models.embedder names. Every document is then embedded anew, and what was trained on its vectors is off. A run
    that was killed goes on with the same command. --data also takes a folder of `kefu train data` then.

    \b
    Example:
      kefu train embedder --out var/adapter
      kefu train embedder --out var/adapter --data pairs.jsonl --json
      kefu train embedder --full --out var/embedder --epochs 2
    """  # fmt: skip
    from app.training.adapter import AdapterParams
    from app.training.adapter.running import memory_needed, read_pairs, train_adapter
    from app.training.building import mined_pairs
    from app.training.errors import TrainingDataInvalid
    from app.training.options import load_params

    if full:
        _full(out, data, days, config, base, {"seed": seed, "epochs": epochs}, is_fresh=fresh, as_json=as_json)
        return
    if base is not None or fresh:
        raise typer.BadParameter("--base and --fresh belong to --full.", param_hint="--full")
    params = load_params(AdapterParams(), config, {"seed": seed, "epochs": epochs})
    if data is not None and data.is_dir():
        raise TrainingDataInvalid(f"{data} is a folder; the adapter is learnt from a file of text and documents.")
    container = open_container()
    container.require_index()
    pairs = list(mined_pairs(container, days=days).pairs) if data is None else read_pairs(data)
    with container.serving.borrow() as generation, Progress("train") as progress:
        counts = generation.manifest
        needed = memory_needed(counts.passages, counts.sentences, counts.dimension, params)
        note(f"{len(pairs)} pairs; needs about {human_bytes(needed)} beside the embedder")
        trained = train_adapter(
            pairs,
            container.embedder,
            generation,
            out,
            params,
            on_progress=lambda _stage, done, total: progress.update(done, total),
        )
    if as_json:
        emit_json(trained.to_dict())
    else:
        _show(trained)


def _full(
    out: Path,
    data: Path | None,
    days: int,
    config: Path | None,
    base: Path | None,
    given: Mapping[str, Any],
    *,
    is_fresh: bool,
    as_json: bool,
) -> None:
    from app.training.building import embedder_folder, mined_pairs
    from app.training.embedder.params import FullParams
    from app.training.embedder.running import tune_embedder
    from app.training.embedder.triples import mine_triples
    from app.training.options import load_params
    from app.training.reranker import judgements_of, read_judgements

    params = load_params(FullParams(), config, given)
    judgements = None if data is None else read_judgements(data)
    container = open_container()
    container.require_index()
    folder, models = base or embedder_folder(container), container.settings.models
    if judgements is None:
        judgements = judgements_of(mined_pairs(container, days=days).pairs)
    with container.serving.borrow() as generation, Progress("train") as progress:
        counts = generation.manifest
        note(
            f"With another embedder all {counts.documents} documents ({counts.passages} passages) have to be embedded "
            "anew, and what was trained on the vectors of this one is off or has to be trained anew: the order of "
            "words, the scorer, the adapter, classifiers of messages. `kefu train embedder` without --full needs none "
            "of this."
        )
        triples = mine_triples(
            judgements,
            container.embedder,
            generation,
            negatives=params.negatives,
            on_progress=lambda done, total: progress.update(done, total, label="mine"),
        )

        tuned = tune_embedder(
            triples,
            folder,
            out,
            params,
            base_id=container.embedder.embedder_id if base is None else folder.name,
            prefixes=(models.query_prefix, models.passage_prefix),
            is_fresh=is_fresh,
            on_estimate=lambda needed: note(f"{len(triples)} questions; memory: about {needed.describe()}"),
            on_step=lambda report: tell_step(progress, report),
        )
    if as_json:
        emit_json(tuned.to_dict())
        return
    metrics = tuned.metrics
    emit(f"{metrics['questions']} questions learnt, {metrics['held_out']} held out, best step {metrics['best_step']} "
         f"of {metrics['steps']}: {out / 'model'}")  # fmt: skip
    emit(f"Among five of the held-out questions: {metrics['held_out_before']:.1%} → {metrics['held_out_after']:.1%}; "
         f"loss {metrics['held_out_loss_before']:.3f} → {metrics['held_out_loss_after']:.3f}")  # fmt: skip
    if tuned.has_learnt:
        emit(f"Serve it: KEFU_MODELS__EMBEDDER={out / 'model'} kefu ingest PATH --full, then with the same setting")
    else:
        emit("No step was better on the newest questions than the base: there is no reason to serve it.")


def status(*, as_json: options.Json = False) -> None:
    """What the nightly training did, night by night, and why not more.

    \b
    Example:
      kefu train status
    """
    from app.training.nights import NightLog, turns_folder

    nights = NightLog(turns_folder(open_container().settings.home)).nights()
    if as_json:
        emit_json([night.to_dict() for night in nights])
        return
    if not nights:
        emit("No night has trained anything yet; `kefu serve` does each night, `kefu train embedder` at once.")
        return
    emit_table(
        ("night", "model", "outcome", "pairs", "newest before", "after"),
        [
            (
                night.at[:16],
                night.kind,
                night.outcome,
                night.pairs,
                _share(night.metrics.get("held_out_before")),
                _share(night.metrics.get("held_out_after")),
            )
            for night in nights[-_SHOWN:]
        ],
    )
    emit()
    for kind, last in {night.kind: night for night in nights}.items():
        emit(f"{kind}: {last.why}")


def _share(value: float | None) -> str:
    return "" if value is None else f"{value:.1%}"


def _show(trained: TrainedAdapter) -> None:
    fitted, metrics = trained.fitted, trained.metrics
    emit(f"{fitted.pairs} questions learnt, {fitted.held_out} held out, best epoch {fitted.best}: {trained.folder}")
    emit(
        f"A right document among five of the held-out questions, by vectors alone: "
        f"{metrics['held_out_before']:.1%} → {metrics['held_out_after']:.1%}"
    )
    if fitted.has_learnt:
        emit(f"Serve it: KEFU_RETRIEVAL__QUERY_MAP={trained.folder}")
    else:
        emit("No epoch was better on the newest questions than what it started from: nothing to gain yet.")
