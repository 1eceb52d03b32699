"""`kefu doctor`: is everything there that an answer needs, and what to do where it is not."""

from __future__ import annotations

import typer

from app.cli import options
from app.cli.exits import FAILED
from app.cli.opening import read_settings
from app.cli.terminal import emit, emit_json, paint

_COLOURS = {"ok": "green", "note": "yellow", "fail": "red"}


def doctor(*, store: options.Store = None, as_json: options.Json = False) -> None:
    """Check settings, disk, index, models, language model and databases; each line says what to do.

    Exits 1 when something stands in the way of answering.

    \b
    Example:
      kefu doctor
    """
    from app.checks import examine

    findings = list(examine(read_settings(store)))
    if as_json:
        emit_json([finding.to_dict() for finding in findings])
    else:
        for finding in findings:
            emit(f"{paint(f'{finding.state:5}', _COLOURS[finding.state])} {finding.what:15} {finding.found}")
            if finding.todo:
                emit(f"{'':21} -> {finding.todo}")
    if any(finding.state == "fail" for finding in findings):
        raise typer.Exit(FAILED)
