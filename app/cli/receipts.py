"""`kefu receipts`: what was kept of each answer, and `kefu explain`: one of them in words."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from app.cli import options
from app.cli.opening import open_container
from app.cli.terminal import emit, emit_json, emit_table, paint, plain

if TYPE_CHECKING:
    from app.building.container import Container
    from app.receipts.receipt import Receipt

group = typer.Typer(help="Receipts of answers: list, show, delete.", no_args_is_help=True)

ReceiptName = Annotated[
    str, typer.Argument(metavar="RECEIPT", help="Id of a receipt, a file that `kefu receipts show` wrote, or -.")
]


def receipt_of(name: str, container: Container) -> Receipt:
    """The receipt of an id or in a file. Raises a leaf of `ReceiptError`."""
    from app.receipts.receipt import Receipt

    if name == "-":
        return Receipt.of_bytes(sys.stdin.buffer.read())
    if Path(name).is_file():
        return Receipt.of_bytes(Path(name).read_bytes())
    return container.receipts.get(name)


@group.command("list")
def list_receipts(
    *,
    last: Annotated[int, typer.Option("--last", min=1, help="How many, newest first.")] = 20,
    status: Annotated[
        Literal["answered", "partial", "declined", "handoff"] | None,
        typer.Option("--status", help="Only answers of this status."),
    ] = None,
    as_json: options.Json = False,
) -> None:
    """List the newest receipts.

    \b
    Example:
      kefu receipts list --status declined
    """
    found = open_container().receipts.list(limit=last, status=status)
    if as_json:
        emit_json([line.to_dict() for line in found])
    elif not found:
        emit("No receipts yet: each answer writes one.")
    else:
        rows = [(line.receipt_id, line.created_at[:19], line.status, line.mode, line.generation) for line in found]
        emit_table(("receipt", "written (UTC)", "status", "mode", "generation"), rows)


@group.command("show")
def show(name: ReceiptName, *, as_json: options.Json = False) -> None:  # noqa: ARG001 - it is JSON either way
    """Print a receipt as JSON, which `kefu replay` and `kefu explain` take as a file.

    \b
    Example:
      kefu receipts show 5f0c2d… > receipt.json
    """
    emit_json(receipt_of(name, open_container()).to_dict())


@group.command("delete")
def delete(
    names: Annotated[list[str], typer.Argument(metavar="RECEIPT…", help="Ids of receipts.")],
    *,
    as_json: options.Json = False,
) -> None:
    """Remove receipts; the customer's words in them are overwritten in the file.

    \b
    Example:
      kefu receipts delete 5f0c2d…
    """
    container = open_container()
    for name in names:
        container.receipts.delete(name)
        if container.answer_cache is not None:
            container.answer_cache.forget_receipt(name)
    emit_json({"deleted": names}) if as_json else emit(f"Deleted {len(names)}.")


def explain(
    name: ReceiptName,
    *,
    language: Annotated[
        Literal["zh", "en"] | None,
        typer.Option("--language", help="By default that of the answer."),
    ] = None,
    as_json: options.Json = False,
) -> None:
    """Say why an answer came out as it did: what was found, what was kept, what was dropped, and why.

    \b
    Example:
      kefu explain 5f0c2d… --language en
    """
    from app.receipts.explanation import explain as put_into_words

    receipt = receipt_of(name, open_container())
    explanation = put_into_words(receipt, language or ("en" if receipt.answer["language"] == "en" else "zh"))
    if as_json:
        emit_json(explanation.to_dict())
        return
    for heading, lines in explanation.lines():
        emit(paint(heading, "bold"))
        for line in lines:
            emit(f"  {plain(line)}".replace("\n", "\n  "))
