"""`kefu index`: the generations on disk."""

from __future__ import annotations

from typing import Annotated

import typer

from app.cli import options
from app.cli.exits import FAILED
from app.cli.opening import open_container, parse_day
from app.cli.terminal import emit, emit_json, emit_table, paint, plain
from app.sizes import human_bytes

group = typer.Typer(help="Generations of the index: list, show, verify, roll back, clean up.", no_args_is_help=True)

Generation = Annotated[
    str | None, typer.Argument(metavar="GEN", help="Name of a generation; by default the current one.")
]


@group.command("list")
def list_generations(*, store: options.Store = None, as_json: options.Json = False) -> None:
    """List the generations, newest first; the one with a star serves.

    \b
    Example:
      kefu index list
    """
    found = open_container(store).store.generations()
    if as_json:
        emit_json([info.to_dict() for info in found])
    elif not found:
        emit("No generations yet: `kefu ingest PATH` makes one.")
    else:
        rows = [
            (
                "*" if g.is_current else "",
                g.name,
                g.created_at,
                g.documents,
                g.passages,
                human_bytes(g.bytes),
                g.embedder_id,
            )
            for g in found
        ]
        emit_table(("", "generation", "created", "documents", "passages", "size", "embedder"), rows)


@group.command("show")
def show(name: Generation = None, *, store: options.Store = None, as_json: options.Json = False) -> None:
    """Show one generation and the documents in it.

    \b
    Example:
      kefu index show
      kefu index show g000003-1f2e3d4c --json
    """
    from app.domain.validity import validity_dict

    opened = open_container(store).store
    generation = opened.current() if name is None else opened.open(name)
    try:
        info, documents = generation.info, list(generation.documents())
    finally:
        generation.close()
    rows = [
        {"document_id": d.document_id, "title": d.title, "format": d.format, "language": d.language, "size": d.size,
         "source": d.source, "sha256": d.sha256, "warnings": list(d.warnings), **validity_dict(d)}
        for d in documents
    ]  # fmt: skip
    if as_json:
        emit_json({**info.to_dict(), "document_list": rows})
        return
    for key, value in info.to_dict().items():
        emit(f"{key:16}{value}")
    emit()
    emit_table(
        ("document", "title", "format", "language", "size"),
        [(d.document_id, d.title, d.format, d.language, human_bytes(d.size)) for d in documents],
    )


@group.command("verify")
def verify(name: Generation = None, *, store: options.Store = None, as_json: options.Json = False) -> None:
    """Read every byte of a generation and compare it with the manifest.

    \b
    Example:
      kefu index verify
    """
    damages = open_container(store).store.verify(name)
    if as_json:
        emit_json({"whole": not damages, "damages": [{"file": d.file, "what": d.what} for d in damages]})
    elif not damages:
        emit(paint("whole", "green"))
    for damage in damages if not as_json else ():
        emit(f"{paint('damaged', 'red')} {damage.file}: {damage.what}")
    if damages:
        raise typer.Exit(FAILED)


@group.command("rollback")
def rollback(
    name: Annotated[str, typer.Argument(metavar="GEN", help="Name of the generation that shall serve.")],
    *,
    store: options.Store = None,
    as_json: options.Json = False,
) -> None:
    """Let another generation serve, older or newer; it is verified before the switch. A running service follows.

    \b
    Example:
      kefu index rollback g000002-9a8b7c6d
    """
    opened = open_container(store).store
    before = opened.current_name()
    opened.activate(name)
    emit_json({"current": name, "before": before}) if as_json else emit(f"{name} serves now (before: {before}).")


@group.command("conflicts")
def conflicts(*, as_of: options.AsOf = None, store: options.Store = None, as_json: options.Json = False) -> None:
    """Look for rules in force that disagree: same subject, another number, date, or a no against a yes.

    \b
    Example:
      kefu index conflicts
      kefu index conflicts --as-of 2027-01-01 --json
    """
    from datetime import date

    from app.cli.progress import Progress

    day = parse_day(as_of, option="--as-of") or date.today()
    container = open_container(store)
    with Progress("comparing sentences") as progress:
        report = container.find_conflicts(day, on_progress=lambda done, total: progress.update(done, total))
    if as_json:
        emit_json(report.to_dict())
        return
    for conflict in report.conflicts:
        emit(paint(conflict.kind, "yellow"))
        for side in conflict.sides:
            days = f"{side.valid_from or '…'} to {side.valid_to or '…'}"
            emit(f"  {plain(side.document_id)} · {plain(side.heading or side.title)} · {days}")
            emit(f"    “{plain(' '.join(side.quote.split()))}”")
    more = "" if report.is_complete else " (not all: the base has more)"
    emit(f"{len(report.conflicts)} conflicts on {day}; {report.sentences} sentences compared{more}.")


@group.command("gc")
def gc(
    *,
    keep: Annotated[int, typer.Option("--keep", min=1, help="Newest generations that stay.")] = 3,
    store: options.Store = None,
    as_json: options.Json = False,
) -> None:
    """Remove old generations, what interrupted runs left behind, and vectors that nothing uses.

    Says how many receipts of answers can no longer be replayed against the generation that they came from.

    \b
    Example:
      kefu index gc --keep 2
    """
    container = open_container(store)
    removed = container.store.gc(keep=keep)
    lost = sum(container.receipts.counts(removed).values())
    container.receipts.note_collected(removed)
    if as_json:
        emit_json({"removed": removed, "receipts_without_replay": lost})
        return
    emit(f"Removed {len(removed)}: {', '.join(removed) or 'nothing'}.")
    if lost:
        emit(f"{lost} receipts name what was removed and can be replayed against the current generation only.")
