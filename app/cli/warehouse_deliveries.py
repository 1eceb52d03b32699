"""`kefu warehouse deliveries`: the couriers' day: planned, looked at, changed when news comes."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from app.cli import options
from app.cli.exits import REFUSED
from app.cli.opening import open_container, parse_day
from app.cli.progress import Progress
from app.cli.terminal import emit, emit_json, emit_table, note, plain

if TYPE_CHECKING:
    from app.building.container import Container
    from app.warehouse.delivery import KeptPlan

group = typer.Typer(help="The couriers' day: plan, show, change.", no_args_is_help=True)

Day = Annotated[str | None, typer.Option("--day", metavar="DATE", help="As 2026-11-25; by default today.")]


def add_to(parent: typer.Typer) -> None:
    """Add the group to `kefu warehouse`."""
    parent.add_typer(group, name="deliveries")


@group.command("plan")
def plan(
    *,
    day: Day = None,
    area: Annotated[list[str] | None, typer.Option("--area", help="A town; may be repeated. By default all.")] = None,
    seconds: Annotated[float, typer.Option("--seconds", min=0.1, max=3600, help="To search, for each area.")] = 3.0,
    file: Annotated[
        Path | None,
        typer.Option("--file", metavar="JSON", help="Plan this day of yours instead of the shop's parcels."),
    ] = None,
    as_json: options.Json = False,
) -> None:
    """Plan the rounds of a day and keep them, so that customers are told when their parcel comes.

    Without --file the parcels of the shop's records are planned that are on their way and due, an area at a time, with
    the invented places of the sample company; what their notes ask for is kept (hours, stairs, where to leave it).
    Exits 3 when an area could not be planned; its old plan stays.

    \b
    Example:
      kefu warehouse deliveries plan
      kefu warehouse deliveries plan --file today.json --seconds 20
    """
    from app.warehouse.delivery import SolveParams, read_problem, read_text
    from index.errors import KefuError

    container = open_container()
    if file is not None:
        problem = read_problem(read_text(file), name=file.name)
        planned, problems = problem.day, {(area or [""])[0]: problem}
    else:
        due = container.due_day(parse_day(day, option="--day"), areas=area or ())
        planned, problems = due.day, dict(due.problems)
        if due.for_another_day:
            note(f"{len(due.for_another_day)} orders ask for a later day: {', '.join(due.for_another_day)}")
    refused = 0
    made: list[KeptPlan] = []
    with Progress("areas") as progress:
        for number, (name, problem) in enumerate(problems.items()):
            progress.update(number, len(problems))
            try:
                params = SolveParams(seconds=seconds)
                made.append(container.deliveries.make(problem, area=name, params=params))
            except KefuError as error:
                refused += 1
                note(plain(f"{name or 'the file'}: {error.message}"))
        progress.finish(f"{len(made)} planned, {refused} refused")
    if as_json:
        emit_json({"plans": [_summary(kept) for kept in made]})
    elif made:
        _table(made)
    else:
        emit(f"Nothing is due on {planned}. `kefu shop fill` makes sample orders.")
    if refused:
        raise typer.Exit(REFUSED)


@group.command("show")
def show(
    plan_id: Annotated[str | None, typer.Argument(metavar="[PLAN]", help="One plan with its stops.")] = None,
    *,
    day: Day = None,
    as_json: options.Json = False,
) -> None:
    """Show the plans of a day, or one with its stops and the times that customers are told.

    \b
    Example:
      kefu warehouse deliveries show
    """
    from app.warehouse.delivery import outcome_to

    container = open_container()
    if plan_id is None:
        kept = container.deliveries.plans_of(parse_day(day, option="--day") or _today(container))
        if as_json:
            emit_json({"plans": [_summary(one) for one in kept]})
        elif kept:
            _table(kept)
        else:
            emit("There is no plan for that day. `kefu warehouse deliveries plan` makes one.")
        return
    one = container.deliveries.get(plan_id)
    view = outcome_to(one.problem, one.plan)
    if as_json:
        emit_json({**_summary(one), **view})
        return
    rows = [
        [route["vehicle"], stop["starts"], "-".join(stop["expected"]), stop["stop"], _state(stop), _asked(stop)]
        for route in view["vehicles"]
        for stop in route["stops"]
    ]
    emit_table(["vehicle", "arrives", "told", "stop", "state", "note"], rows)


@group.command("change")
def change(
    plan_id: Annotated[str, typer.Argument(metavar="PLAN", help="As `show` lists it.")],
    *,
    file: Annotated[Path | None, typer.Option("--file", metavar="JSON", help="New and changed stops.")] = None,
    remove: Annotated[
        list[str] | None, typer.Option("--remove", metavar="STOP", help="No longer to be visited.")
    ] = None,
    delay: Annotated[
        list[str] | None, typer.Option("--delay", metavar="VEHICLE=MINUTES", help="Late from now on.")
    ] = None,
    done: Annotated[list[str] | None, typer.Option("--done", metavar="STOP", help="Visited just now.")] = None,
    seconds: Annotated[float, typer.Option("--seconds", min=0.1, max=600, help="For a new plan, if need be.")] = 5.0,
    as_json: options.Json = False,
) -> None:
    """Take news into a plan and move as little else as can be; says what was moved.

    The file holds {"stops": [...]} in the form of `kefu warehouse route`.

    \b
    Example:
      kefu warehouse deliveries change 4f0c... --delay van-1=25 --done XL862000000414
    """
    from app.warehouse.delivery import Change

    container = open_container()
    now = datetime.now(UTC)
    news = Change(
        stops=_stops(file),
        removed=tuple(remove or ()),
        delays_s=dict(_delay(text) for text in delay or ()),
        done=dict.fromkeys(done or (), now),
    )
    kept, found = container.deliveries.take_in(plan_id, news, seconds=seconds)
    if as_json:
        emit_json({**_summary(kept), "how": found.how, "moved": list(found.moved), "late": list(found.late),
                   "seconds": round(found.seconds, 3)})  # fmt: skip
        return
    late = f"; late: {', '.join(found.late)}" if found.late else ""
    emit(plain(f"{found.how.replace('_', ' ')}, {len(found.moved)} stops moved, {found.seconds:.2f} s{late}."))


def _today(container: Container) -> date:
    from zoneinfo import ZoneInfo

    return datetime.now(ZoneInfo(container.policy.rules.timezone)).date()


def _stops(file: Path | None) -> tuple[Any, ...]:
    from app.warehouse.delivery import read_text, stop_from

    if file is None:
        return ()
    try:
        value = json.loads(read_text(file))
        stops = value["stops"]
    except (ValueError, KeyError, TypeError):
        raise typer.BadParameter('Expected JSON with {"stops": [...]}.', param_hint="--file") from None
    if not isinstance(stops, list):
        raise typer.BadParameter('Expected a list of "stops".', param_hint="--file")
    return tuple(stop_from(stop, name=f"{file.name}: stops[{number}]") for number, stop in enumerate(stops))


def _delay(text: str) -> tuple[str, int]:
    vehicle, _, minutes = text.rpartition("=")
    if not vehicle or not minutes.isascii() or not minutes.isdigit() or int(minutes) > 24 * 60:
        raise typer.BadParameter(f"{text!r} is not like van-1=25 (minutes).", param_hint="--delay")
    return vehicle, 60 * int(minutes)


def _asked(stop: dict[str, Any]) -> str:
    """The note as it was written, and as it was read where that says it in other words."""
    written, read = stop["note"], stop["instructions"]["en"]
    return f"{written} ({read})" if written and read and read not in written else written or read


def _summary(kept: KeptPlan) -> dict[str, Any]:
    return {
        "plan_id": kept.plan_id,
        "day": kept.problem.day.isoformat(),
        "area": kept.area,
        "revision": kept.revision,
        "stops": len(kept.problem.stops),
        "routes": len(kept.plan.routes),
        "cost": round(kept.plan.cost_cents, 2),
        "left_out": list(kept.plan.left_out),
        "changed_at": kept.changed_at.isoformat(),
    }


def _table(kept: Any) -> None:
    rows = [[one.plan_id, one.area, len(one.problem.stops), len(one.plan.routes), one.revision] for one in kept]
    emit_table(["plan", "area", "stops", "routes", "revision"], rows)


def _state(stop: dict[str, Any]) -> str:
    return "done" if stop["is_done"] else "late" if stop["is_late"] else ""
