"""`kefu warehouse route`: a file of stops and vehicles in, routes out."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from app.cli import options
from app.cli.exits import FAILED
from app.cli.jsonl import write_line, written
from app.cli.progress import Progress
from app.cli.terminal import emit, emit_json, note, paint, plain

if TYPE_CHECKING:
    from app.warehouse.delivery import DeliveryInfeasible, SolveParams, Tell

_MOST_S = 24 * 3600


def add_to(group: typer.Typer) -> None:
    """Add the command to `kefu warehouse`."""
    group.command("route")(route)


def route(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="VRPLIB (CVRP, VRPTW), Solomon's format, or our JSON.")],
    *,
    seconds: Annotated[float, typer.Option("--seconds", min=0.1, max=_MOST_S, help="How long to search.")] = 10.0,
    out: options.Out = "-",
    seed: Annotated[int, typer.Option("--seed", min=0, help="Another one searches elsewhere.")] = 1,
    processes: Annotated[
        int | None, typer.Option("--processes", min=1, max=64, help="Searches at once; by default one a core.")
    ] = None,
    as_json: options.Json = False,
) -> None:
    """Plan the routes of a file: cheapest found in the time, with a lower bound that no plan can undercut.

    Routes hold stop numbers counted from 1 (the depot is 0), or the ids of our JSON. `gap` is by what share the cost is
    above the bound; where a .sol file lies beside FILE, `best_known` and `gap_to_best_known` say the same of that.
    What cannot be planned is explained by the fewest wishes in each other's way, and nothing is written.

    \b
    Example:
      kefu warehouse route X-n101-k25.vrp --seconds 60 --out routes.json
      kefu warehouse route tomorrow.json --seconds 20 --json
    """
    from app.warehouse.delivery import DeliveryInfeasible, SolveParams, is_classic, read_text, usable_cores

    text = read_text(file)
    params = SolveParams(seconds=seconds, seed=seed, processes=processes or usable_cores())
    try:
        with Progress(f"routes of {file.name}") as progress:
            result = (
                _classic(file, params, _teller(progress, seconds))
                if is_classic(text)
                else _own(file, text, params, _teller(progress, seconds))
            )
    except DeliveryInfeasible as error:
        raise typer.Exit(_explain(error, as_json=as_json)) from None
    with written(out) as stream:
        write_line(stream, result)
    if out == "-":
        return
    if as_json:
        emit_json(result)
    else:
        emit(_told(result))


def _classic(file: Path, params: SolveParams, tell: Tell) -> dict[str, Any]:
    from app.warehouse.delivery import read_instance, solve_instance

    instance = read_instance(file)
    solved = solve_instance(instance, params, tell=tell)
    result: dict[str, Any] = {
        "cost": solved.cost,
        "routes": [list(one) for one in solved.routes],
        "lower_bound": solved.lower_bound,
        "gap": round(solved.gap, 6),
    }
    if instance.best_known:
        result["best_known"] = instance.best_known
        result["gap_to_best_known"] = round(solved.cost / instance.best_known - 1, 6)
    return result


def _own(file: Path, text: str, params: SolveParams, tell: Tell) -> dict[str, Any]:
    from app.warehouse.delivery import make_plan, outcome_to, read_problem

    problem = read_problem(text, name=file.name)
    return outcome_to(problem, make_plan(problem, params, tell=tell))


def _teller(progress: Progress, seconds: float) -> Tell:
    def tell(passed: float, cost: float) -> None:
        best = f", best {cost:.0f}" if cost < float("inf") else ", nothing that keeps all yet"
        progress.update(min(round(passed), round(seconds)), round(seconds), f"seconds{best}")

    return tell


def _told(result: dict[str, Any]) -> str:
    text = f"{len(result['routes'])} routes, cost {result['cost']:g}, lower bound {result['lower_bound']:g}"
    if "gap_to_best_known" in result:
        text += f", {100 * result['gap_to_best_known']:.2f} % above the best known"
    if result.get("left_out"):
        text += f"; left for another day: {plain(', '.join(result['left_out']))}"
    return f"{text}."


def _explain(error: DeliveryInfeasible, *, as_json: bool) -> int:
    from app.warehouse.delivery import conflicts_to

    if as_json:
        problem = {"code": error.code, "message": error.message, "conflicts": conflicts_to(error.conflicts)}
        emit_json({"error": problem})
    note(f"{paint('kefu:', 'red')} {plain(error.message)}")
    for one in error.conflicts:
        note(f"  - {plain(one.text.zh)} | {plain(one.text.en)}")
    return FAILED
