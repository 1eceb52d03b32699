"""`kefu inbox`: the agents' desk without a browser."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from app.cli import options
from app.cli.opening import open_container
from app.cli.terminal import emit, emit_json, emit_table, paint, plain

if TYPE_CHECKING:
    from app.building.container import Container
    from app.domain.conversation import Conversation
    from app.handoff import Agent

group = typer.Typer(help="Conversations that people take over: list, show, reply, resolve.", no_args_is_help=True)

ConversationId = Annotated[str, typer.Argument(metavar="CONVERSATION", help="Id of a conversation, from the list.")]
As = Annotated[str | None, typer.Option("--as", metavar="NAME", help="Which agent you are; by default your user name.")]


@group.command("list")
def list_inbox(
    *,
    status: Annotated[
        Literal["active", "queued", "assigned", "answered", "returned", "resolved", "late"],
        typer.Option("--status", help="active: queued or with an agent; late: the promised time has gone by."),
    ] = "active",
    text: Annotated[str, typer.Option("--text", help="Only those in which the customer wrote this.")] = "",
    last: Annotated[int, typer.Option("--last", min=1, max=1000, help="How many at most.")] = 50,
    as_json: options.Json = False,
) -> None:
    """List conversations, the most pressing first.

    \b
    Example:
      kefu inbox list --status queued
    """
    from app.handoff import inbox_page

    page = inbox_page(open_container().desk.database, status=status, agent="", text=text, limit=last)
    if as_json:
        emit_json({"conversations": [ticket.to_line() for ticket in page.tickets], "counts": dict(page.counts)})
    elif not page.tickets:
        emit("Nothing here." if status != "active" else "Nobody waits. Conversations that are handed over show here.")
    else:
        rows = [
            (
                t.conversation_id,
                t.state,
                t.priority,
                t.reason,
                t.agent or "-",
                str(t.due_at or "-")[:16],
                t.preview[:40],
            )
            for t in page.tickets
        ]
        emit_table(("conversation", "state", "priority", "why", "agent", "due (UTC)", "newest message"), rows)


@group.command("show")
def show(conversation_id: ConversationId, *, as_json: options.Json = False) -> None:
    """Show a conversation: why it was handed over, its summary, messages and notes.

    \b
    Example:
      kefu inbox show 3f0a9c…
    """
    from app.handoff import trail

    container = open_container()
    conversation = _found(container, conversation_id)
    ticket = container.desk.inbox.find(conversation_id)
    said = container.conversations.messages(conversation_id)
    if as_json:
        emit_json(
            {
                "conversation_id": conversation_id,
                "status": conversation.status,
                "ticket": ticket.to_dict() if ticket is not None else None,
                "messages": [
                    {
                        "message_id": message.message_id,
                        "role": message.role,
                        "author": message.author,
                        "at": message.at.isoformat(),
                        "text": message.text,
                    }
                    for message in said
                ],
                "trail": list(trail(container.desk.database, conversation_id)),
            }
        )
        return
    if ticket is not None:
        emit(paint(f"{ticket.state}, {ticket.priority}, {ticket.agent or 'nobody has it'}", "bold"))
        emit(plain(ticket.summary.in_language(ticket.language)))
        emit()
    for message in said:
        who = f"{message.role} {message.author}".strip()
        emit(f"{paint(f'{message.at:%m-%d %H:%M} {who}', 'dim')}  {plain(message.text)}")


@group.command("reply")
def reply(
    conversation_id: ConversationId,
    text: Annotated[str, typer.Argument(help="What the customer gets.")],
    *,
    name: As = None,
    as_json: options.Json = False,
) -> None:
    """Answer a customer; what waits in the queue is taken by it.

    \b
    Example:
      kefu inbox reply 3f0a9c… "您好，退款已经提交，1 到 3 个工作日到账。" --as li
    """
    container = open_container()
    sent = container.desk.inbox.reply(conversation_id, text, by=_agent(name))
    emit_json({"message_id": sent.message_id}) if as_json else emit("Sent.")


@group.command("resolve")
def resolve(conversation_id: ConversationId, *, name: As = None, as_json: options.Json = False) -> None:
    """Close a conversation; the customer is told so, and reopens it by writing.

    \b
    Example:
      kefu inbox resolve 3f0a9c… --as li
    """
    container = open_container()
    ticket = container.desk.inbox.resolve(conversation_id, by=_agent(name))
    emit_json(ticket.to_line()) if as_json else emit("Resolved.")


def _agent(name: str | None) -> Agent:
    """Whoever may use this machine's database may do what a supervisor may."""
    from app.handoff import Agent

    return Agent(name or os.environ.get("USER") or "cli", is_supervisor=True)


def _found(container: Container, conversation_id: str) -> Conversation:
    from app.conversations.errors import ConversationMissing

    found = container.conversations.get(conversation_id)
    if found is None:
        raise ConversationMissing(f"There is no conversation {conversation_id[:100]!r}. `kefu inbox list` shows them.")
    return found
