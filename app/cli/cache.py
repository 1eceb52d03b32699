"""`kefu cache`: the answers that are kept and given again."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

from app.cli import options
from app.cli.opening import open_container
from app.cli.terminal import emit, emit_json, emit_table, plain

if TYPE_CHECKING:
    from app.answer_cache import EntryStore

group = typer.Typer(help="Kept answers: show, clear.", no_args_is_help=True)

_SHOWN = 40
"""Characters of a question."""


@group.command("show")
def show(
    *,
    last: Annotated[int, typer.Option("--last", min=0, help="How many answers are listed, newest first.")] = 20,
    as_json: options.Json = False,
) -> None:
    """Say how many answers are kept, and list the newest.

    \b
    Example:
      kefu cache show --last 5
    """
    store = _store()
    if not store.is_there:
        empty: dict[str, object] = {
            "answers": 0,
            "passages": 0,
            "bytes": 0,
            "oldest": None,
            "newest": None,
            "entries": [],
        }
        emit_json(empty) if as_json else emit("No answers are kept yet.")
        return
    counts = store.counts()
    entries = [
        {
            "question": entry.question,
            "status": entry.answer.status,
            "mode": entry.answer.mode,
            "model": entry.answer.model,
            "created_at": entry.created_at,
            "generation": entry.generation,
            "receipt_id": entry.answer.receipt_id,
        }
        for entry in store.newest(last)
    ]
    if as_json:
        emit_json({**asdict(counts), "entries": entries})
        return
    emit(f"{counts.answers} answers on {counts.passages} passages, {counts.bytes / 1024:.0f} KB")
    if entries:
        rows = [
            (plain(" ".join(str(item["question"]).split()))[:_SHOWN], item["status"], item["mode"],
             str(item["created_at"])[:19], item["receipt_id"])
            for item in entries
        ]  # fmt: skip
        emit_table(("question", "status", "mode", "kept (UTC)", "receipt"), rows)


@group.command("clear")
def clear(*, as_json: options.Json = False) -> None:
    """Remove all kept answers; their words are overwritten in the file. A running service notices at once.

    \b
    Example:
      kefu cache clear
    """
    store = _store()
    removed = store.clear() if store.is_there else 0
    emit_json({"removed": removed}) if as_json else emit(f"Removed {removed} kept answers.")


def _store() -> EntryStore:
    """Of the settings, whether answers are kept now or were before."""
    from app.building.kept_answers import build_answer_cache

    return build_answer_cache(open_container().settings).store
