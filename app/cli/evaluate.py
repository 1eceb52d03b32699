"""`kefu eval`: a folder of questions in, figures and a report out; and two of these compared."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer.core import TyperGroup

from app.cli import options
from app.cli.ask import AnswerMode
from app.cli.exits import REFUSED
from app.cli.opening import parse_day, read_settings
from app.cli.progress import Progress
from app.cli.terminal import emit, emit_json, emit_table, note, paint, plain

if TYPE_CHECKING:
    from app.evaluation.comparison import Change, Comparison
    from app.evaluation.result import EvaluationResult
    from ingest.report import IngestReport

_DEFAULT = "run"
_SHOWN = 8
"""Questions won or lost that a line of text names."""


class _FolderFirst(TyperGroup):
    """`kefu eval FOLDER` is `kefu eval run FOLDER`."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """A first word that is no command is the folder, or an option before it."""
        if args and args[0] not in self.commands and args[0] not in ("-h", "--help"):
            args = [_DEFAULT, *args]
        return super().parse_args(ctx, args)


group = typer.Typer(
    cls=_FolderFirst,
    help="Measure search and answers over a folder of questions, and compare two measurements.",
    no_args_is_help=True,
)


@group.command(_DEFAULT)
def run(
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", help="Folder of a question set.", show_default=False)],
    *,
    out: Annotated[
        Path | None,
        typer.Option(
            "--out",
            metavar="DIR",
            file_okay=False,
            writable=True,
            help="Where result.json and report.html go; by default below home.",
        ),
    ] = None,
    mode: Annotated[AnswerMode | None, typer.Option("--mode", help="Who writes the answers.")] = None,
    limit: Annotated[
        int | None,
        typer.Option("--limit", min=1, metavar="N", help="Questions of each part at most, chosen by the seed."),
    ] = None,
    only: Annotated[
        list[str] | None, typer.Option("--only", metavar="PART", help="A part of the folder; may be repeated.")
    ] = None,
    noise: Annotated[
        list[float] | None,
        typer.Option(
            "--noise",
            metavar="RATE",
            min=0,
            max=1,
            help="Share of passages beside the point; may be repeated. By default 0 to 1 in fifths.",
        ),
    ] = None,
    knowledge: Annotated[
        list[Path] | None,
        typer.Option(
            "--knowledge", metavar="PATH", help="Documents that answer a folder without corpus.jsonl; may be repeated."
        ),
    ] = None,
    as_of: options.AsOf = None,
    seed: Annotated[int, typer.Option("--seed", metavar="N", min=0, help="Of the choice, order and intervals.")] = 0,
    as_json: options.Json = False,
) -> None:
    """Evaluate every part that a folder holds; `run` may be left out.

    The folder's files say what it holds: corpus.jsonl, queries.jsonl and qrels.tsv are a search to be judged,
    queries with must_include are answers, queries with answers a reading, and zh_refine.jsonl, zh_int.jsonl,
    zh_fact.jsonl or en_fact.jsonl passages beside the point or falsified.

    \b
    Example:
      kefu eval questions/ --mode extractive
      kefu eval run questions/ --only answers --limit 50 --out var/before
      kefu eval golden/ --knowledge knowledge/ --as-of 2026-11-24
    """
    day = parse_day(as_of, option="--as-of")
    settings = read_settings()
    from app.evaluation.layouts import layout_of
    from app.evaluation.page import write_page
    from app.evaluation.result import write_result
    from app.evaluation.rgb import NOISE_RATES
    from app.evaluation.runner import Evaluation, EvaluationParams

    layout = layout_of(folder, only=only or ())
    chosen = mode or settings.answer.mode
    with Progress("eval") as progress:
        evaluation = Evaluation(
            settings,
            layout,
            knowledge=knowledge or (),
            params=EvaluationParams(
                mode=chosen,
                as_of=day,
                limit=limit,
                noise=tuple(dict.fromkeys(noise)) if noise else NOISE_RATES,
                seed=seed,
            ),
            tell=lambda label, done, total: progress.update(done, total or None, label),
        )
        result = evaluation.run()
    now = datetime.now().astimezone()
    target = out or settings.home / "evaluation" / "results" / f"{result.set_name}-{chosen}-{now:%Y%m%d-%H%M%S}"
    written = write_result(result, target)
    page = write_page(result, target)
    if as_json:
        emit_json({**result.summary(), "result": str(written), "report": str(page)})
    else:
        _show(result)
        emit(f"\n{written}\n{page}")
    _tell_refused(evaluation.report)


@group.command("compare")
def compare(
    first: Annotated[Path, typer.Argument(metavar="A", help="A result.json or its folder: before.")],
    second: Annotated[Path, typer.Argument(metavar="B", help="Another over the same questions: after.")],
    *,
    as_json: options.Json = False,
) -> None:
    """Compare two results question by question: what changed, what was won and lost, and whether it is chance.

    Each figure's p is of a difference as large by chance: McNemar's exact test for yes and no, a swap test for
    numbers, over the questions that both asked in the same way.

    \b
    Example:
      kefu eval compare var/before var/after
    """
    from app.evaluation.comparison import compare as compare_results
    from app.evaluation.result import read_result

    found = compare_results(read_result(first), read_result(second))
    if as_json:
        emit_json(found.to_dict())
    else:
        _show_comparison(found)


def _show(result: EvaluationResult) -> None:
    from app.evaluation.page import shown_interval, shown_value

    for section in result.sections:
        emit(f"{paint(section.title, 'bold')}  {paint(f'{len(section.questions)} questions', 'dim')}")
        for remark in section.notes:
            emit(paint(remark, "dim"))
        estimates = section.estimates(seed=result.seed)
        rows = [
            (
                measure.name,
                shown_value(measure.kind, estimates[measure.name].value),
                shown_interval(measure, estimates[measure.name]),
                estimates[measure.name].count,
            )
            for measure in section.measures
            if measure.name in estimates
        ]
        emit_table(("figure", "value", "95 %", "over"), rows)
        emit()


def _show_comparison(found: Comparison) -> None:
    from app.evaluation.page import shown_value

    for name, (before, after) in found.settings.items():
        if name != "files":
            emit(plain(f"{name}: {before} → {after}"))
    if "files" in found.settings:
        emit("The question files differ; compared is what both asked in the same way.")
    for name, (one, other) in found.unpaired.items():
        emit(f"{name}: {one} questions of A and {other} of B have no counterpart and are left out.")
    rows = [
        (
            change.section,
            change.measure.name,
            shown_value(change.measure.kind, change.first),
            shown_value(change.measure.kind, change.second),
            _signed(change),
            f"{change.p:.3f}" if change.p >= 0.001 else "<0.001",
            f"{len(change.won)}/{len(change.lost)}",
            change.questions,
        )
        for change in found.changes
    ]
    emit_table(("part", "figure", "A", "B", "B-A", "p", "won/lost", "questions"), rows)
    for change in found.changes:
        if change.measure.kind == "share" and (change.won or change.lost):
            emit(f"{change.section} {change.measure.name}: won {_named(change.won)}; lost {_named(change.lost)}")


def _signed(change: Change) -> str:
    if change.measure.kind == "mean":
        return f"{change.difference:+.3f}"
    return f"{100 * change.difference:+.1f}"


def _named(ids: tuple[str, ...]) -> str:
    if not ids:
        return "none"
    more = f" and {len(ids) - _SHOWN} more" if len(ids) > _SHOWN else ""
    return plain(", ".join(ids[:_SHOWN]) + more)


def _tell_refused(report: IngestReport | None) -> None:
    """Documents that were not taken in can hold answers: the figures are those of what was."""
    if report is None or not report.refused:
        return
    for refusal in report.refused[:_SHOWN]:
        note(f"{paint('refused', 'yellow')} {plain(refusal.document_id)}: {refusal.message}")
    if len(report.refused) > _SHOWN:
        note(f"… and {len(report.refused) - _SHOWN} more documents.")
    raise typer.Exit(REFUSED)
