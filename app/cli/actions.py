"""`kefu actions`: what can be done for customers, and what was."""

from __future__ import annotations

from typing import Annotated

import typer

from app.cli import options
from app.cli.opening import open_container
from app.cli.terminal import emit, emit_json, emit_table

group = typer.Typer(help="Actions for customers: list, log.", no_args_is_help=True)


@group.command("list")
def list_actions(
    *,
    openai: Annotated[bool, typer.Option("--openai", help="As the tools of an OpenAI chat completion.")] = False,
    as_json: options.Json = False,
) -> None:
    """List what can be done.

    \b
    Example:
      kefu actions list --openai > tools.json
    """
    from app.actions import ACTIONS, openai_tools
    from app.actions.openai_tools import schema_of

    specs = [action.spec for action in ACTIONS.values()]
    if openai:
        emit_json(openai_tools(specs))
    elif as_json:
        emit_json(
            [
                {
                    "name": spec.name,
                    "description": spec.description.to_dict(),
                    "parameters": schema_of(spec),
                    "is_write": spec.is_write,
                    "needs_identity": spec.needs_identity,
                }
                for spec in specs
            ]
        )
    else:
        rows = [(spec.name, "changes" if spec.is_write else "reads", spec.description.en) for spec in specs]
        emit_table(("action", "", "what it does"), rows)


@group.command("log")
def log(
    *,
    last: Annotated[int, typer.Option("--last", min=1, max=10_000, help="How many, newest first.")] = 20,
    customer: Annotated[str | None, typer.Option("--customer", metavar="ID", help="Only of this customer.")] = None,
    order: Annotated[str | None, typer.Option("--order", metavar="NUMBER", help="Only about this order.")] = None,
    conversation: Annotated[str | None, typer.Option("--conversation", metavar="ID", help="Only of this one.")] = None,
    as_json: options.Json = False,
) -> None:
    """Show the audit: who asked for what, by which rules it was decided, and what came of it.

    \b
    Example:
      kefu actions log --order SL8620000005
    """
    from app.actions.plan import order_subject

    found = open_container().action_log.entries(
        customer_id=customer,
        conversation_id=conversation,
        subject=None if order is None else order_subject(order),
        limit=last,
    )
    if as_json:
        emit_json([entry.to_dict() for entry in found])
    elif not found:
        emit("Nothing was asked for yet.")
    else:
        rows = [
            (entry.at[:19], entry.actor, entry.customer_id or "-", entry.action, entry.subject or "-", entry.status)
            for entry in found
        ]
        emit_table(("when (UTC)", "who", "customer", "action", "about", "outcome"), rows)
