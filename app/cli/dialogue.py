"""`kefu dialogue`: flows that a company edits, checked before customers meet them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from app.cli import options
from app.cli.exits import FAILED
from app.cli.opening import open_container
from app.cli.terminal import emit, emit_json

if TYPE_CHECKING:
    from app.dialogue.examples import Example
    from app.dialogue.flow import Flow

group = typer.Typer(help="Flows of dialogues: check them, list them.", no_args_is_help=True)


@group.command("check")
def check(
    folder: Annotated[
        Path | None,
        typer.Argument(
            metavar="DIR", help="Folder with your flows; by default dialogue.flows of the settings.", show_default=False
        ),
    ] = None,
    *,
    as_json: options.Json = False,
) -> None:
    """Read all flows in force, say what is wrong with them by file and line, and play their example dialogues.

    Your own flows (*.yaml) take the place of shipped ones of the same id; *.dialogue.yaml beside them are examples.
    Ends with 1 when anything is wrong.

    \b
    Example:
      kefu dialogue check
      kefu dialogue check flows/
    """
    from app.dialogue import DialogueEngine, FlowLibrary
    from app.dialogue.library import read_all_examples, read_library
    from app.dialogue.rehearsal import Rehearsal

    container = open_container()
    chosen = folder or container.settings.dialogue.flows
    flows, problems = read_library(chosen, vocabulary=container.flow_vocabulary)
    examples: list[Example] = []
    if not problems:
        examples, problems = read_all_examples()
        if chosen is not None:
            own, faults = read_all_examples(chosen)
            replaced = {flow.id for flow in flows if flow.is_own}
            examples, problems = [*(examples if not replaced else []), *own], [*problems, *faults]
        rehearsal = Rehearsal(DialogueEngine(FlowLibrary(flows)))
        problems = [*problems, *(problem for example in examples for problem in rehearsal.play(example))]
    if as_json:
        shown = [{"file": item.file, "line": item.line, "message": item.message} for item in problems]
        emit_json({"flows": len(flows), "examples": len(examples), "problems": shown})
    else:
        for problem in problems:
            emit(str(problem))
        emit(f"{len(flows)} flows, {len(examples)} example dialogues, {len(problems)} problems.")
    if problems:
        raise typer.Exit(FAILED)


@group.command("list")
def show(*, as_json: options.Json = False) -> None:
    """The flows in force: what starts them, what they ask for and what they do.

    \b
    Example:
      kefu dialogue list
    """
    from app.cli.terminal import emit_table
    from app.dialogue.library import read_library

    flows, _ = read_library(open_container().settings.dialogue.flows)
    if as_json:
        emit_json({"flows": [_row(flow) for flow in flows]})
        return
    rows = [(flow.id, ", ".join(flow.intents), ", ".join(flow.slots), ", ".join(flow.actions)) for flow in flows]
    emit_table(("flow", "starts with", "asks for", "does"), rows)


def _row(flow: Flow) -> dict[str, Any]:
    return {
        "id": flow.id,
        "name": {"zh": flow.name.zh, "en": flow.name.en},
        "intents": list(flow.intents),
        "slots": list(flow.slots),
        "actions": list(flow.actions),
        "is_own": flow.is_own,
        "file": flow.file,
        "line": flow.line,
    }
