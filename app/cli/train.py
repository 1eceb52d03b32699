"""`kefu train`: models that a company makes from its own examples."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from app.cli import options, recommend, train_embedder, train_llm, train_reranker
from app.cli.opening import open_container, parse_day
from app.cli.progress import Progress
from app.cli.terminal import emit, emit_json, emit_table, note

if TYPE_CHECKING:
    from app.training.intents import Report

group = typer.Typer(help="Train models from your own examples.", no_args_is_help=True)
_CONFUSIONS = 12
"""Pairs that are shown; the report in the folder has all."""
group.command("llm")(train_llm.llm)
group.command("llm-data")(train_llm.llm_data)
group.command("distil")(train_llm.distil)


@group.command("data")
def data(
    *,
    out: Annotated[Path, typer.Option("--out", metavar="DIR", help="Where the files go; a former export is replaced.")],
    since: Annotated[
        str | None, typer.Option("--since", metavar="DATE", help="Leave out what is older, but for documents.")
    ] = None,
    kinds: Annotated[
        str, typer.Option("--kinds", metavar="KINDS", help="Some of sft,preference,pretrain,pairs,triples.")
    ] = "sft,preference,pretrain,pairs,triples",
    seed: Annotated[int, typer.Option("--seed", min=0, help="The same seed and records, the same files.")] = 20261125,
    as_json: options.Json = False,
) -> None:
    """Make training data of conversations, opinions, agents' edits and documents, without personal data.

    JSON Lines for chat models (sft, preference), for plain text (pretrain) and for embedders and rerankers (pairs,
    triples), divided by conversation and time; README.md in the folder is the data set's card.

    \b
    Example:
      kefu train data --out var/data
      kefu train data --out var/data --since 2026-10-01 --kinds sft,triples
    """
    from app.learning.data import KINDS, ExportParams, make_data, read_kept, write_data

    wanted = [name.strip() for name in kinds.split(",") if name.strip()]
    if unknown := [name for name in wanted if name not in KINDS]:
        raise typer.BadParameter(f"{unknown[0]!r} is none of {', '.join(KINDS)}.", param_hint="--kinds")
    if not wanted:
        raise typer.BadParameter(f"Name some of {', '.join(KINDS)}.", param_hint="--kinds")
    day = parse_day(since, option="--since")
    params = ExportParams(kinds=tuple(kind for kind in KINDS if kind in wanted), seed=seed)
    container = open_container()
    with Progress("train data") as progress:
        kept = read_kept(container, since=day, on_progress=lambda done, total: progress.update(done, total, "read"))
        made = make_data(kept, params=params, on_progress=lambda done, total: progress.update(done, total, "clean"))
        facts = write_data(made, out, as_of=date.today())
    if as_json:
        emit_json({"folder": str(out), **facts})
        return
    masked = sum(facts["personal_data_masked"].values())
    emit(
        f"{sum(file['records'] for file in facts['files'])} records in {out}; {masked} pieces of personal data masked."
    )
    emit_table(
        ("file", "records", "words", "languages"),
        [
            (
                file["path"],
                file["records"],
                file["words"]["total"],
                " ".join(f"{k} {v}" for k, v in file["languages"].items()),
            )
            for file in facts["files"]
        ],
    )


group.command("embedder")(train_embedder.embedder)
group.command("reranker")(train_reranker.reranker)
group.command("recommender")(recommend.train)
group.command("status")(train_embedder.status)


@group.command("intents")
def intents(
    *,
    data: Annotated[
        Path,
        typer.Option(
            "--data", metavar="FILE", exists=True, dir_okay=False, readable=True, help="JSON Lines of text and intent."
        ),
    ],
    out: Annotated[Path, typer.Option("--out", metavar="DIR", file_okay=False, help="Where the classifier goes.")],
    config: options.Config = None,
    folds: Annotated[
        int | None, typer.Option("--folds", min=2, max=20, help="Parts for measuring on what was not seen; 5.")
    ] = None,
    kept: Annotated[
        float | None,
        typer.Option("--kept", metavar="SHARE", help="Share of messages with an intent to let through; 0.97."),
    ] = None,
    seed: Annotated[
        int | None, typer.Option("--seed", min=0, help="The same seed and data, the same classifier.")
    ] = None,
    as_json: options.Json = False,
) -> None:
    """Train a classifier of messages, and tell which intents are mistaken for one another.

    A line an example: text, and intent, any name. Messages under "out_of_scope" (or "oos") ask for none of the
    others; without any, the threshold is set by the rest. Some ten examples an intent will do, fifty are better.
    The folder is for `kefu understand --model DIR` and the setting understanding.intents; report.md in it tells all.

    \b
    Example:
      kefu train intents --data intents.jsonl --out var/intents
      kefu train intents --data intents.jsonl --out var/intents --kept 0.95 --json
    """
    from app.training.classifier import FittingParams
    from app.training.intents import read_examples, train_intents
    from app.training.options import load_params
    from app.understanding.masking import masking

    if kept is not None and not 0.5 <= kept < 1:
        raise typer.BadParameter("Expected a share from 0.5 to below 1.", param_hint="--kept")
    params = load_params(FittingParams(kept=0.97), config, {"folds": folds, "kept": kept, "seed": seed})
    read = read_examples(data)
    if read.contradicting:
        note(f"{len(read.contradicting)} texts have two intents, the first one holds: {read.contradicting[0]!r} …")
    container = open_container()
    with Progress("train") as progress:
        trained = train_intents(
            read,
            container.embedder,
            mask=masking(container.slot_finder()),
            params=params,
            on_progress=lambda done, total: progress.update(done, total),
        )
    trained.write(out)
    trained.write_record(out, data)
    told: dict[str, Any] = {"folder": str(out), "repeated": read.repeated, **trained.report.to_dict()}
    if as_json:
        emit_json(told)
    else:
        _show(trained.report, out)


def _show(report: Report, out: Path) -> None:
    found = (
        "" if report.outside_found is None else f", {report.outside_found:.1%} of {report.outside} out of scope found"
    )
    emit(f"{report.examples} examples of {report.intents} intents, written to {out}")
    emit(f"On held-out folds: {report.accuracy:.1%} right, {report.kept:.1%} kept as in scope{found}.")
    if not report.confusions:
        return
    emit()
    emit("Mistaken for one another; give them examples that tell them apart, or make them one:")
    emit_table(
        ("intents", "times", "for instance"),
        [
            (f"{pair.one}, {pair.other}", pair.count, f"{pair.examples[0][0]} → {pair.examples[0][2]}")
            for pair in report.confusions[:_CONFUSIONS]
        ],
    )
