"""`kefu metrics`: the published numbers, what they mean, and the rows behind each."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from app.cli import options
from app.cli.opening import open_container, parse_day
from app.cli.terminal import emit, emit_json, emit_table

if TYPE_CHECKING:
    from app.insight.metric import Unit
    from app.insight.summary import MetricValue

group = typer.Typer(help="Published numbers of the service: list, show.", no_args_is_help=True)

_From = Annotated[str | None, typer.Option("--from", metavar="DATE", help="First day; by default four weeks back.")]
_To = Annotated[str | None, typer.Option("--to", metavar="DATE", help="Last day, included; by default today.")]
_Language = Annotated[Literal["zh", "en"], typer.Option("--language", help="Of the definitions.")]


@group.command("list")
def list_metrics(
    *,
    language: _Language = "en",
    markdown: Annotated[bool, typer.Option("--markdown", help="Print docs/metrics.md.")] = False,
    as_json: options.Json = False,
) -> None:
    """Say what each number means.

    \b
    Example:
      kefu metrics list --language zh
    """
    from app.insight.definitions import METRICS
    from app.insight.pages import definitions_page

    if markdown:
        typer.echo(definitions_page(), nl=False)
    elif as_json:
        emit_json([metric.to_dict() for metric in METRICS.values()])
    else:
        for metric in METRICS.values():
            emit(f"{metric.name}  {metric.title.in_language(language)}")
            emit(f"  of: {metric.denominator.in_language(language)}")
            emit(f"  counted: {metric.numerator.in_language(language)}")


@group.command("show")
def show(
    names: Annotated[list[str] | None, typer.Argument(metavar="[NAME]…", help="Which; all when left out.")] = None,
    *,
    first: _From = None,
    last: _To = None,
    by: Annotated[
        Literal["day", "week", "language", "intent", "channel"] | None, typer.Option("--by", help="Divide by.")
    ] = None,
    rows: Annotated[bool, typer.Option("--rows", help="List the rows behind one number instead.")] = False,
    csv: Annotated[
        Path | None, typer.Option("--csv", metavar="FILE", help="Write a spreadsheet; - is standard output.")
    ] = None,
    language: Annotated[str | None, typer.Option("--language", help="Only rows of this language: zh, en.")] = None,
    intent: Annotated[str | None, typer.Option("--intent", help="Only rows of this intent.")] = None,
    channel: Annotated[str | None, typer.Option("--channel", help="Only rows of this channel.")] = None,
    as_json: options.Json = False,
) -> None:
    """Show numbers with their 95 % intervals, or the rows from which one can be computed again.

    \b
    Example:
      kefu metrics show
      kefu metrics show resolution_rate --by week
      kefu metrics show csat --rows --from 2026-11-01 --csv csat.csv
    """
    from app.insight.metrics import Filter
    from app.insight.pages import rows_csv, values_csv

    if rows and len(names or ()) != 1:
        raise typer.BadParameter("Name the one metric whose rows are wanted.", param_hint="--rows")
    metrics = open_container().metrics
    period = metrics.period(parse_day(first, option="--from"), parse_day(last, option="--to"))
    only = Filter(language, intent, channel)
    if rows and names:
        found = metrics.rows(names[0], period, only=only)
        if csv is not None:
            _write(csv, rows_csv(found))
        elif as_json:
            emit_json([row.to_dict() for row in found])
        else:
            emit_table(
                ("at (UTC)", "value", "conversation", "language", "intent", "channel", "row"),
                [
                    (
                        row.at.isoformat(timespec="seconds")[:19],
                        f"{row.value:g}",
                        row.conversation_id or "",
                        row.language,
                        row.intent,
                        row.channel,
                        row.row_id,
                    )
                    for row in found
                ],
            )
        return
    shown = metrics.show(period, names=names or (), by=by, only=only)
    if csv is not None:
        _write(csv, values_csv(shown))
    elif as_json:
        body = [item.to_dict() for item in shown]
        emit_json({"from": period.first.isoformat(), "to": period.last.isoformat(), "metrics": body})
    else:
        lines = [
            (item.metric.name, name, *_cells(value, item.metric.unit))
            for item in shown
            for name, value in (item.groups or {"": item.overall}).items()
        ]
        emit(f"{period.first} to {period.last}")
        emit_table(("metric", by or "", "value", "95 %", "rows"), lines)


def _cells(value: MetricValue, unit: Unit) -> tuple[str, str, str]:
    interval = (
        "" if value.low is None or value.high is None else f"{_told(value.low, unit)} to {_told(value.high, unit)}"
    )
    return _told(value.value, unit), interval, str(value.denominator)


def _told(value: float | None, unit: Unit) -> str:
    if value is None:
        return "-"
    if unit == "share":
        return f"{value:.1%}"
    return f"{value:.0f}" if unit in ("conversations", "questions") else f"{value:.1f}"


def _write(path: Path, text: str) -> None:
    if str(path) == "-":
        typer.echo(text, nl=False)
    else:
        # A byte-order mark, without which spreadsheets take Chinese for something else.
        path.write_text(text, encoding="utf-8-sig")
