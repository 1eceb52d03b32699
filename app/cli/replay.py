"""`kefu replay`: answer again from a receipt, and compare byte for byte."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from app.cli import options
from app.cli.exits import FAILED, REFUSED
from app.cli.opening import open_container
from app.cli.receipts import receipt_of
from app.cli.terminal import emit, emit_json, note, paint, plain

if TYPE_CHECKING:
    from app.building.container import Container
    from app.replay import Replay, Replayer

_COLOURS = {"identical": "green", "different": "red", "impossible": "yellow"}


def replay(
    name: Annotated[
        str | None,
        typer.Argument(metavar="RECEIPT", help="Id of a receipt, a file that `kefu receipts show` wrote, or -."),
    ] = None,
    *,
    every: Annotated[bool, typer.Option("--all", help="All receipts, newest first.")] = False,
    last: Annotated[int | None, typer.Option("--last", min=1, help="With --all: so many at most.")] = None,
    against: Annotated[
        Literal["recorded", "current"],
        typer.Option("--against", help="Index and settings of the receipt, or those of today."),
    ] = "recorded",
    out: Annotated[
        str | None,
        typer.Option("--out", metavar="OUT", help="With --all: JSON Lines, one a receipt; - is stdout."),
    ] = None,
    store: options.Store = None,
    as_json: options.Json = False,
) -> None:
    """Answer again from a receipt and say whether the answer is the same, byte for byte.

    It asks the same generation of the index with the same settings, model and day. Exits 0 for the same answer, 1 for
    another one or when it cannot be answered again; with --all, 3 when some could not be and the others are the same.

    \b
    Example:
      kefu replay 5f0c2d…
      kefu replay receipt.json --against current
      kefu replay --all --last 100 --json
    """
    from app.replay import Replayer

    if every == (name is not None):
        raise typer.BadParameter("Give a receipt, or --all.", param_hint="RECEIPT")
    if not every and (last is not None or out is not None):
        raise typer.BadParameter("It goes with --all.", param_hint="--last" if last is not None else "--out")
    container = open_container(store)
    with Replayer(container, against=against) as replayer:
        if every:
            _replay_all(container, replayer, last, out, as_json=as_json)
            return
        result = replayer.replay(receipt_of(name or "", container))
    if result.error is not None:
        raise result.error
    emit_json(result.to_dict()) if as_json else _show(result)
    if result.outcome != "identical":
        raise typer.Exit(FAILED)


def _replay_all(container: Container, replayer: Replayer, last: int | None, out: str | None, *, as_json: bool) -> None:
    from contextlib import nullcontext

    from app.cli.jsonl import write_line, written
    from app.cli.progress import Progress
    from app.replay import Replay
    from index.errors import KefuError

    lines = container.receipts.list(limit=last)
    results: list[Replay] = []
    with written(out) if out is not None else nullcontext() as outgoing, Progress("replay") as progress:
        progress.update(0, len(lines))
        for line in lines:
            try:
                result = replayer.replay(container.receipts.get(line.receipt_id))
            except KefuError as error:
                result = Replay(line.receipt_id, "impossible", error=error)
            results.append(result)
            if outgoing is not None:
                write_line(outgoing, result.to_dict())
            progress.update(len(results), len(lines))
        counts = {outcome: sum(item.outcome == outcome for item in results) for outcome in _COLOURS}
        progress.finish(", ".join(f"{count} {outcome}" for outcome, count in counts.items()))
    if as_json and out != "-":
        told: dict[str, Any] = {"receipts": len(results), **counts}
        emit_json({**told, "results": [item.to_dict() for item in results]} if out is None else told)
    elif out != "-":
        for item in results:
            if item.outcome != "identical":
                emit(f"{item.receipt_id} {_headline(item)}")
        emit(f"{len(results)} receipts: " + ", ".join(f"{count} {outcome}" for outcome, count in counts.items()))
    if counts["different"]:
        raise typer.Exit(FAILED)
    if counts["impossible"]:
        raise typer.Exit(REFUSED)


def _headline(result: Replay) -> str:
    if result.error is not None:
        return f"{paint('impossible', 'yellow')}: {result.error.message}"
    first = next(iter(result.causes or result.differences), None)
    return paint(result.outcome, _COLOURS[result.outcome]) + (f": {plain(first.message)}" if first is not None else "")


def _show(result: Replay) -> None:
    said = {"identical": "the same answer, byte for byte", "different": "another answer"}[result.outcome]
    emit(f"{paint(result.outcome, _COLOURS[result.outcome])}: {said} (from {result.against})")
    for title, items in (("what differs", result.differences), ("why", result.causes)):
        if items:
            emit(paint(title, "bold"))
        for item in items:
            emit(f"  {plain(item.message)}".replace("\n", "\n  "))
    if result.notes:
        note("Set back for the replay; today it is otherwise:")
    for item in result.notes:
        note(f"  {plain(item.message)}")
