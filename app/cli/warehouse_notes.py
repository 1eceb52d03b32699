"""`kefu warehouse parse-note`: what notes to the courier ask for."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer

from app.cli import options
from app.cli.jsonl import Line, LineInvalid, run_batch
from app.cli.opening import read_settings, require_text_or_batch
from app.cli.terminal import emit, emit_json, emit_table

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from app.domain.delivery_note import ReadNote

_NOW = "2026-11-24T09:00"


def add_to(group: typer.Typer) -> None:
    """Make the command one of a group's."""
    group.command("parse-note")(parse_note)


def parse_note(
    text: Annotated[str | None, typer.Argument(help="The note.", show_default=False)] = None,
    *,
    batch: options.Batch = None,
    out: options.Out = "-",
    now: Annotated[
        str | None, typer.Option("--now", metavar="TIME", help="From when 明天 or tonight is counted; by default now.")
    ] = None,
    time_zone: Annotated[
        str | None, typer.Option("--time-zone", metavar="NAME", help="Of the delivery; by default the schedule's.")
    ] = None,
    as_json: options.Json = False,
) -> None:
    """Free text of customers and couriers as typed constraints with their places in it; what is unclear says why.

    A line in: id, text and, where they are other ones, now and time_zone. A line out: constraints, each with type,
    value, start and end (code points) and confidence; unread, of the same form, where something was not understood.

    \b
    Example:
      kefu warehouse parse-note "下午两点后送，易碎，放门卫"
      kefu warehouse parse-note "leave after 6pm, no stairs" --now 2026-11-24T09:00 --json
      kefu warehouse parse-note --batch notes.jsonl --out constraints.jsonl
    """
    from app.warehouse.notes import NoteParser

    require_text_or_batch(text, batch, out)
    zone = _zone(time_zone)
    moment = _moment_option(now, zone)
    parser = NoteParser()
    if batch is not None:

        def serve(line: Line) -> Mapping[str, Any]:
            return parser.parse(line.text(), _moment_of(line, zone, moment)).to_json()

        run_batch(batch, out, serve, ahead=lambda _: None, label="parse-note")
        return
    note = parser.parse(text or "", moment or datetime.now(zone))
    if as_json:
        emit_json(note.to_json())
    else:
        _show(note)


def _zone(name: str | None) -> ZoneInfo:
    from zoneinfo import ZoneInfo

    from tzlocal import get_localzone

    wanted = name or read_settings().schedule.timezone
    if not wanted:
        return get_localzone()
    try:
        return ZoneInfo(wanted)
    except (KeyError, ValueError, OSError):
        raise typer.BadParameter(
            f"{wanted!r} is no IANA time zone such as Asia/Shanghai.", param_hint="--time-zone"
        ) from None


def _moment_option(text: str | None, zone: ZoneInfo) -> datetime | None:
    try:
        return None if text is None else _moment(text, zone)
    except ValueError:
        raise typer.BadParameter(f"{text!r} is no time such as {_NOW}.", param_hint="--now") from None


def _moment_of(line: Line, zone: ZoneInfo, moment: datetime | None) -> datetime:
    named, said = line.fields.get("time_zone"), line.fields.get("now")
    if named is not None:
        from zoneinfo import ZoneInfo

        try:
            zone = ZoneInfo(named)
        except (KeyError, TypeError, ValueError, OSError):
            raise LineInvalid('Expected an IANA time zone such as "Asia/Shanghai" under "time_zone".') from None
    try:
        at = _moment(said, zone) if said is not None else moment or datetime.now(zone)
    except (TypeError, ValueError):
        raise LineInvalid(f'Expected a time such as "{_NOW}" under "now".') from None
    return at.astimezone(zone) if named is not None or said is None else at


def _moment(text: str, zone: ZoneInfo) -> datetime:
    """A time without an offset is one of the zone; one with an offset stays in that of its own."""
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo is not None else moment.replace(tzinfo=zone)


def _show(note: ReadNote) -> None:
    import json

    if not note.constraints and not note.unread:
        emit("The note asks for nothing.")
        return
    rows = []
    for constraint in (*note.constraints, *note.unread):
        fields = constraint.to_json()
        value = fields["value"]
        shown = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
        start, end = constraint.start, constraint.end
        rows.append((constraint.type, shown, note.text[start:end], f"{start}-{end}", f"{constraint.confidence:.0%}"))
    emit_table(("constraint", "value", "words", "place", "sure"), rows)
    if note.needs_person:
        emit("Something is unclear: a person has to decide.")
