"""`kefu understand`: what messages ask for and name."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from app.cli import options
from app.cli.jsonl import Line, LineInvalid, run_batch
from app.cli.opening import open_container, parse_day, require_text_or_batch
from app.cli.terminal import emit, emit_json, emit_table

if TYPE_CHECKING:
    from app.domain.understanding import Understanding


def understand(
    text: Annotated[str | None, typer.Argument(help="The message.", show_default=False)] = None,
    *,
    model: Annotated[
        Path | None,
        typer.Option("--model", metavar="DIR", help="A classifier of `kefu train intents`; by default the setting's."),
    ] = None,
    batch: options.Batch = None,
    out: options.Out = "-",
    today: Annotated[
        str | None, typer.Option("--today", metavar="DATE", help="The day from which 昨天 or next Friday is counted.")
    ] = None,
    as_json: options.Json = False,
) -> None:
    """Intent, slots, language and mood of a message, or of a file of them.

    A line in: id, text and, where it is another day's, today. A line out: intent, confidence, out_of_scope, slots
    with their places in the text, language and sentiment.

    \b
    Example:
      kefu understand "前天买的那双鞋小了，帮我换42码"
      kefu understand --batch messages.jsonl --out understood.jsonl
      kefu understand --model var/intents --batch - --out - < messages.jsonl
    """
    require_text_or_batch(text, batch, out)
    day = parse_day(today, option="--today")
    if batch is None:
        understood = open_container().understander_with(model=model, today=_today(day)).understand(text or "")
        if as_json:
            emit_json(understood.to_dict())
        else:
            _show(understood)
        return
    _understand_batch(batch, out, model=model, day=day)


def _understand_batch(batch: str, out: str, *, model: Path | None, day: date | None) -> None:
    from app.building.container import Container
    from app.cli.lookahead import Lookahead

    container = open_container()
    ahead = Lookahead(container.embedder)
    now = [_today(day)()]
    understander = Container(container.settings, embedder=ahead).understander_with(model=model, today=lambda: now[0])

    def serve(line: Line) -> Mapping[str, Any]:
        text = line.text()
        now[0] = _day_of(line) or _today(day)()
        return understander.understand(text).to_dict()

    run_batch(batch, out, serve, ahead=ahead.prepare, label="understand")


def _today(day: date | None) -> Any:
    return date.today if day is None else lambda: day


def _day_of(line: Line) -> date | None:
    value = line.fields.get("today")
    if value is None:
        return None
    try:
        return date.fromisoformat(value)
    except (TypeError, ValueError):
        raise LineInvalid('Expected a day such as "2026-11-24" under "today".') from None


def _show(understood: Understanding) -> None:
    scope = ", out of scope" if understood.out_of_scope else ""
    emit(f"{understood.intent}  {understood.confidence:.0%}{scope}")
    if understood.runners_up:
        emit("then " + ", ".join(f"{name} {chance:.0%}" for name, chance in understood.runners_up))
    emit(f"language {understood.language}, mood {understood.sentiment}")
    if understood.slots:
        emit()
        emit_table(
            ("slot", "written", "means", "place"),
            [(slot.type, slot.value, slot.normalized, f"{slot.start}-{slot.end}") for slot in understood.slots],
        )
