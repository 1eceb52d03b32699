"""`kefu doctor`: is everything there that an answer needs, and what to do where it is not."""

from __future__ import annotations

import typer

from app.cli import options
from app.cli.exits import FAILED
from app.cli.opening import read_settings
from app.cli.terminal import emit, emit_json, language_of, pad, paint

_COLOURS = {"ok": "green", "note": "yellow", "fail": "red"}


def doctor(*, store: options.Store = None, as_json: options.Json = False) -> None:
    """Check settings, disk, index, models, language model and databases; each line says what to do.

    In Chinese where the terminal is (LANG) or `language` is set so. Exits 1 when something stands in the way of
    answering.

    \b
    Example:
      kefu doctor
    """
    from app.checks import examine

    settings = read_settings(store)
    findings = list(examine(settings))
    if as_json:
        emit_json([finding.to_dict() for finding in findings])
    else:
        language = language_of(settings.language)
        for finding in findings:
            state, what = paint(f"{finding.state:5}", _COLOURS[finding.state]), pad(finding.what_in(language), 15)
            emit(f"{state} {what} {finding.found.in_language(language)}")
            if todo := finding.todo.in_language(language):
                emit(f"{'':21} -> {todo}")
    if any(finding.state == "fail" for finding in findings):
        raise typer.Exit(FAILED)
