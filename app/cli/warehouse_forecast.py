"""`kefu warehouse forecast`: what will be sold, from the shop's orders or from a file."""

from __future__ import annotations

import json
import sys
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from app.cli import options
from app.cli.exits import REFUSED
from app.cli.jsonl import write_line, written
from app.cli.opening import open_container, parse_day
from app.cli.progress import Progress
from app.cli.terminal import emit, emit_json, emit_table, note

if TYPE_CHECKING:
    from app.warehouse.stock.demand import Demand
    from app.warehouse.stock.forecasting import Forecaster
    from app.warehouse.stock.reading import DemandFile

_SHOWN = 30
_MOST_DAYS = 366
_FEWEST_DAYS = 14


def add_to(group: typer.Typer) -> None:
    """Give the command to `kefu warehouse`."""
    group.command("forecast")(forecast)


def forecast(
    file: Annotated[
        str | None,
        typer.Argument(
            metavar="[FILE]", help="CSV or JSON Lines of sku, date, quantity; by default the shop's orders."
        ),
    ] = None,
    *,
    days: Annotated[int, typer.Option("--days", min=1, max=_MOST_DAYS, help="How far ahead.")] = 28,
    by: Annotated[Literal["day", "week"], typer.Option("--by", help="What a number is of.")] = "day",
    level: Annotated[float, typer.Option("--level", help="Share of the future that intervals are to hold.")] = 0.8,
    sku: Annotated[list[str] | None, typer.Option("--sku", help="Only this one; may be repeated.")] = None,
    as_of: Annotated[
        str | None, typer.Option("--as-of", metavar="DATE", help="Last day of the history; later ones are not read.")
    ] = None,
    calendar: Annotated[
        Path | None, typer.Option("--calendar", metavar="FILE", help="Sales and holidays (TOML); by default China's.")
    ] = None,
    measure: Annotated[
        bool, typer.Option("--measure", help="Tell how far off the last forecasts were instead.")
    ] = False,
    out: options.Out = "-",
    as_json: options.Json = False,
) -> None:
    """Forecast demand by SKU, with intervals, by models that are chosen for each on its own past.

    A line out: sku, forecast (a list of date, mean, median, low, high), total over all days, models with weights. Days
    without a line in the file are days of no demand; several lines of a day are added; lines that cannot be used are
    told and left out, and the command exits 3. More columns of a file: category and product_id, by which SKUs that
    sell rarely or are new are forecast.

    \b
    Example:
      kefu warehouse forecast --days 14 --sku SL-PH-1001-BK
      kefu warehouse forecast sales.csv --by week --out forecast.jsonl
      kefu warehouse forecast sales.csv --measure
    """
    if not 0 < level < 1:
        raise typer.BadParameter(f"{level:g} is no share between 0 and 1, such as 0.8.", param_hint="--level")
    last = parse_day(as_of, option="--as-of")
    demand, read = _demand(file, last)
    forecaster = _forecaster(file, days, calendar)
    if measure:
        _measure(demand, forecaster, as_json=as_json)
    else:
        _forecast(demand, forecaster, sku, level=level, by=by, out=out, as_json=as_json)
    if read is not None and read.refused:
        raise typer.Exit(REFUSED)


def _demand(file: str | None, last: date | None) -> tuple[Demand, DemandFile | None]:
    if file is None:
        return open_container().stock.demand(last=last), None
    from app.warehouse.stock.reading import first_of, read_demand

    if file != "-" and not Path(file).is_file():
        raise typer.BadParameter(f"There is no file {file}.", param_hint="FILE")
    read = read_demand(sys.stdin.buffer.read() if file == "-" else Path(file).read_bytes())
    if read.refused:
        note(f"{len(read.refused)} lines are left out:")
        for line in first_of(read.refused):
            note(f"  {line}")
    if read.repeated:
        note(f"{read.repeated} lines name a SKU and day that were named before; their quantities are added.")
    if last is not None:
        read.sold = [line for line in read.sold if line.day <= last]
    return read.demand(), read


def _forecaster(file: str | None, days: int, calendar: Path | None) -> Forecaster:
    from app.warehouse.stock.events import read_calendar

    given = read_calendar(calendar) if calendar is not None else None
    if file is None:
        return open_container().stock.forecaster(horizon=days, calendar=given)
    from app.warehouse.stock.forecasting import Forecaster, ForecastParams

    return Forecaster(ForecastParams(horizon=days), given or read_calendar())


def _forecast(
    demand: Demand,
    forecaster: Forecaster,
    skus: list[str] | None,
    *,
    level: float,
    by: Literal["day", "week"],
    out: str,
    as_json: bool,
) -> None:
    from app.warehouse.stock.json_form import forecast_to_dict
    from app.warehouse.stock.planning import ticker

    rows = [demand.row(sku) for sku in skus] if skus else list(range(len(demand.skus)))
    with Progress("forecast") as progress:
        tick = ticker(progress.update, forecaster.steps(demand, [demand.days]))
        made = forecast_to_dict(forecaster.forecast(demand, on_series=tick), level=level, by=by)
    lines = [made[row] for row in rows]
    if out != "-":
        with written(out) as stream:
            for line in lines:
                write_line(stream, line)
        emit_json({"skus": len(lines), "file": out}) if as_json else emit(f"{len(lines)} SKUs in {out}.")
    elif as_json:
        for line in lines:
            sys.stdout.write(json.dumps(line, ensure_ascii=False) + "\n")
    else:
        _show(demand, lines)


def _show(demand: Demand, lines: list[dict[str, Any]]) -> None:
    if len(lines) == 1:
        (line,) = lines
        emit(f"{line['sku']}  models {', '.join(f'{name} {share:.0%}' for name, share in line['models'].items())}")
        emit_table(
            ("from", "mean", "low", "high"),
            [(one["date"], f"{one['mean']:.2f}", f"{one['low']:g}", f"{one['high']:g}") for one in line["forecast"]],
        )
        return
    lines = sorted(lines, key=lambda line: -float(line["total"]["mean"]))
    emit(f"From the day after {demand.last}, {lines[0]['total']['days']} days, {lines[0]['level']:.0%} intervals")
    emit_table(
        ("sku", "mean", "low", "high", "model"),
        [
            (
                line["sku"],
                f"{line['total']['mean']:.1f}",
                f"{line['total']['low']:g}",
                f"{line['total']['high']:g}",
                next(iter(line["models"])),
            )
            for line in lines[:_SHOWN]
        ],
    )
    if len(lines) > _SHOWN:
        emit(f"… and {len(lines) - _SHOWN} more that sell less: --out FILE holds all.")


def _measure(demand: Demand, forecaster: Forecaster, *, as_json: bool) -> None:
    from app.warehouse.stock.errors import DemandInvalid
    from app.warehouse.stock.forecasting import measure, measured_origins
    from app.warehouse.stock.planning import ticker

    horizon = forecaster.params.horizon
    origins = measured_origins(demand, horizon, 3)
    if not origins:
        raise DemandInvalid(
            f"The history has {demand.days} days; to measure forecasts of {horizon} days it needs "
            f"{horizon + _FEWEST_DAYS}. Give a longer one, or fewer --days."
        )
    with Progress("measure") as progress:
        found = measure(demand, forecaster, on_series=ticker(progress.update, forecaster.steps(demand, origins)))
    if as_json:
        emit_json(found.to_dict())
        return
    emit(f"{found.series} SKUs, {found.origins} origins, {horizon} days each, against this weekday last week")
    emit_table(
        ("error", "forecast", "seasonal naive", "ratio"),
        [
            ("root mean squared, scaled", f"{found.rmsse:.3f}", f"{found.rmsse_naive:.3f}", f"{found.ratio:.3f}"),
            ("mean absolute, scaled", f"{found.mase:.3f}", f"{found.mase_naive:.3f}", f"{found.absolute_ratio:.3f}"),
            ("by week, squared, scaled", f"{found.weekly_rmsse:.3f}", f"{found.weekly_rmsse_naive:.3f}",
             f"{found.weekly_ratio:.3f}"),
        ],
    )  # fmt: skip
    for level, share in found.coverage.items():
        emit(f"{level:.0%} intervals held {share:.1%} of days and {found.total_coverage[level]:.1%} of totals")
