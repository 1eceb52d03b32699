"""From the options of a command to the objects that it works with."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    from app.building.container import Container
    from app.settings import Settings


def read_settings(store: Path | None = None) -> Settings:
    """The settings, with `--store` in place of theirs."""
    from app.settings import load_settings

    settings = load_settings()
    return settings if store is None else settings.model_copy(update={"store": store})


def open_container(store: Path | None = None) -> Container:
    """Everything a command needs; built piece by piece on first use."""
    from app.building.container import Container

    return Container(read_settings(store))


def parse_day(text: str | None, *, option: str) -> date | None:
    """A day as 2026-11-24; wrong usage for anything else."""
    if text is None:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise typer.BadParameter(f"{text!r} is no day such as 2026-11-24.", param_hint=option) from None


def require_text_or_batch(text: str | None, batch: str | None, out: str) -> None:
    """Wrong usage for neither, for both at once, and for an output file without a batch."""
    if text is None and batch is None:
        raise typer.BadParameter("Give a text, or --batch FILE.", param_hint="TEXT")
    if text is not None and batch is not None:
        raise typer.BadParameter("Give a text or --batch, not both.", param_hint="TEXT")
    if batch not in (None, "-") and not Path(batch).is_file():
        raise typer.BadParameter(f"There is no file {batch}.", param_hint="--batch")
    if batch is None and out != "-":
        raise typer.BadParameter("It goes with --batch; a single result is printed.", param_hint="--out")


def checked_text(text: str, *, limit: int) -> str:
    """What to search for. Raises `QuestionEmpty` or `QuestionTooLong`."""
    from index.errors import QuestionEmpty, QuestionTooLong

    words = text.strip()
    if not words:
        raise QuestionEmpty("There is nothing to look for: the text is empty.")
    if len(words) > limit:
        raise QuestionTooLong(f"The text has {len(words)} characters, the limit is {limit}. Shorten it.")
    return words
