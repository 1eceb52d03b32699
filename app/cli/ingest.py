"""`kefu ingest`: documents in, a new generation of the index out."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from app.cli import options
from app.cli.exits import REFUSED
from app.cli.opening import open_container
from app.cli.progress import Progress
from app.cli.terminal import emit, emit_json, note, paint, plain

if TYPE_CHECKING:
    from app.building.container import Container
    from ingest.report import IngestReport
    from ingest.report import Progress as Event

_REFUSALS_SHOWN = 20


def ingest(
    paths: Annotated[
        list[Path] | None,
        typer.Argument(
            metavar="PATH...", help="Files, folders or a corpus.jsonl; by default the folders of the settings."
        ),
    ] = None,
    *,
    store: options.Store = None,
    full: Annotated[bool, typer.Option("--full", help="Read every document again, changed or not.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would change and publish nothing.")] = False,
    as_json: options.Json = False,
) -> None:
    """Take documents in and publish a new generation of the index.

    Only what changed is read and embedded; a document that is gone from its folder leaves the index. Safe to
    interrupt and to run from cron: the generation that serves goes on serving, and two runs never collide.

    \b
    Example:
      kefu ingest knowledge/
      kefu ingest corpus.jsonl --store /srv/kefu/store --json
    """
    from app.building.kept_answers import settle_answers

    container = open_container(store)
    sources = container.sources(list(paths) if paths else _configured(container))
    try:
        with Progress("ingest") as progress:
            report = container.pipeline().run(
                sources, full=full, dry_run=dry_run, on_progress=lambda event: _follow(progress, event)
            )
            if report.is_published:
                settle_answers(container, container.answer_cache)
    except KeyboardInterrupt:
        note("Interrupted. The generation that serves is untouched, and what was embedded will not be embedded again.")
        raise
    if as_json:
        emit_json(report.to_dict())
    else:
        _show(report, dry_run=dry_run)
    if report.refused:
        raise typer.Exit(REFUSED)


def _configured(container: Container) -> list[Path]:
    """What the nightly run takes in: the folders of the settings, and what was uploaded."""
    from ingest.errors import SourceMissing

    folders = container.knowledge_folders()
    uploaded = container.uploads_folder / "documents"
    if uploaded.is_dir():
        folders.append(uploaded)
    if not folders:
        names = ", ".join(container.settings.ingest.knowledge) or "none"
        raise SourceMissing(f"No PATH was given, and of the configured folders ({names}) none exists.")
    return folders


def _follow(progress: Progress, event: Event) -> None:
    unit = {"reading": "documents", "embedding": "passages"}.get(event.stage, "")
    progress.update(event.done, event.total or None, f"{event.stage} {unit}".rstrip())


def _show(report: IngestReport, *, dry_run: bool) -> None:
    counts = report.to_dict()
    changes = "  ".join(f"{counts[name]} {name}" for name in ("added", "changed", "renamed", "removed", "unchanged"))
    emit(f"documents  {changes}  {len(report.refused)} refused")
    emit(f"passages   {counts['passages']} in all, {counts['passages_embedded']} embedded, {counts['seconds']:.1f} s")
    emit(f"generation {_generation(report, dry_run=dry_run)}")
    for refusal in counts["refused"][:_REFUSALS_SHOWN]:
        note(f"{paint('refused', 'yellow')} {plain(refusal['document_id'])}: {refusal['message']}")
    if len(counts["refused"]) > _REFUSALS_SHOWN:
        note(f"… and {len(counts['refused']) - _REFUSALS_SHOWN} more (--json lists them all).")
    for warning in counts.get("warnings", ())[:_REFUSALS_SHOWN]:
        note(f"{paint('warning', 'yellow')} {plain(str(warning))}")


def _generation(report: IngestReport, *, dry_run: bool) -> str:
    if dry_run:
        return f"{report.generation or 'none'} stays: this was a dry run"
    if report.is_published:
        return f"{report.generation} serves now"
    return f"{report.generation} stays: nothing changed" if report.generation else "none: there was nothing to take in"
