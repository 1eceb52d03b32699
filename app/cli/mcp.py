"""`kefu mcp`: search, answers and actions for another program's assistant, over the Model Context Protocol."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from app.cli import options
from app.cli.opening import open_container

if TYPE_CHECKING:
    from app.retrieval.retriever import Retrieved
    from index.types import Query


def mcp(
    *,
    customer: Annotated[
        str | None,
        typer.Option(
            "--customer", metavar="ID", help="Whom it is about, where you know; else they are identified by a tool."
        ),
    ] = None,
    client: Annotated[str, typer.Option("--client", metavar="NAME", help="Who is served, for the audit.")] = "stdio",
    store: options.Store = None,
    as_json: options.Json = False,  # noqa: ARG001 - it speaks JSON-RPC either way
) -> None:
    """Serve one MCP client over standard input and output: ask, search, and the actions for customers.

    \b
    Example:
      kefu mcp
      npx @modelcontextprotocol/inspector kefu mcp
    """
    from app.mcp import SupportServer, serve_stdio

    container = open_container(store)
    container.require_index()

    def search(query: Query) -> list[Retrieved]:
        with container.serving.borrow() as generation:
            return container.retriever.retrieve(query, generation)

    serve_stdio(
        SupportServer(
            container.actions,
            reply=container.remembering.reply,
            search=search,
            client=client,
            customer_id=customer,
        )
    )
