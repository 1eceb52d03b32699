"""`kefu warehouse stock`, `slots` and `signals`: what to order, where to put it, what customers say of it."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from app.cli import options
from app.cli.exits import REFUSED
from app.cli.jsonl import Line, read_lines, run_batch
from app.cli.opening import open_container, parse_day, require_text_or_batch
from app.cli.progress import Progress
from app.cli.terminal import emit, emit_json, emit_table, note, paint

if TYPE_CHECKING:
    from app.warehouse.stock.planning import StockPlan
    from app.warehouse.stock.signals import Complaint, Kind
    from app.warehouse.stock.simulation import Simulation

_SHOWN = 30


def add_to(group: typer.Typer) -> None:
    """Give the commands to `kefu warehouse`."""
    group.command("stock")(stock)
    group.command("slots")(slots)
    group.command("signals")(signals)


def stock(
    *,
    service_level: Annotated[
        float | None,
        typer.Option("--service-level", help="Chance that stock lasts until an order is in: 0.5 to 0.999."),
    ] = None,
    lead_time: Annotated[
        int | None, typer.Option("--lead-time", min=0, max=365, help="Days from an order to goods on the shelf.")
    ] = None,
    lead_times: Annotated[
        Path | None, typer.Option("--lead-times", metavar="CSV", help="sku,days of SKUs that take another time.")
    ] = None,
    order_days: Annotated[
        int | None, typer.Option("--order-days", min=1, max=365, help="How many days an order is to serve.")
    ] = None,
    as_of: Annotated[
        str | None, typer.Option("--as-of", metavar="DATE", help="Last day of orders that are looked at.")
    ] = None,
    quick: Annotated[bool, typer.Option("--quick", help="Without the simulation over the past.")] = False,
    save: Annotated[bool, typer.Option("--save", help="Keep the report for the console, with its forecasts.")] = False,
    as_json: options.Json = False,
) -> None:
    """Say what to order and how much, what is dead or too much, and what each SKU is to the shop.

    Reorder points come from the forecast's distribution over lead time and review time. A simulation over the last
    half year finds the level that reached the service level before, shows what it reaches and costs, and what a
    simple rule would.

    \b
    Example:
      kefu warehouse stock
      kefu warehouse stock --service-level 0.98 --lead-time 14 --json
      kefu warehouse stock --save
    """
    desk = open_container().stock
    if save:
        if any(given is not None for given in (service_level, lead_time, lead_times, order_days, as_of)) or quick:
            raise typer.BadParameter("A kept report goes by the settings (KEFU_STOCK__…) alone.", param_hint="--save")
        with Progress("stock") as progress:
            made = desk.make_report(on_progress=progress.update)
        emit_json(made) if as_json else emit(f"Report {made['report_id']}: {made['to_order']} SKUs to order.")
        return
    given = desk.params.plan.replenishment
    if service_level is not None and not 0.5 <= service_level <= 0.999:
        raise typer.BadParameter(f"{service_level:g} is not between 0.5 and 0.999.", param_hint="--service-level")
    terms = replace(
        given,
        service_level=given.service_level if service_level is None else service_level,
        lead_time_days=given.lead_time_days if lead_time is None else lead_time,
        order_days=given.order_days if order_days is None else order_days,
    )
    with Progress("stock") as progress:
        plan = desk.plan(
            params=replace(desk.params.plan, replenishment=terms),
            lead_times=_lead_times(lead_times),
            last=parse_day(as_of, option="--as-of"),
            with_simulation=not quick,
            on_progress=progress.update,
        )
    emit_json(plan.to_dict()) if as_json else _show_plan(plan)


def _lead_times(path: Path | None) -> dict[str, int]:
    """Wrong usage for a file of another form."""
    if path is None:
        return {}
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = list(csv.DictReader(file))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise typer.BadParameter(f"{path} cannot be read: {error}.", param_hint="--lead-times") from None
    found = {}
    for number, row in enumerate(rows, start=2):
        sku, days = (row.get("sku") or "").strip(), (row.get("days") or "").strip()
        if not sku or not days.isascii() or not days.isdecimal() or int(days) > 365:
            raise typer.BadParameter(
                f"Row {number} of {path} needs a sku and its days, 0 to 365: {dict(row)}.", param_hint="--lead-times"
            )
        found[sku] = int(days)
    return found


def _show_plan(plan: StockPlan) -> None:
    summary = plan.summary
    emit(
        f"Up to {plan.as_of}: {summary['skus']} SKUs, {summary['out_of_stock']} out of stock, "
        f"{summary['to_order']} to order ({summary['units_to_order']} units)"
    )
    emit(
        f"Stock is worth {summary['value_cents'] / 100:,.0f}; dead {summary['dead']} SKUs "
        f"({summary['dead_value_cents'] / 100:,.0f}), too much {summary['too_much']}"
    )
    emit(f"Classes: {', '.join(f'{name} {count}' for name, count in summary['classes'].items())}")
    if plan.simulation is not None:
        _show_simulation(plan.simulation)
    wanted = [line for line in plan.lines if line.order_quantity]
    emit()
    emit_table(
        ("sku", "name", "class", "stock", "cover days", "reorder at", "safety", "order"),
        [
            (
                line.sku,
                line.name,
                line.abc + line.xyz,
                line.stock,
                "-" if line.cover_days is None else f"{line.cover_days:.0f}",
                line.reorder_point,
                f"{line.safety_stock:.1f}",
                line.order_quantity,
            )
            for line in wanted[:_SHOWN]
        ],
    )
    if len(wanted) > _SHOWN:
        emit(f"… and {len(wanted) - _SHOWN} more: --json holds all.")


def _show_simulation(simulation: Simulation) -> None:
    emit()
    emit(f"Played over the last {simulation.days} days, service level {simulation.target:.1%}:")
    rows = [("this plan", simulation.ours), ("quarter's mean × 1.5", simulation.naive)]
    if simulation.naive_matched is not None:
        rows.append((f"quarter's mean × {simulation.naive_factor:g}", simulation.naive_matched))
    emit_table(
        ("rule", "cycles without a gap", "units served", "mean stock", "holding cost a year"),
        [
            (
                name,
                f"{one.cycle_service:.1%}",
                f"{one.fill_rate:.1%}",
                f"{one.mean_units:.0f}",
                f"{one.holding_cents_year / 100:,.0f}",
            )
            for name, one in rows
        ],
    )
    if simulation.holding_saved is not None:
        emit(f"Holding costs {simulation.holding_saved:.0%} less than by the simple rule that serves as well.")


def slots(
    *,
    moves: Annotated[int, typer.Option("--moves", min=1, max=1000, help="Swaps at most.")] = 20,
    as_json: options.Json = False,
) -> None:
    """Propose which SKUs should change bins, and how much walking that saves.

    Swaps are within a zone, learned from older orders and measured on those of the last 90 days, walked along the
    S-shape. What is heavy stays low.

    \b
    Example:
      kefu warehouse slots --moves 50
    """
    desk = open_container().stock
    plan = desk.slots(params=replace(desk.params.slotting, moves=moves))
    if as_json:
        emit_json(plan.to_dict())
        return
    if not plan.swaps:
        emit("No swap would save walking: there are no places, or no orders to learn from.")
        return
    emit_table(
        ("sku", "bin", "picks", "with", "bin", "picks", "saved m"),
        [
            (one.sku, one.bin, one.picks, one.other_sku, one.other_bin, one.other_picks, f"{one.saved_m:.0f}")
            for one in plan.swaps
        ],
    )
    emit(
        f"On {plan.measured_orders} later walks: {plan.before_m / 1000:.1f} km now, {plan.after_m / 1000:.1f} km after "
        f"{len(plan.swaps)} swaps, {plan.saved:.1%} less"
    )
    if plan.too_high:
        emit(f"Heavy, yet above level {desk.params.slotting.low_levels[-1]}: {', '.join(plan.too_high)}")


def signals(
    *,
    batch: options.Batch = None,
    out: options.Out = "-",
    reviews: Annotated[
        Path | None,
        typer.Option(
            "--reviews", metavar="FILE", help="JSON Lines of id, sku, at and text, counted beside the others."
        ),
    ] = None,
    days: Annotated[int, typer.Option("--days", min=1, max=3650, help="How far back.")] = 90,
    as_json: options.Json = False,
) -> None:
    """Count what cases, conversations and reviews complain of by SKU and bin, and where it is more than usual.

    With --batch, texts are read instead: a line in is id and text, a line out signals, each with kind (wrong_item,
    damaged, missing, out_of_stock, defective), quote, start and end.

    \b
    Example:
      kefu warehouse signals --days 30
      kefu warehouse signals --batch reviews.jsonl --out read.jsonl
    """
    if batch is not None:
        _read_batch(batch, out)
        return
    desk = open_container().stock
    also, refused = _reviews(reviews)
    report = desk.signals(params=replace(desk.params.signals, days=days), also=also)
    if as_json:
        emit_json(report.to_dict())
    else:
        emit(
            f"{report.first:%Y-%m-%d} to {report.last:%Y-%m-%d}: {_counted(report.totals)}; alarms {len(report.alarms)}"
        )
        emit_table(
            ("", "of", "", "kind", "said", "sent", "rate", "95 %", "usual", "words"),
            [
                (
                    paint("!", "red") if one.is_alarm else "",
                    one.unit,
                    one.name,
                    one.kind,
                    one.complaints,
                    one.sent,
                    f"{one.rate:.1%}",
                    f"{one.low:.1%} to {one.high:.1%}",
                    f"{one.usual:.1%}",
                    one.quotes[0]["quote"] if one.quotes else "",
                )
                for one in report.signals[:_SHOWN]
            ],
        )
    if refused:
        raise typer.Exit(REFUSED)


def _read_batch(batch: str, out: str) -> None:
    from app.warehouse.stock.signals import read_complaints

    require_text_or_batch(None, batch, out)

    def serve(line: Line) -> Mapping[str, Any]:
        return {"signals": [mention.to_dict() for mention in read_complaints(line.text())]}

    run_batch(batch, out, serve, ahead=lambda _: None, label="signals")


def _reviews(path: Path | None) -> tuple[list[Complaint], int]:
    """Complaints of a file, and how many lines could not be used."""
    if path is None:
        return [], 0
    from app.warehouse.stock.signals import Complaint, read_complaints

    if not path.is_file():
        raise typer.BadParameter(f"There is no file {path}.", param_hint="--reviews")
    found: list[Complaint] = []
    refused = 0
    with path.open("rb") as stream:
        for number, line in enumerate(read_lines(stream), start=1):
            try:
                if not isinstance(line, Line):
                    raise line.error
                at = datetime.fromisoformat(line.text("at"))
                at = at if at.tzinfo else at.replace(tzinfo=UTC)
                sku, mentions = line.text("sku"), read_complaints(line.text())
            except Exception as error:
                refused += 1
                note(f"review {number} is left out: {getattr(error, 'message', error)}")
                continue
            kinds = {mention.kind: mention.quote for mention in mentions}
            found += [Complaint(kind, sku, at, quote, "review", str(line.id)) for kind, quote in kinds.items()]
    return found, refused


def _counted(totals: Mapping[Kind, int]) -> str:
    return ", ".join(f"{name} {count}" for name, count in sorted(totals.items())) or "no complaints"
