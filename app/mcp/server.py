"""The tools that an MCP client sees, and what each call comes to.

One server is one conversation: whoever is identified in it stays the customer until it ends. Actions go through the
same gate as everywhere; search and answers see public documents alone.
"""

from __future__ import annotations

import json
import logging
import threading
from collections.abc import Callable, Mapping
from datetime import date
from functools import partial
from importlib.metadata import version
from typing import Any

import anyio
import mcp_types as types
from mcp.server import Server
from mcp.server.context import ServerRequestContext
from mcp.server.stdio import stdio_server
from mcp.shared.exceptions import MCPError

from app.actions import ToolSession
from app.actions.openai_tools import description_of, schema_of, told
from app.actions.schemas import parameters, text
from app.domain import Answer, Turn
from app.domain.action import Actions
from app.retrieval.retriever import Retrieved
from index.errors import KefuError
from index.types import Query

logger = logging.getLogger(__name__)

_MOST_TEXT = 4000
_MOST_HITS = 20
_INSTRUCTIONS = (
    "Customer support of one shop. `ask` answers questions from the shop's own documents, each sentence cited and "
    "checked; pass it on as it is. Anything about a customer's own orders needs identify_customer first. A change is "
    "described first and made only when it is called again with the confirmation that came back, after the customer "
    "has agreed."
)
_LOOK_UP = (
    types.Tool(
        name="ask",
        description="Answer a question from the shop's documents, with citations; it says so when they do not tell.",
        input_schema=parameters(
            "question", question=text("The question, in Chinese or English"), language=text("Of the reply", "zh", "en")
        ),
        annotations=types.ToolAnnotations(read_only_hint=True, open_world_hint=False),
    ),
    types.Tool(
        name="search",
        description="Find passages of the shop's documents: policies, manuals, products.",
        input_schema=parameters(
            "query",
            query=text("What to look for"),
            top={"type": "integer", "minimum": 1, "maximum": _MOST_HITS, "description": "Passages at most; 5"},
        ),
        annotations=types.ToolAnnotations(read_only_hint=True, open_world_hint=False),
    ),
)


class SupportServer:
    """Tools over one gate, one source of answers and one index."""

    def __init__(
        self,
        gate: Actions,
        *,
        reply: Callable[[Turn], Answer],
        search: Callable[[Query], list[Retrieved]],
        client: str = "stdio",
        customer_id: str | None = None,
        today: Callable[[], date] = date.today,
    ) -> None:
        """Nothing is served yet.

        Args:
            gate: does the actions.
            reply: answers a question.
            search: finds passages.
            client: who is served, for the audit.
            customer_id: whom it is about, where whoever starts the server knows; else they are identified in it.
            today: the present day, for rules in force.
        """
        self._reply, self._search, self._today = reply, search, today
        self._session = ToolSession(gate, actor=f"mcp:{client}", customer_id=customer_id)
        self._specs = {spec.name: spec for spec in gate.specs()}
        self._lock = threading.Lock()
        self.server: Server[dict[str, Any]] = Server(
            "kefu",
            version=version("kefu"),
            instructions=_INSTRUCTIONS,
            on_list_tools=self._list,
            on_call_tool=self._call,
        )

    def tools(self) -> list[types.Tool]:
        """All of them."""
        actions = [
            types.Tool(
                name=spec.name,
                description=description_of(spec),
                input_schema=schema_of(spec),
                annotations=types.ToolAnnotations(
                    read_only_hint=not spec.is_write,
                    destructive_hint=spec.is_write,
                    idempotent_hint=True,
                    open_world_hint=False,
                ),
            )
            for spec in self._specs.values()
        ]
        return [*_LOOK_UP, *actions]

    async def _list(
        self, _: ServerRequestContext[dict[str, Any]], __: types.PaginatedRequestParams | None
    ) -> types.ListToolsResult:
        return types.ListToolsResult(tools=self.tools())

    async def _call(
        self, _: ServerRequestContext[dict[str, Any]], params: types.CallToolRequestParams
    ) -> types.CallToolResult:
        if params.name not in self._specs and params.name not in ("ask", "search"):
            raise MCPError(types.INVALID_PARAMS, f"There is no tool {params.name!r}.")
        # A thread, for it computes and waits for databases; one at a time, for it is one conversation.
        return await anyio.to_thread.run_sync(partial(self._done, params.name, params.arguments or {}))

    def _done(self, name: str, arguments: Mapping[str, Any]) -> types.CallToolResult:
        with self._lock:
            try:
                if name == "ask":
                    return self._asked(arguments)
                if name == "search":
                    return self._found(arguments)
                outcome = self._session.call(name, arguments)
                return _result(told(outcome), outcome.to_dict(), is_error=outcome.status == "failed")
            except KefuError as error:
                return _result(error.message, {"code": error.code, "message": error.message}, is_error=True)

    def _asked(self, arguments: Mapping[str, Any]) -> types.CallToolResult:
        question = arguments.get("question")
        if not isinstance(question, str) or not question.strip():
            return _result("`question` has to be a text.", {"code": "question_empty"}, is_error=True)
        language = arguments.get("language")
        answer = self._reply(Turn(question, language=language if language in ("zh", "en") else None))
        body = answer.to_dict()
        sources = [
            f"[{citation['marker']}] {citation['title']} ({citation['document_id']}): {citation['quote']}"
            for citation in body["citations"]
        ]
        return _result("\n".join([body["text"], *sources]), body)

    def _found(self, arguments: Mapping[str, Any]) -> types.CallToolResult:
        query, top = arguments.get("query"), arguments.get("top", 5)
        if not isinstance(query, str) or not query.strip() or len(query) > _MOST_TEXT:
            message = f"`query` has to be a text of 1 to {_MOST_TEXT} characters."
            return _result(message, {"code": "query_invalid"}, is_error=True)
        if isinstance(top, bool) or not isinstance(top, int) or not 1 <= top <= _MOST_HITS:
            message = f"`top` has to be a whole number from 1 to {_MOST_HITS}."
            return _result(message, {"code": "query_invalid"}, is_error=True)
        found = self._search(Query(text=query.strip(), top=top, as_of=self._today()))
        hits = [
            {
                "passage_id": item.passage.passage_id,
                "document_id": item.passage.document_id,
                "title": item.passage.title,
                "text": item.passage.text,
                "score": round(item.hit.score, 6),
            }
            for item in found
        ]
        return _result(json.dumps(hits, ensure_ascii=False), {"hits": hits})


def _result(content: str, structured: Mapping[str, Any], *, is_error: bool = False) -> types.CallToolResult:
    return types.CallToolResult(
        content=[types.TextContent(type="text", text=content)],
        structured_content=dict(structured),
        is_error=is_error,
    )


def serve_stdio(support: SupportServer) -> None:
    """Serve one client over standard input and output until it goes away."""

    async def run() -> None:
        async with stdio_server() as (read, write):
            await support.server.run(read, write, support.server.create_initialization_options())

    anyio.run(run)
