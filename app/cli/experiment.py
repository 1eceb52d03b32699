"""`kefu experiment`: two ways of doing the same thing, compared until it is decided which is better."""

from __future__ import annotations

import getpass
import json
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from app.cli import options
from app.cli.opening import open_container
from app.cli.progress import Progress
from app.cli.terminal import emit, emit_json, emit_table, paint

if TYPE_CHECKING:
    from collections.abc import Mapping

    from app.experiments import Draft, Wish

group = typer.Typer(help="Experiments: create, list, show, stop, watch, power, simulate.", no_args_is_help=True)

_Name = Annotated[str, typer.Argument(metavar="NAME", help="Of the experiment.")]
_Test = Annotated[
    Literal["group_sequential", "mixture", "fixed"],
    typer.Option("--test", help="Planned length with looks at any time; no planned end; one look at the end."),
]
_Lift = Annotated[float, typer.Option("--lift", help="Least relative change that matters: 0.05 is 5 %.")]
_Alpha = Annotated[float, typer.Option("--alpha", help="Share of false alarms that is put up with.")]
_Power = Annotated[float, typer.Option("--power", help="How likely a change of that size is to be found.")]
_Looks = Annotated[int, typer.Option("--looks", min=1, max=60, help="How often somebody is expected to look.")]
_Baseline = Annotated[
    float | None, typer.Option("--baseline", help="What the metric is now; by default that of the last 28 days.")
]
_Deviation = Annotated[
    float | None, typer.Option("--deviation", help="Standard deviation of a unit's part, for what is no share.")
]
_Language = Annotated[Literal["zh", "en"], typer.Option("--language", help="Of the words.")]


@group.command("create")
def create(
    name: Annotated[str, typer.Argument(metavar="NAME", help="Such as lower-threshold: a-z, 0-9, - and _.")],
    *,
    key: Annotated[str, typer.Option("--key", help="What is tried: answer, retrieval, or a key of your own code.")],
    arm: Annotated[
        list[str],
        typer.Option("--arm", metavar="NAME[*WEIGHT]=JSON", help="The control first; the values that differ in it."),
    ],
    metric: Annotated[str, typer.Option("--metric", help="The one number that decides, of `kefu metrics list`.")],
    unit: Annotated[
        Literal["conversation", "customer"], typer.Option("--unit", help="What is drawn.")
    ] = "conversation",
    layer: Annotated[str, typer.Option("--layer", help="Experiments of a layer never share a unit.")] = "default",
    traffic: Annotated[float, typer.Option("--traffic", help="Share of units that take part.")] = 1.0,
    guard: Annotated[
        list[str] | None, typer.Option("--guard", metavar="METRIC", help="What must not get worse; may be repeated.")
    ] = None,
    other: Annotated[list[str] | None, typer.Option("--also", metavar="METRIC", help="Shown beside.")] = None,
    lift: _Lift = 0.05,
    test: _Test = "group_sequential",
    alpha: _Alpha = 0.05,
    power: _Power = 0.8,
    looks: _Looks = 20,
    units: Annotated[int | None, typer.Option("--units", min=2, help="In place of what the power asks for.")] = None,
    baseline: _Baseline = None,
    deviation: _Deviation = None,
    stops_itself: Annotated[bool, typer.Option("--auto-stop", help="End it once it is decided.")] = False,
    note: Annotated[str, typer.Option("--note", help="Why.")] = "",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what it would take.")] = False,
    as_json: options.Json = False,
) -> None:
    """Start an experiment: from now on units fall to its arms.

    \b
    Example:
      kefu experiment create lower-threshold --key answer --metric resolution_rate \\
        --arm 'now={}' --arm 'lower={"min_confidence": 0.3}'
    """
    from app.experiments import Draft, Wish
    from app.experiments.experiment import DEFAULT_GUARDS

    draft = Draft(
        name,
        key,
        tuple(_arm(text) for text in arm),
        metric,
        unit=unit,
        layer=layer,
        traffic=traffic,
        guards=tuple(guard) if guard is not None else DEFAULT_GUARDS,
        others=tuple(other or ()),
        note=note,
        stops_itself=stops_itself,
    )
    wish = Wish(lift, test, alpha, power, looks, units, baseline, deviation)
    experiments = open_container().experiments
    if dry_run:
        _tell_plan(draft, wish, as_json=as_json)
        return
    started = experiments.start(draft, wish, by=getpass.getuser())
    if as_json:
        emit_json(started.to_dict())
    else:
        emit(f"{started.experiment_id} runs: {started.units:,} {unit}s in two arms are planned.")


@group.command("list")
def list_experiments(
    *,
    state: Annotated[Literal["running", "stopped"] | None, typer.Option("--state", help="Only those.")] = None,
    as_json: options.Json = False,
) -> None:
    """List experiments, newest first.

    \b
    Example:
      kefu experiment list --state running
    """
    found = open_container().experiments.all(state=state)
    if as_json:
        emit_json([item.to_dict() for item in found])
    elif not found:
        emit("No experiments. `kefu experiment create --help` shows how to start one.")
    else:
        rows = [
            (
                item.experiment_id,
                item.state,
                item.draft.key,
                item.draft.metric,
                " / ".join(arm.name for arm in item.draft.arms),
                f"{item.units:,}",
                item.started_at.date(),
            )
            for item in found
        ]
        emit_table(("experiment", "state", "key", "metric", "arms", "units", "since"), rows)


@group.command("show")
def show(name: _Name, *, language: _Language = "en", as_json: options.Json = False) -> None:
    """Look at an experiment; the looks of everybody are counted, so that looking often does no harm.

    \b
    Example:
      kefu experiment show lower-threshold
    """
    experiments = open_container().experiments
    body = experiments.look(name)
    if as_json:
        kept = [dict(look.body) for look in experiments.looks(name)]
        emit_json({"experiment": experiments.get(name).to_dict(), "now": body, "looks": kept})
    else:
        _show(body, language)


@group.command("stop")
def stop(
    name: _Name,
    *,
    reason: Annotated[str, typer.Option("--reason", help="Why; it is kept.")] = "",
    as_json: options.Json = False,
) -> None:
    """End an experiment; everybody is served as without it.

    \b
    Example:
      kefu experiment stop lower-threshold --reason "took it over"
    """
    stopped = open_container().experiments.stop(name, by=getpass.getuser(), reason=reason)
    if as_json:
        emit_json(stopped.to_dict())
    else:
        emit(f"{name} is stopped.")


@group.command("watch")
def watch(*, language: _Language = "en", as_json: options.Json = False) -> None:
    """Look at all that run, and end those that must not go on, as the service does each night.

    \b
    Example:
      kefu experiment watch
    """
    found = open_container().experiments.watch()
    if as_json:
        emit_json(list(found))
    for body in () if as_json else found:
        _show(body, language)


@group.command("power")
def power_of(
    *,
    metric: Annotated[str, typer.Option("--metric", help="The number that decides.")],
    unit: Annotated[
        Literal["conversation", "customer"], typer.Option("--unit", help="What is drawn.")
    ] = "conversation",
    lift: _Lift = 0.05,
    test: _Test = "group_sequential",
    alpha: _Alpha = 0.05,
    power: _Power = 0.8,
    looks: _Looks = 20,
    units: Annotated[int | None, typer.Option("--units", min=2, help="How likely is it with so many?")] = None,
    baseline: _Baseline = None,
    deviation: _Deviation = None,
    as_json: options.Json = False,
) -> None:
    """Say how many units an experiment needs, how long that takes, and what it would find.

    \b
    Example:
      kefu experiment power --metric conversion_rate --baseline 0.1 --lift 0.05
    """
    from app.experiments import Arm, Draft, Wish

    draft = Draft("power", "answer", (Arm("control"), Arm("treatment")), metric, unit=unit, guards=())
    wish = Wish(lift, test, alpha, power, looks, units, baseline, deviation)
    _tell_plan(draft, wish, as_json=as_json)


@group.command("simulate")
def simulate_experiments(
    *,
    experiments: Annotated[int, typer.Option("--experiments", min=1, max=100_000, help="Of each kind.")] = 1000,
    lift: _Lift = 0.05,
    test: _Test = "group_sequential",
    looks: _Looks = 20,
    seed: Annotated[int, typer.Option("--seed", help="The same seed, the same result.")] = 20261125,
    as_json: options.Json = False,
) -> None:
    """Try the engine on made-up experiments: false alarms without an effect, power with one.

    \b
    Example:
      kefu experiment simulate --experiments 1000 --lift 0.05
    """
    from app.experiments.simulation import KINDS, simulate

    found = []
    for kind in KINDS:
        for truth in (0.0, lift):
            with Progress(f"{kind} {truth:+.0%}") as progress:
                found.append(
                    simulate(
                        kind,
                        experiments=experiments,
                        lift=truth,
                        plan_lift=lift,
                        seed=seed,
                        test=test,
                        looks=looks,
                        on_progress=progress.update,
                    )
                )
    if as_json:
        emit_json([item.to_dict() for item in found])
        return
    emit_table(
        ("values", "true lift", "called", "as planned", "units", "of plan used"),
        [
            (
                item.kind,
                f"{item.lift:+.0%}",
                f"{item.share:.1%}",
                f"{item.planned:.1%}" if item.lift else f"<= {item.planned:.1%}",
                f"{item.units:,}",
                f"{item.mean_fraction:.0%}",
            )
            for item in found
        ],
    )


def _arm(text: str) -> Any:
    from app.experiments import Arm

    named, is_given, written = text.partition("=")
    name, _, weight = named.partition("*")
    try:
        values = json.loads(written) if is_given and written else {}
        if not isinstance(values, dict):
            raise ValueError("no object")
        return Arm(name, values, float(weight) if weight else 1.0)
    except ValueError:
        raise typer.BadParameter(
            f'{text!r} is no arm such as lower={{"min_confidence": 0.3}} or lower*2={{…}}.', param_hint="--arm"
        ) from None


def _tell_plan(draft: Draft, wish: Wish, *, as_json: bool) -> None:
    from app.experiments.planning import detectable, to_dict

    plan, units, before = open_container().experiments.plan(draft, wish)
    days = plan.duration_days(units, a_day=before.a_day) if before is not None else None
    body = {
        **to_dict(plan, units, seen=plan.curve(units)),
        "units_a_day": before.a_day if before is not None else None,
        "days": days,
        "detectable": detectable(plan, units),
    }
    if as_json:
        emit_json(body)
        return
    emit(f"{draft.metric} is {plan.baseline:.4g}; looked for is a difference of {plan.effect:.4g} ({wish.lift:+.1%}).")
    emit(f"{units:,} {draft.unit}s in two arms find it with a probability of {body['power']:.0%}.")
    if days is not None and before is not None:
        emit(f"At {before.a_day:.0f} a day that takes {days} days.")
    emit_table(("true difference", "found"), [(f"{row['effect']:.4g}", f"{row['power']:.0%}") for row in body["curve"]])


def _show(body: Mapping[str, Any], language: str) -> None:
    emit(paint(f"{body['experiment_id']}: {body['verdict']}", "bold"))
    emit(str(body["words"][language]))
    emit(
        f"{body['fraction']:.0%} of the plan; " + ", ".join(f"{arm} {count:,}" for arm, count in body["units"].items())
    )
    rows = []
    for comparison in body["comparisons"]:
        for item in (comparison["decides"], *comparison["guards"], *comparison["others"]):
            rows.append((comparison["arm"], item["role"], item["metric"], *_cells(item)))
    emit_table(("arm", "role", "metric", "control", "treatment", "difference", "interval", "p once"), rows)


def _cells(item: Mapping[str, Any]) -> tuple[str, ...]:
    if "difference" not in item:
        return ("-", "-", "-", "-", "-")
    scale = 100 if item["is_share"] else 1
    interval = "open" if item["low"] is None else f"{scale * item['low']:+.4g} to {scale * item['high']:+.4g}"
    mark = " *" if item["is_significant"] else ""
    return (
        f"{scale * item['control']:.4g}",
        f"{scale * item['treatment']:.4g}",
        f"{scale * item['difference']:+.4g}{mark}",
        interval,
        f"{item['once']['p']:.3g}",
    )
