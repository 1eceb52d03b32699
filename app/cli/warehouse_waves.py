"""`kefu warehouse waves`: tours for the shop's own orders that wait to be picked."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from app.cli import options
from app.cli.jsonl import write_line, written
from app.cli.opening import open_container
from app.cli.progress import Progress
from app.cli.terminal import emit, emit_json, emit_table
from app.cli.warehouse_pick import Seed, Sheet, SheetLanguage, checked_language, teller, told, write_sheet

if TYPE_CHECKING:
    from app.warehouse.picking import DeskPlan


def add_to(group: typer.Typer) -> None:
    """Add the command to `kefu warehouse`."""
    group.command("waves")(waves)


def waves(
    *,
    seconds: Annotated[float, typer.Option("--seconds", min=0.1, max=24 * 3600, help="How long to search.")] = 5.0,
    out: Annotated[
        str | None, typer.Option("--out", metavar="OUT", help="Write the plan as JSON; - prints it.")
    ] = None,
    seed: Seed = 1,
    sheet: Sheet = None,
    language: SheetLanguage = "zh",
    as_json: options.Json = False,
) -> None:
    """Plan tours for orders that are paid and not yet picked, by carrier's collection and zone.

    Bins, weights and what breaks come from the catalogue (KEFU_PICKING__CATALOGUE). What cannot be on a tour is named
    with its reason.

    \b
    Example:
      kefu warehouse waves
      kefu warehouse waves --sheet lists.html --language en
    """
    words = checked_language(language)
    desk = open_container().picking
    with Progress("tours for waiting orders") as progress:
        made = desk.plan(seconds=seconds, seed=seed, tell=teller(progress))
    if sheet is not None:
        write_sheet(sheet, made.plan, made.floor, words)
    if out is not None:
        with written(out) as stream:
            write_line(stream, made.to_dict())
    if out == "-":
        return
    emit_json(made.to_dict()) if as_json else _show(made, words)


def _show(made: DeskPlan, language: str) -> None:
    rows = [
        (
            number,
            f"{tour.due_at:%m-%d %H:%M}" if tour.due_at else "",
            tour.zone,
            len(tour.order_ids),
            tour.articles,
            f"{tour.weight_g / 1000:.1f}",
            f"{tour.length_m:.0f}",
        )
        for number, tour in enumerate(made.plan.tours, start=1)
    ]
    if rows:
        emit_table(("tour", "due", "zone", "orders", "articles", "kg", "m"), rows)
        emit()
    emit(told(made.plan))
    for one in made.waiting.left_out:
        emit(f"Not on a tour: {one.order_id}, {one.zh if language == 'zh' else one.en}.")
