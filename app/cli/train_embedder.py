"""`kefu train embedder` and `kefu train status`: the adapter of questions' vectors, and what the nights brought."""

from __future__ import annotations

import tomllib
from dataclasses import fields
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from app.cli import options
from app.cli.opening import open_container
from app.cli.progress import Progress
from app.cli.terminal import emit, emit_json, emit_table, note
from app.sizes import human_bytes

if TYPE_CHECKING:
    from app.training.adapter import AdapterParams
    from app.training.adapter.running import TrainedAdapter

_SHOWN = 14


def embedder(
    *,
    out: Annotated[Path, typer.Option("--out", metavar="DIR", file_okay=False, help="Where the adapter goes.")],
    data: Annotated[
        Path | None,
        typer.Option("--data", metavar="FILE", exists=True, dir_okay=False, readable=True,
                     help="JSON Lines of text, documents and at; by default what the records teach."),
    ] = None,
    days: Annotated[int, typer.Option("--days", min=1, max=800, help="How far back the records count.")] = 90,
    config: Annotated[
        Path | None,
        typer.Option("--config", metavar="FILE", exists=True, dir_okay=False, help="TOML of parameters."),
    ] = None,
    seed: Annotated[
        int | None, typer.Option("--seed", min=0, help="The same seed and data, the same adapter.")
    ] = None,
    as_json: options.Json = False,
) -> None:  # fmt: skip
    """Teach the search the customers' own words, in a minute on one core; no document is taken in again.

    Pairs of questions and documents that answer them come from rated answers, opened sources, agents' edits and
    filled gaps, or from a file. The newest fifth is not learnt but decides when to stop. In the folder: the adapter,
    its pairs, lineage.json, metrics.json, curve.csv and curve.svg. The setting retrieval.query_map serves it.

    \b
    Example:
      kefu train embedder --out var/adapter
      kefu train embedder --out var/adapter --data pairs.jsonl --json
    """  # fmt: skip
    from app.training.adapter.running import memory_needed, read_pairs, train_adapter
    from app.training.building import mined_pairs

    params = _params(config, seed)
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


def status(*, as_json: options.Json = False) -> None:
    """What the nightly training did, night by night, and why not more.

    \b
    Example:
      kefu train status
    """
    from app.training.building import build_turn

    nights = build_turn(open_container()).nights()
    if as_json:
        emit_json([night.to_dict() for night in nights])
        return
    if not nights:
        emit("No night has trained anything yet; `kefu serve` does each night, `kefu train embedder` at once.")
        return
    emit_table(
        ("night", "model", "outcome", "pairs", "among five before", "after"),
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


def _params(config: Path | None, seed: int | None) -> AdapterParams:
    """From a file; the seed of the command line goes before. Raises `TrainingDataInvalid`."""
    from app.training.adapter import AdapterParams
    from app.training.errors import TrainingDataInvalid

    values: dict[str, Any] = {}
    if config is not None:
        try:
            values = tomllib.loads(config.read_text(encoding="utf-8"))
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            raise TrainingDataInvalid(f"{config.name} is no TOML: {str(error)[:80]}. Correct it.") from error
    kinds = {field.name: type(field.default) for field in fields(AdapterParams)}
    for name, value in values.items():
        if name not in kinds:
            raise TrainingDataInvalid(f"{config} names {name!r}; known are {', '.join(sorted(kinds))}.")
        if isinstance(value, bool) or not isinstance(value, (int, kinds[name])):
            raise TrainingDataInvalid(f"{config} has {name} = {value!r}; expected a number.")
    if seed is not None:
        values["seed"] = seed
    try:
        return AdapterParams(**values)
    except ValueError as error:
        raise TrainingDataInvalid(f"{config} has values that cannot be: {error}") from error


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
