"""`kefu models`: weights, where they come from, and whether they are what they should be."""

from __future__ import annotations

from typing import Annotated

import typer

from app.cli import options
from app.cli.exits import FAILED
from app.cli.opening import open_container
from app.cli.progress import Progress
from app.cli.terminal import emit, emit_json, emit_table, note, paint
from app.sizes import human_bytes

group = typer.Typer(
    help="Model weights: list, pull, verify; trained models: judge, promote, take back.", no_args_is_help=True
)


@group.command("list")
def list_models(*, as_json: options.Json = False) -> None:
    """List the models that kefu knows, with licence, size and what is on this machine.

    \b
    Example:
      kefu models list
    """
    weights = open_container().weights
    rows = [{**spec.to_dict(), "state": weights.state(spec.name)} for spec in weights.catalogue()]
    if as_json:
        emit_json(rows)
        return
    emit_table(
        ("model", "alias", "kind", "licence", "size", "state", "sources"),
        [
            (r["name"], " ".join(r["aliases"]), r["kind"], r["licence"], human_bytes(r["size"]), r["state"],
             ", ".join(r["sources"]))
            for r in rows
        ],
    )  # fmt: skip


@group.command("pull")
def pull(
    name: Annotated[
        str | None, typer.Argument(help="Name or alias of a model; by default the embedder of the settings.")
    ] = None,
    *,
    as_json: options.Json = False,
) -> None:
    """Fetch weights, check them against their pin and put them into the cache. Goes on where it was interrupted.

    \b
    Example:
      kefu models pull
      kefu models pull 1.5b
    """
    container = open_container()
    wanted = name or container.embedder_model
    if wanted is None:
        note(f"The embedder {container.settings.models.embedder} needs no weights.")
        emit_json({"model": None, "path": None}) if as_json else None
        return
    spec = container.weights.spec(wanted)
    was_there = container.weights.state(wanted) == "ready"
    with Progress(f"pull {spec.name}", is_bytes=True) as progress:
        path = container.weights.pull(wanted, on_progress=progress.update)
    if as_json:
        emit_json({"model": spec.name, "path": str(path), "sha256": spec.sha256})
    else:
        emit(f"{spec.name} {'was here already' if was_there else 'arrived and is what it should be'}: {path}")


@group.command("verify")
def verify(
    name: Annotated[str | None, typer.Argument(help="Name or alias; by default all that are on this machine.")] = None,
    *,
    as_json: options.Json = False,
) -> None:
    """Read weights from the first byte to the last and compare them with their pinned sha256.

    \b
    Example:
      kefu models verify
    """
    damages = open_container().weights.verify(name)
    if as_json:
        emit_json(
            {"whole": not damages, "damages": [{"model": d.model, "file": d.file, "what": d.what} for d in damages]}
        )
    elif not damages:
        emit(paint("whole", "green"))
    for damage in damages if not as_json else ():
        emit(f"{paint('damaged', 'red')} {damage.model} {damage.file}: {damage.what}")
    if damages:
        raise typer.Exit(FAILED)
