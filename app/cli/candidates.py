"""`kefu models candidates|show|submit|promote|reject|rollback|canary`: which trained models may serve."""

from __future__ import annotations

import getpass
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from app.cli import options
from app.cli.exits import REFUSED
from app.cli.opening import open_container
from app.cli.progress import Progress
from app.cli.terminal import emit, emit_json, emit_table, paint, plain

if TYPE_CHECKING:
    from app.building.container import Container
    from app.learning.registry import Registry
    from app.served.records import CandidateRecord

Kind = Literal["llm", "embedder", "reranker", "intents", "recommender"]
_Name = Annotated[str, typer.Argument(metavar="ID", help="Id of a candidate, or its first characters (four or more).")]
_Note = Annotated[str | None, typer.Option("--note", help="Why; kept in the history.")]


def add_to(group: typer.Typer) -> None:
    """Add the commands to `kefu models`."""
    for name, command in (
        ("candidates", candidates),
        ("show", show),
        ("submit", submit),
        ("promote", promote),
        ("reject", reject),
        ("rollback", rollback),
        ("canary", canary),
        ("trials", trials),
    ):
        group.command(name)(command)


def candidates(
    *,
    kind: Annotated[Kind | None, typer.Option("--kind", help="Only those of this kind.")] = None,
    state: Annotated[str | None, typer.Option("--state", help="Only those in this state, such as passed.")] = None,
    as_json: options.Json = False,
) -> None:
    """List trained models: what serves, what is on trial, what was refused and why. Newest first.

    \b
    Example:
      kefu models candidates --kind intents
    """
    found = _registry(open_container()).candidates(kind=kind, state=state)
    if as_json:
        emit_json([record.to_dict() for record in found])
    elif not found:
        emit("No candidates. `kefu train` makes some, `kefu models submit FOLDER` hands one in.")
    else:
        emit_table(
            ("id", "kind", "state", "submitted", "beside the serving one", "reason"),
            [
                (r.candidate_id, r.kind, r.state, f"{r.submitted_at:%Y-%m-%d %H:%M}", _beside(r), _reason(r)[:80])
                for r in found
            ],
        )


def show(candidate: _Name, *, as_json: options.Json = False) -> None:
    """Show the model card of a candidate: where it comes from, how it compares, what was decided.

    \b
    Example:
      kefu models show int261125a1b2c3
    """
    registry = _registry(open_container())
    if as_json:
        record = registry.get(candidate)
        history = registry.models.candidates.history(candidate_id=record.candidate_id)
        emit_json({**record.to_dict(), "history": list(history)})
    else:
        emit(plain(registry.card(candidate)))


def submit(
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", help="What training wrote.")],
    *,
    kind: Annotated[Kind | None, typer.Option("--kind", help="Where candidate.json does not say it.")] = None,
    as_json: options.Json = False,
) -> None:
    """Hand in a trained model. It is copied, judged beside what serves, and refused with the reason or passed.

    \b
    Example:
      kefu models submit var/intents --kind intents
    """
    from app.learning.registry import read_manifest

    registry = _registry(open_container())
    with Progress("judge") as progress:
        steps = _steps(progress)
        made = registry.submit(read_manifest(folder, kind=kind), by=_person(), on_step=steps)
    record = registry.get(made)
    _tell(record, as_json=as_json)
    if record.state == "refused":
        raise typer.Exit(REFUSED)


def promote(candidate: _Name, *, note: _Note = None, as_json: options.Json = False) -> None:
    """Let a candidate that passed serve everybody. A running service takes it up within a second.

    \b
    Example:
      kefu models promote int261125a1b2c3 --note "better in English"
    """
    registry = _registry(open_container())
    with Progress("judge") as progress:
        record = registry.promote(candidate, by=_person(), note=note, on_step=_steps(progress))
    _tell(record, as_json=as_json)


def reject(candidate: _Name, *, note: _Note = None, as_json: options.Json = False) -> None:
    """Say no to a candidate; it cannot be promoted any more.

    \b
    Example:
      kefu models reject int261125a1b2c3 --note "its data is doubtful"
    """
    _tell(_registry(open_container()).reject(candidate, by=_person(), note=note), as_json=as_json)


def rollback(
    kind: Annotated[Kind, typer.Argument(metavar="KIND", help="llm, embedder, reranker, intents or recommender.")],
    *,
    note: _Note = None,
    as_json: options.Json = False,
) -> None:
    """Take back the model on trial, or without one go back to the model that served before.

    \b
    Example:
      kefu models rollback intents --note "customers complain"
    """
    registry = _registry(open_container())
    taken = registry.roll_back(kind, by=_person(), note=note)
    state = registry.models.state(kind, fresh=True)
    if as_json:
        emit_json({"taken_back": taken.candidate_id, **state.to_dict()})
    else:
        emit(f"{taken.candidate_id} was taken back; {state.candidate_id or 'what comes with kefu'} serves as {kind}.")


def canary(
    candidate: _Name,
    *,
    share: Annotated[float, typer.Option("--share", help="Of new conversations, between 0 and 1.")] = 0.1,
    as_json: options.Json = False,
) -> None:
    """Let a candidate serve a share of new conversations; it is taken back by itself where it harms them.

    A conversation keeps its model to the end. Declines, thumbs down, slow answers and faults are compared with the
    other conversations every minute while the service runs (`kefu models trials` looks now).

    \b
    Example:
      kefu models canary int261125a1b2c3 --share 0.1
    """
    if not 0 < share < 1:
        raise typer.BadParameter("Expected a share between 0 and 1.", param_hint="--share")
    registry = _registry(open_container())
    with Progress("judge") as progress:
        record = registry.start_canary(candidate, share, by=_person(), on_step=_steps(progress))
    _tell(record, as_json=as_json)


def trials(*, as_json: options.Json = False) -> None:
    """Look at the trials under way now: both sides of each, and whether one was taken back.

    \b
    Example:
      kefu models trials
    """
    found = open_container().canary_watch.look_at_all()
    if as_json:
        emit_json([item.to_dict() for item in found])
        return
    for item in found:
        one, other = item.arms.conversations
        emit(f"{item.kind} {item.candidate_id}: {item.outcome}, {one} conversations with it and {other} without")
        emit_table(
            ("of conversations", "candidate", "serving"),
            [
                (name, f"{part.value:.1%} of {part.total}", f"{item.arms.control[name].value:.1%} "
                 f"of {item.arms.control[name].total}")
                for name, part in item.arms.canary.items()
            ],
        )  # fmt: skip
    if not found:
        emit("No trial is under way. `kefu models canary ID --share 0.1` begins one.")


def _registry(container: Container) -> Registry:
    from app.training.remaking import registry_of

    return registry_of(container)


def _tell(record: CandidateRecord, *, as_json: bool) -> None:
    if as_json:
        emit_json(record.to_dict())
        return
    colour = {"refused": "red", "rejected": "red", "rolled_back": "red"}.get(record.state, "green")
    emit(f"{record.candidate_id} {paint(record.state, colour)}  {_beside(record)}")
    for reason in (record.verdict or {}).get("reasons", ()):
        emit(f"  {plain(reason['words']['en'])}")


def _beside(record: CandidateRecord) -> str:
    main = record.main_figures
    return "" if main is None else f"{main['candidate']:.1%} against {main['serving']:.1%}"


def _reason(record: CandidateRecord) -> str:
    reasons = (record.verdict or {}).get("reasons", ())
    return plain(reasons[0]["words"]["en"]) if reasons else ""


def _steps(progress: Progress) -> Callable[[str], None]:
    from app.learning.registry.gate import STEPS

    return lambda step: progress.update(STEPS.index(step), len(STEPS), step)


def _person() -> str:
    try:
        return f"cli:{getpass.getuser()}"
    except (OSError, KeyError):  # a container without a name for its user
        return "cli"
