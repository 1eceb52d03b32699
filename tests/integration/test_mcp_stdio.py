"""The MCP server as another process, over its standard input and output."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from mcp.client.client import Client
from mcp.client.stdio import StdioServerParameters, stdio_client

ROOT = Path(__file__).parents[2]
SERVER = """
import sys
from pathlib import Path
from app.actions import ActionGate
from app.database import Database
from app.mcp import SupportServer, serve_stdio
from app.policy import Policy, read_rules
from tests.fakes import FakeAssistant, answer_of, passage
from tests.shop_of_spruce import NOW, shop

policy, database = Policy(read_rules(Path("policies/rules.yaml"))), Database.in_file(Path(sys.argv[1]))
gate = ActionGate(shop(), policy, database, now=lambda: NOW)
answer = answer_of(("签收次日起7日内可以退货。", passage("签收次日起7日内可以退货。")))
serve_stdio(SupportServer(gate, reply=FakeAssistant(answer).reply, search=lambda query: []))
"""


async def test_a_client_asks_identifies_and_returns_over_standard_input_and_output(tmp_path):
    script = tmp_path / "server.py"
    script.write_text(SERVER, encoding="utf-8")
    server = StdioServerParameters(
        command=sys.executable,
        args=[str(script), str(tmp_path / "kefu.sqlite")],
        cwd=str(ROOT),
        env={"PYTHONPATH": str(ROOT), "PATH": "/usr/bin:/bin"},
    )
    async with Client(stdio_client(server)) as client:
        answer = await client.call_tool("ask", {"question": "几天内可以退货？"})
        await client.call_tool("identify_customer", {"order_id": "SL5", "phone_tail": "0001"})
        arguments = {"order_id": "SL5", "items": ["SHIRT"], "reason": "change_of_mind"}
        asked = json.loads((await client.call_tool("return_items", arguments)).content[0].text)
        arguments["confirmation"] = asked["data"]["confirmation"]
        done = json.loads((await client.call_tool("return_items", arguments)).content[0].text)

    assert answer.content[0].text.startswith("签收次日起7日内可以退货")
    assert (asked["status"], done["status"]) == ("needs_confirmation", "done")
    assert "订单SL5" in asked["message"]["zh"]
