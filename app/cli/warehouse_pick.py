"""`kefu warehouse pick`: a file of orders and a warehouse in, tours out."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from app.cli import options
from app.cli.jsonl import write_line, written
from app.cli.progress import Progress
from app.cli.terminal import emit, emit_json

if TYPE_CHECKING:
    from app.warehouse.picking import Floor, PickPlan, Tell
    from index.types import Language

_MOST_S = 24 * 3600

Sheet = Annotated[
    Path | None,
    typer.Option("--sheet", metavar="FILE", help="Write pick lists to print, with a plan of each tour (HTML)."),
]
SheetLanguage = Annotated[str, typer.Option("--language", metavar="zh|en", help="Of the pick lists.")]
Routing = Annotated[
    str | None,
    typer.Option(
        "--routing",
        metavar="NAME",
        help="shortest, s-shape, return, largest-gap, combined; improved on several blocks.",
    ),
]
Seconds = Annotated[
    float,
    typer.Option("--seconds", min=0.1, max=_MOST_S, help="How long to search at most; less where nothing is left."),
]
Seed = Annotated[int, typer.Option("--seed", min=0, help="Another one searches elsewhere.")]


def add_to(group: typer.Typer) -> None:
    """Add the command to `kefu warehouse`."""
    group.command("pick")(pick)


def pick(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="Orders, in Henn's format or our JSON.")],
    *,
    warehouse: Annotated[
        Path, typer.Option("--warehouse", metavar="SETTINGS", help="The floor: Henn's sett file, or our YAML or JSON.")
    ],
    seconds: Seconds = 30.0,
    routing: Routing = None,
    out: options.Out = "-",
    seed: Seed = 1,
    sheet: Sheet = None,
    language: SheetLanguage = "zh",
    as_json: options.Json = False,
) -> None:
    """Put orders together into tours and plan how to walk them.

    Written is one JSON object: `length` in metres of the file's units, `batches` with their orders, stops in the order
    of walking and the way; `routing`, the way of walking that batches were chosen for; `lower_bound`, which no batches
    walked so can undercut, and `gap`, by what share the length is above it; `baseline`, orders as they came walked in
    an S-shape. Orders that cannot be picked are explained, and nothing is written.

    \b
    Example:
      kefu warehouse pick 29s-40-30-0.txt --warehouse sett29.txt --out tours.json
      kefu warehouse pick today.json --warehouse floor.yaml --sheet lists.html --language en
    """
    from app.warehouse.picking import plan_picking, read_job

    words = checked_language(language)
    job = read_job(file, warehouse)
    with Progress(f"tours for {file.name}") as progress:
        plan = plan_picking(job, routing=routing, seconds=seconds, seed=seed, tell=teller(progress))
    if sheet is not None:
        write_sheet(sheet, plan, job.floor, words)
    with written(out) as stream:
        write_line(stream, plan.to_dict())
    if out != "-":
        emit_json(plan.to_dict()) if as_json else emit(told(plan))


def teller(progress: Progress) -> Tell:
    """Shows how far a plan is."""

    def tell(done: int, total: int, metres: float) -> None:
        progress.update(done, total, f"orders planned, {metres:.0f} m in work")

    return tell


def told(plan: PickPlan) -> str:
    """A plan in one line."""
    if not plan.tours:
        return "Nothing to pick."
    proven = "proven the best" if plan.gap == 0 else f"at most {100 * plan.gap:.1f} % above the best"
    came = "as orders came" if plan.routing == "improved" else "as orders came, in an S-shape"
    return (
        f"{len(plan.tours)} tours, {plan.length_m:.0f} m ({plan.routing}), {proven}; {came}: {plan.baseline_m:.0f} m, "
        f"so {100 * plan.saved:.1f} % shorter."
    )


def write_sheet(path: Path, plan: PickPlan, floor: Floor, language: Language) -> None:
    """Pick lists to print."""
    from app.warehouse.picking import sheet_of

    with written(str(path)) as stream:
        stream.write(sheet_of(plan, floor, language).encode())


def checked_language(language: str) -> Language:
    """Wrong usage for a language that pick lists are not written in."""
    if language not in ("zh", "en"):
        raise typer.BadParameter("Expected zh or en.", param_hint="--language")
    return "en" if language == "en" else "zh"
