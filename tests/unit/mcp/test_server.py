"""The MCP server, asked by the protocol's own client within this process."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from mcp import MCPError
from mcp.client.client import Client

from app.actions import ActionGate
from app.database import Database
from app.mcp import SupportServer
from app.policy import Policy, read_rules
from app.retrieval.retriever import Retrieved
from index.errors import StoreMissing
from index.types import Hit
from tests.fakes import FakeAssistant, answer_of, passage
from tests.shop_of_spruce import NOW, shop

RULES = Path(__file__).parents[3] / "policies" / "rules.yaml"
RETURNS = passage("签收次日起7日内可以退货。")


class Serving:
    def __init__(self, folder: Path) -> None:
        self.shop = shop()
        gate = ActionGate(
            self.shop, Policy(read_rules(RULES)), Database.in_file(folder / "kefu.sqlite"), now=lambda: NOW
        )
        self.queries = []
        self.assistant = FakeAssistant(answer_of(("签收次日起7日内可以退货。", RETURNS)))
        self.gate = gate
        self.support = SupportServer(
            gate, reply=self.assistant.reply, search=self.search, client="test", today=lambda: NOW.date()
        )

    def search(self, query):
        self.queries.append(query)
        return [Retrieved(RETURNS, Hit(RETURNS.passage_id, 0.5))]


@pytest.fixture
def serving(tmp_path: Path) -> Serving:
    return Serving(tmp_path)


@pytest.fixture(params=["legacy", "auto"])
def mode(request: pytest.FixtureRequest) -> str:
    """By JSON-RPC streams with a handshake, and by the newer protocol."""
    return str(request.param)


def body(result) -> dict[str, object]:
    (block,) = result.content
    return json.loads(block.text)


async def test_every_action_is_a_tool_beside_ask_and_search(serving, mode):
    async with Client(serving.support.server, mode=mode) as client:
        tools = {tool.name: tool for tool in (await client.list_tools()).tools}

    assert {"ask", "search", "identify_customer", "order_status", "cancel_order"} <= set(tools)
    assert len(tools) == 21
    assert tools["order_status"].annotations.read_only_hint is True
    assert tools["cancel_order"].annotations.destructive_hint is True
    assert "confirmation" in tools["cancel_order"].input_schema["properties"]


async def test_a_question_is_answered_with_its_sources(serving, mode):
    async with Client(serving.support.server, mode=mode) as client:
        result = await client.call_tool("ask", {"question": "几天内可以退货？", "language": "zh"})

    assert result.is_error is False
    assert "[1] 退货政策 (returns.md): 签收次日起7日内可以退货。" in result.content[0].text
    assert result.structured_content["citations"][0]["document_id"] == "returns.md"


async def test_search_sees_public_documents_in_force(serving):
    async with Client(serving.support.server) as client:
        result = await client.call_tool("search", {"query": " 退货 ", "top": 3})

    assert result.structured_content["hits"][0]["passage_id"] == RETURNS.passage_id
    (query,) = serving.queries
    assert (query.text, query.top, query.as_of, query.access) == ("退货", 3, NOW.date(), frozenset())


async def test_an_order_is_cancelled_after_identity_and_a_yes(serving, mode):
    async with Client(serving.support.server, mode=mode) as client:
        stranger = await client.call_tool("cancel_order", {"order_id": "SL2"})
        await client.call_tool("identify_customer", {"phone": "13800000001"})
        asked = body(await client.call_tool("cancel_order", {"order_id": "SL2"}))
        confirmed = {"order_id": "SL2", "confirmation": asked["data"]["confirmation"]}
        done = await client.call_tool("cancel_order", confirmed)
        again = await client.call_tool("cancel_order", confirmed)

    assert body(stranger)["status"] == "needs_identity"
    assert body(done)["status"] == "done"
    assert again.structured_content == done.structured_content
    assert serving.shop.orders["SL2"].status == "cancelled"
    assert len(serving.shop.changes) == 1
    assert {entry.actor for entry in serving.gate.ledger.entries()} == {"mcp:test"}


async def test_a_made_up_confirmation_and_another_customers_order_do_nothing(serving):
    async with Client(serving.support.server) as client:
        await client.call_tool("identify_customer", {"email": "emma.smith@example.com"})
        made_up = await client.call_tool("cancel_order", {"order_id": "SX1", "confirmation": "yes"})
        foreign = await client.call_tool("order_status", {"order_id": "SL2"})
        other = await client.call_tool("identify_customer", {"phone": "13800000001"})

    assert [body(result)["status"] for result in (made_up, foreign, other)] == ["refused"] * 3
    assert "王小雨" not in json.dumps(
        [made_up.structured_content, foreign.structured_content, other.structured_content]
    )
    assert serving.shop.changes == []


@pytest.mark.parametrize(
    ("tool", "arguments"),
    [
        ("ask", {}),
        ("ask", {"question": "  "}),
        ("ask", {"question": 3}),
        ("search", {"query": ""}),
        ("search", {"query": "退货", "top": 0}),
        ("search", {"query": "退货", "top": True}),
        ("search", {"query": "x" * 5000}),
    ],
)
async def test_bad_input_is_one_clear_error(serving, tool, arguments):
    async with Client(serving.support.server) as client:
        result = await client.call_tool(tool, arguments)

    assert result.is_error is True
    assert result.content[0].text.endswith(".")


async def test_an_index_that_is_not_there_is_told_and_a_tool_that_is_not_there_refused(serving):
    def missing(query):
        raise StoreMissing("There is no index yet. Run `kefu ingest PATH`.")

    serving.support._search = missing
    async with Client(serving.support.server) as client:
        result = await client.call_tool("search", {"query": "退货"})
        with pytest.raises(MCPError, match="no tool"):
            await client.call_tool("drop_tables", {})

    assert (result.is_error, result.structured_content["code"]) == (True, "store_missing")
