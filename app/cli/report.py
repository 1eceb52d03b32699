"""`kefu report`: satisfaction, efficiency, business and quality of the last week, as pages and PDF."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from app.cli import options
from app.cli.opening import open_container, parse_day
from app.cli.progress import Progress
from app.cli.terminal import emit, emit_json


def report(
    *,
    weeks: Annotated[int, typer.Option("--weeks", min=1, max=104, help="How many weeks are shown.")] = 8,
    out: Annotated[Path | None, typer.Option("--out", metavar="DIR", help="Where; by default reports in home.")] = None,
    today: Annotated[
        str | None, typer.Option("--today", metavar="DATE", help="The last whole week before it is reported.")
    ] = None,
    console: Annotated[
        str, typer.Option("--console", metavar="URL", help="Where links to conversations lead.")
    ] = "/console/",
    as_json: options.Json = False,
) -> None:
    """Write the report of the last whole week, in Chinese and English.

    \b
    Example:
      kefu report --weeks 12 --out reports
    """
    from app.reporting import collect, write_report
    from app.reporting.building import sources_of

    container = open_container()
    with Progress("report") as progress:
        progress.update(0, 2)
        made = collect(sources_of(container), weeks=weeks, today=parse_day(today, option="--today"))
        progress.update(1, 2)
        paths = write_report(made, out or container.reports_folder, console=console)
        progress.update(2, 2)
    if as_json:
        emit_json({"name": made.name, "files": [str(path) for path in paths]})
        return
    for path in paths:
        emit(str(path))
