from __future__ import annotations

import json
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from app.database import Database
from app.domain.conversation import Conversation, ConversationMessage, Role
from app.domain.handoff import HandOffPacket
from app.domain.understanding import Slot
from app.handoff import CannedReplies, Suggester
from app.handoff.policy import policy_of
from app.handoff.policy_book import PolicyBook
from app.settings import HandOffSettings
from app.web.app import build_app
from app.web.services import Desk, Services
from tests.desk import WholeDesk
from tests.fakes import FakeAssistant, answer_of, passage

REFUND = passage("退款在三个工作日内原路退回。", "refund.md#1", title="退款")
RULES = {**HandOffSettings().model_dump(mode="json"), "timezone": "Asia/Shanghai", "hours": {}, "supervisors": ["boss"]}


class Site:
    """A service with a desk, and what happens around it."""

    def __init__(self, services: Services, whole: WholeDesk) -> None:
        self.services, self.whole = services, whole
        self.client = TestClient(build_app(services))
        self.client.__enter__()

    def key(self, name: str, *scopes: str) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.services.keys.create(name, scopes)}"}

    def begin(self, conversation_id: str, owner: str, *, customer_id: str | None = None) -> None:
        now = self.whole.time.now
        values: dict[str, Any] = {"language": "zh", "owner": owner, "customer_id": customer_id}
        self.whole.store.start(Conversation(conversation_id, "page", "open", now, now, **values))

    def say(self, text: str, conversation_id: str = "c1", role: Role = "customer", **data: Any) -> str:
        message_id = uuid.uuid4().hex
        message = ConversationMessage(message_id, conversation_id, role, text, self.whole.time.now, data=data)
        self.whole.store.add(message)
        return message_id

    def hand_off(self, conversation_id: str = "c1", owner: str = "page:1") -> None:
        self.begin(conversation_id, owner, customer_id="cu1")
        self.say("订单 A100 的退款什么时候到账？", conversation_id)
        slot = Slot("order_number", "A100", "A100", 3, 7)
        said = tuple(self.whole.store.messages(conversation_id))
        self.whole.desk.open(
            HandOffPacket(conversation_id, "failed", "zh", "refund_status", (slot,), said, customer_id="cu1")
        )


@pytest.fixture
def site(make_services: Callable[..., Services], tmp_path: Path) -> Iterator[Site]:
    database = Database.in_file(tmp_path / "kefu.sqlite")
    book = PolicyBook(database, RULES)
    whole = WholeDesk(database, policy_of(RULES))
    assistant = FakeAssistant(answer_of(("退款三个工作日内原路退回。", REFUND)))
    desk = Desk(
        database=database,
        conversations=whole.store,
        inbox=whole.inbox,
        clock=whole.clock,
        presence=whole.presence,
        policy=book,
        canned=CannedReplies(database),
        suggester=Suggester(whole.store, assistant),
        newest_move=whole.moves.newest,
        loads=whole.assignment.loads,
        now=whole.time,
    )
    site = Site(make_services(desk=desk, assistant=assistant), whole)
    yield site
    site.client.__exit__(None, None, None)
    database.close()


def test_an_agent_takes_answers_and_closes(site: Site) -> None:
    site.hand_off()
    li = site.key("li", "agent")

    listed = site.client.get("/v1/agent/inbox", headers=li).json()
    assert [line["conversation_id"] for line in listed["conversations"]] == ["c1"]
    assert listed["counts"]["queued"] == 1
    assert site.client.post("/v1/agent/conversations/c1/assign", headers=li).json()["agent"] == "li"
    sent = site.client.post(
        "/v1/agent/conversations/c1/reply",
        headers=li,
        json={"text": "明天到账", "request_id": "r1", "suggested": "后天"},
    )
    assert (sent.status_code, sent.json()["author"], sent.json()["data"]["is_edited"]) == (201, "li", True)
    (told,) = [data for name, data in site.whole.published if name == "message.from_agent"]
    assert (told["suggested"], told["is_edited"]) == ("后天", True)
    assert site.client.post("/v1/agent/conversations/c1/note", headers=li, json={"text": "已核实"}).status_code == 201
    labels = site.client.post("/v1/agent/conversations/c1/label", headers=li, json={"add": ["退款"]}).json()
    assert labels == {"labels": ["退款"]}
    assert site.client.post("/v1/agent/conversations/c1/resolve", headers=li).json()["state"] == "resolved"

    shown = site.client.get("/v1/agent/conversations/c1", headers=li).json()
    assert [message["role"] for message in shown["messages"]] == ["customer", "system", "agent", "note", "system"]
    slot = shown["ticket"]["packet"]["slots"][0]
    assert (slot["value"], slot["name"]) == ("A100", {"zh": "订单号", "en": "order"})
    assert shown["ticket"]["intent_name"] == {"zh": "查退款进度", "en": "refund status"}
    assert "什么时候到账" in shown["ticket"]["summary"]["zh"]
    assert [event["event"] for event in shown["trail"]] == ["opened", "assigned", "replied", "resolved"]
    assert shown["me"] == {"name": "li", "is_supervisor": False}


def test_what_cannot_be_is_a_problem_with_a_code(site: Site) -> None:
    site.hand_off()
    li, wang, boss = site.key("li", "agent"), site.key("wang", "agent"), site.key("boss", "agent")
    site.client.post("/v1/agent/conversations/c1/assign", headers=li)

    def post(path: str, headers: dict[str, str], **body: Any) -> tuple[int, str]:
        reply = site.client.post(f"/v1/agent/conversations/{path}", headers=headers, json=body)
        return reply.status_code, reply.json().get("code", "")

    assert post("c1/reply", wang, text="我来") == (409, "ticket_taken")
    assert post("c1/release", li, to="assistant") == (409, "transition_refused")
    assert post("c1/reply", li, text="  ") == (422, "agent_text_invalid")
    assert post("c1/reply", li) == (422, "request_invalid")
    assert post("never/resolve", li) == (404, "ticket_missing")
    assert post("never/note", li, text="x") == (404, "conversation_missing")
    assert post("c1/assign", boss)[0] == 200
    assert site.client.get("/v1/agent/conversations/never", headers=li).json()["code"] == "conversation_missing"
    assert site.client.get("/v1/agent/inbox?cursor=zzz", headers=li).json()["code"] == "handoff_place_invalid"


def test_the_inbox_is_searched_filtered_and_read_page_by_page(site: Site) -> None:
    li = site.key("li", "agent")
    for number in range(5):
        site.hand_off(f"c{number}")
        site.whole.time.pass_by(seconds=1)
    site.client.post("/v1/agent/conversations/c3/assign", headers=li)

    def get(query: str) -> dict[str, Any]:
        found: dict[str, Any] = site.client.get(f"/v1/agent/inbox?{query}", headers=li).json()
        return found

    first = get("limit=2")
    rest = get(f"limit=9&cursor={first['cursor']}")
    assert [line["conversation_id"] for line in first["conversations"] + rest["conversations"]] == [
        f"c{number}" for number in range(5)
    ]
    assert rest["cursor"] is None
    assert [line["conversation_id"] for line in get("mine=true")["conversations"]] == ["c3"]
    assert len(get("q=a100")["conversations"]) == 5
    assert get("q=%25")["conversations"] == []
    assert get("status=resolved")["conversations"] == []
    assert get("")["counts"] == {"queued": 4, "assigned": 1, "answered": 0, "returned": 0, "resolved": 0, "mine": 1}


def test_a_suggestion_carries_its_proof_and_is_not_sent(site: Site) -> None:
    site.hand_off()

    found = site.client.post("/v1/agent/conversations/c1/suggest", headers=site.key("li", "agent"), json={}).json()

    assert found["text"].startswith("退款三个工作日内原路退回")
    assert found["citations"][0]["quote"] == "退款在三个工作日内原路退回。"
    assert [message.role for message in site.whole.store.messages("c1")] == ["customer"]


def test_canned_replies_are_filled_in_and_say_what_is_missing(site: Site) -> None:
    site.hand_off()
    li = site.key("li", "agent")
    body = {"title": "退款时间", "zh": "您好，我是{{agent.name}}。订单{{ order.id }}的退款{{days}}天内到账。", "en": ""}

    assert site.client.put("/v1/agent/canned/Refund", headers=li, json=body).json()["shortcut"] == "refund"
    filled = site.client.get("/v1/agent/canned/refund?conversation_id=c1", headers=li).json()

    assert filled["text"] == "您好，我是li。订单A100的退款{{days}}天内到账。"
    assert filled["missing"] == ["days"]
    assert len(site.client.get("/v1/agent/canned", headers=li).json()["canned"]) == 1
    assert site.client.delete("/v1/agent/canned/refund", headers=li).status_code == 204
    assert site.client.get("/v1/agent/canned/refund", headers=li).json()["code"] == "canned_reply_missing"
    assert site.client.put("/v1/agent/canned/a b", headers=li, json=body).json()["code"] == "canned_reply_invalid"


def test_presence_brings_work_and_its_end_takes_it_back(site: Site) -> None:
    site.hand_off()
    li = site.key("li", "agent")

    beat = site.client.post("/v1/agent/presence", headers=li, json={}).json()

    assert (beat["presence"]["state"], beat["next_within_s"]) == ("online", 40.0)
    (agent,) = site.client.get("/v1/agent/presence", headers=li).json()["agents"]
    assert (agent["agent"], agent["is_there"], agent["conversations"]) == ("li", True, 1)
    site.client.post("/v1/agent/presence", headers=li, json={"state": "offline"})
    assert site.whole.state("c1") == "queued"


def test_rules_are_changed_whole_or_not_at_all(site: Site) -> None:
    admin = site.key("root", "admin")
    path = "/v1/admin/handoff/settings"

    changed = site.client.put(path, headers=admin, json={"max_failures": 2, "hours": {"mon-fri": "09:00-18:00"}}).json()
    refused = site.client.put(path, headers=admin, json={"max_failures": 5, "hours": {"someday": "9-10"}})
    unknown = site.client.put(path, headers=admin, json={"max_failure": 5})

    assert changed["changed"] == {"max_failures": 2, "hours": {"mon-fri": "09:00-18:00"}}
    assert (refused.status_code, refused.json()["code"]) == (422, "handoff_policy_invalid")
    assert "max_failures" in unknown.json()["detail"]
    assert site.client.get(path, headers=admin).json()["values"]["max_failures"] == 2
    assert site.client.put(path, headers=admin, json={"max_failures": None}).json()["values"]["max_failures"] == 3


def test_a_customer_reads_their_own_conversation_without_notes_and_inner_data(site: Site) -> None:
    site.client.get("/")
    page = site.client.app.state.web.sessions.authenticate(site.client.cookies["kefu_page"])  # type: ignore[attr-defined]
    site.hand_off(owner=page.owner)
    first = site.say("您好", role="agent", citations=[{"marker": 1}], understanding={"intent": "x"})
    site.say("内部备注", role="note")

    all_of_it = site.client.get("/v1/conversations/c1/messages").json()
    news = site.client.get(f"/v1/conversations/c1/messages?after={first}").json()

    assert [message["role"] for message in all_of_it["messages"]] == ["customer", "agent"]
    assert all_of_it["messages"][1]["data"] == {"citations": [{"marker": 1}]}
    assert all_of_it["status"] == "waiting"
    assert news["messages"] == []


def test_nobody_reads_a_conversation_of_somebody_else(site: Site) -> None:
    site.hand_off(owner="page:somebody")
    site.client.get("/")

    stranger = site.client.get("/v1/conversations/c1/messages")
    key = site.client.get("/v1/conversations/c1/messages", headers=site.key("shop", "chat"))
    agent = site.client.get("/v1/conversations/c1/messages", headers=site.key("li", "agent", "chat"))

    assert (stranger.status_code, stranger.json()["code"]) == (404, "conversation_missing")
    assert key.status_code == 404
    assert agent.status_code == 200


def test_a_page_that_renews_its_session_keeps_its_conversation(site: Site) -> None:
    site.client.get("/")
    page = site.client.app.state.web.sessions.authenticate(site.client.cookies["kefu_page"])  # type: ignore[attr-defined]
    site.hand_off(owner=page.owner)

    site.client.post("/v1/session")
    site.client.get("/")

    assert site.client.get("/v1/conversations/c1/messages").status_code == 200
    site.client.cookies.clear()
    site.client.get("/")
    assert site.client.get("/v1/conversations/c1/messages").status_code == 404


def test_the_console_lists_and_erases(site: Site) -> None:
    admin = site.key("root", "admin")
    for key in ("c1", "c2"):
        site.hand_off(key)
        site.whole.time.pass_by(seconds=1)
    site.say("蓝色的杯子", "c2", role="agent")

    def ids(query: str) -> list[str]:
        found = site.client.get(f"/v1/admin/conversations?{query}", headers=admin).json()["conversations"]
        return [line["conversation_id"] for line in found]

    assert ids("") == ["c2", "c1"]
    assert ids("q=蓝色") == ["c2"]
    assert ids("status=open") == []
    assert ids("since=2026-11-23T10:00:01%2B08:00") == ["c2"]
    assert site.client.delete("/v1/admin/conversations/c1", headers=admin).status_code == 204
    assert site.client.delete("/v1/admin/conversations/c1", headers=admin).status_code == 404
    assert site.client.delete("/v1/admin/customers/cu1/conversations", headers=admin).json() == {"erased": 1}
    assert site.client.get("/v1/agent/inbox", headers=admin).json()["conversations"] == []


def test_without_a_desk_it_is_told_so(make_client: Callable[..., TestClient]) -> None:
    reply = make_client("agent").get("/v1/agent/inbox")

    assert (reply.status_code, reply.json()["code"]) == (404, "desk_off")


def test_events_are_json_of_one_line() -> None:
    from app.web.sse import frame

    data = frame({"text": "a\nb"}, event="message").splitlines()[1].removeprefix("data: ")

    assert json.loads(data) == {"text": "a\nb"}
