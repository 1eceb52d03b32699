"""`kefu webhooks`: other programs that are told what happens."""

from __future__ import annotations

from typing import Annotated

import typer

from app.cli import options
from app.cli.exits import FAILED
from app.cli.opening import open_container
from app.cli.terminal import emit, emit_json, emit_table, note

group = typer.Typer(help="Webhooks: list, add, remove, test, and the log of deliveries.", no_args_is_help=True)

EndpointId = Annotated[str, typer.Argument(metavar="ID", help="Id of a webhook, from the list.")]


@group.command("list")
def list_webhooks(*, as_json: options.Json = False) -> None:
    """List those who are told.

    \b
    Example:
      kefu webhooks list
    """
    found = open_container().desk.outbox.all()
    if as_json:
        emit_json([endpoint.to_dict() for endpoint in found])
    elif not found:
        emit("No webhooks yet: `kefu webhooks add URL` adds one.")
    else:
        rows = [(e.endpoint_id, e.url, " ".join(e.events), e.disabled_because or "active") for e in found]
        emit_table(("id", "url", "events", "state"), rows)


@group.command("add")
def add(
    url: Annotated[str, typer.Argument(help="Where to send, as https://example.com/hook.")],
    *,
    event: Annotated[
        list[str] | None, typer.Option("--event", help="Only this event; may be repeated. By default all.")
    ] = None,
    as_json: options.Json = False,
) -> None:
    """Tell a program what happens. The secret that signs the requests is shown once.

    \b
    Example:
      kefu webhooks add https://example.com/hook --event handoff.opened --event sla.breached
    """
    endpoint, secret = open_container().desk.outbox.add(url, events=event or ())
    if as_json:
        emit_json({**endpoint.to_dict(), "secret": secret})
        return
    emit(f"{endpoint.endpoint_id}  {secret}")
    note("Keep the secret now: it checks the signature (standardwebhooks.com). `kefu webhooks test` sends a first one.")


@group.command("remove")
def remove(endpoint_id: EndpointId, *, as_json: options.Json = False) -> None:
    """Tell it nothing any more.

    \b
    Example:
      kefu webhooks remove 5c2f0b1d9e77
    """
    open_container().desk.outbox.remove(endpoint_id)
    emit_json({"endpoint_id": endpoint_id, "removed": True}) if as_json else emit(f"Removed {endpoint_id}.")


@group.command("test")
def send_test(endpoint_id: EndpointId, *, as_json: options.Json = False) -> None:
    """Send an event `webhook.test` now and say how it was taken.

    \b
    Example:
      kefu webhooks test 5c2f0b1d9e77
    """
    from app.webhooks import TEST_EVENT

    desk = open_container().desk
    delivery_id = desk.outbox.queue(endpoint_id, TEST_EVENT, {"text": "你好 / hello"})
    attempt = desk.dispatcher.send_now(delivery_id)
    if as_json:
        emit_json({"delivery_id": delivery_id, "delivered": attempt.is_taken, "status": attempt.status})
    else:
        emit(f"Taken in {attempt.took_ms} ms." if attempt.is_taken else f"Not taken: {attempt.error}.")
    if not attempt.is_taken:
        raise typer.Exit(FAILED)


@group.command("log")
def log(
    *,
    endpoint_id: Annotated[str | None, typer.Option("--webhook", metavar="ID", help="Only of this one.")] = None,
    last: Annotated[int, typer.Option("--last", min=1, max=1000, help="How many, newest first.")] = 20,
    as_json: options.Json = False,
) -> None:
    """List the newest deliveries and how often each was tried.

    \b
    Example:
      kefu webhooks log --last 5
    """
    found = open_container().desk.outbox.log(endpoint_id=endpoint_id, limit=last)
    if as_json:
        emit_json(found)
    elif not found:
        emit("Nothing was sent yet.")
    else:
        rows = [
            (
                line["created_at"][:19],
                line["event"],
                line["endpoint_id"],
                line["state"],
                len(line["attempts"]),
                (line["attempts"][-1]["error"] or line["attempts"][-1]["status"]) if line["attempts"] else "-",
            )
            for line in found
        ]
        emit_table(("written (UTC)", "event", "webhook", "state", "attempts", "last"), rows)
