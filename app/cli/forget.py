"""`kefu forget`: words of people that are older than they are to be kept."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Annotated

import typer

from app.cli import options
from app.cli.opening import open_container
from app.cli.terminal import emit, emit_json


def forget(
    *,
    days: Annotated[
        int | None, typer.Option("--days", min=1, help="Older than so many days; by default retention.days.")
    ] = None,
    as_json: options.Json = False,
) -> None:
    """Forget what people wrote that is old: conversations, words of ratings, edits and survey comments.

    Numbers stay as they were. `kefu serve` does the same each night; conversations that agents have are left alone.

    \b
    Example:
      kefu forget
      kefu forget --days 365
    """
    container = open_container()
    days = container.settings.retention.days if days is None else days
    if not days:
        raise typer.BadParameter("retention.days is 0, so everything is kept. Say --days N.", param_hint="--days")
    day = datetime.now(UTC) - timedelta(days=days)
    forgotten = container.forget_before(day)
    if as_json:
        emit_json({"before": day.isoformat(timespec="seconds"), "days": days, "forgotten": dict(forgotten)})
        return
    counts = ", ".join(f"{count} {what}" for what, count in forgotten.items())
    emit(f"Forgotten from before {day:%Y-%m-%d}: {counts}")
