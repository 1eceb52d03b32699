"""`kefu keys`: who may use the API."""

from __future__ import annotations

from typing import Annotated

import typer

from app.cli import options
from app.cli.opening import open_container
from app.cli.terminal import emit, emit_json, emit_table, note

group = typer.Typer(help="API keys: make, list, revoke.", no_args_is_help=True)


@group.command("create")
def create(
    name: Annotated[str, typer.Argument(help="What the key is for, as it will stand in the list.")],
    *,
    scope: Annotated[
        list[str] | None,
        typer.Option("--scope", help="chat, search, agent or admin; may be repeated. By default chat and search."),
    ] = None,
    access: options.Access = None,
    as_json: options.Json = False,
) -> None:
    """Make a key. It is shown once; only its hash is stored.

    \b
    Example:
      kefu keys create shop-frontend --scope chat
    """
    try:
        token = open_container().keys.create(name, scope or ["chat", "search"], access=access or [])
    except ValueError as error:
        raise typer.BadParameter(str(error), param_hint="--scope, --access") from error
    if as_json:
        emit_json({"key_id": token.split("_")[1], "name": name, "token": token})
        return
    emit(token)
    note("Keep it now: it cannot be shown again. Send it as `Authorization: Bearer …`.")


@group.command("list")
def list_keys(*, as_json: options.Json = False) -> None:
    """List the keys, revoked ones too.

    \b
    Example:
      kefu keys list
    """
    keys = open_container().keys.list()
    if as_json:
        emit_json([key.to_dict() for key in keys])
    elif not keys:
        emit("No keys yet: `kefu keys create NAME` makes one.")
    else:
        rows = [
            (
                k.key_id,
                k.name,
                " ".join(sorted(k.scopes)),
                k.created_at,
                f"revoked {k.revoked_at}" if k.revoked_at else "active",
            )
            for k in keys
        ]
        emit_table(("id", "name", "scopes", "created", "state"), rows)


@group.command("revoke")
def revoke(
    key_id: Annotated[str, typer.Argument(help="Id of the key, from the list.")], *, as_json: options.Json = False
) -> None:
    """End a key at once.

    \b
    Example:
      kefu keys revoke k3f9a2m7qx
    """
    if not open_container().keys.revoke(key_id):
        from app.security.errors import KeyUnknown

        raise KeyUnknown(f"There is no living key of id {key_id}. `kefu keys list` shows them.")
    emit_json({"key_id": key_id, "revoked": True}) if as_json else emit(f"Revoked {key_id}.")
