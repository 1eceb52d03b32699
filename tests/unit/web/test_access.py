from __future__ import annotations

from collections.abc import Callable

import pytest
from fastapi.testclient import TestClient

from app.web.services import Limits

MakeClient = Callable[..., TestClient]

ROUTES = [
    ("POST", "/v1/chat", "chat"),
    ("POST", "/v1/chat/completions", "chat"),
    ("POST", "/v1/chat/pictures", "chat"),
    ("POST", "/v1/chat/voice", "chat"),
    ("GET", "/v1/chat/media", "chat"),
    ("POST", "/v1/audio/transcriptions", "chat"),
    ("GET", "/v1/models", "chat"),
    ("GET", "/v1/status", "chat"),
    ("GET", "/v1/passages/returns.md%231", "chat"),
    ("POST", "/v1/feedback", "chat"),
    ("POST", "/v1/search", "search"),
    ("POST", "/v1/admin/documents", "admin"),
    ("GET", "/v1/admin/documents", "admin"),
    ("GET", "/v1/admin/documents/returns.md", "admin"),
    ("DELETE", "/v1/admin/documents/returns.md", "admin"),
    ("POST", "/v1/admin/ingest", "admin"),
    ("GET", "/v1/admin/jobs", "admin"),
    ("GET", "/v1/admin/jobs/x", "admin"),
    ("POST", "/v1/events", "admin"),
    ("GET", "/v1/recommendations", "admin"),
    ("GET", "/v1/admin/recommendations/effect", "admin"),
    ("GET", "/v1/admin/recommendations/models", "admin"),
    ("GET", "/v1/admin/learning", "admin"),
    ("GET", "/v1/admin/recommendations/rules", "admin"),
    ("PUT", "/v1/admin/recommendations/rules/x", "admin"),
    ("GET", "/v1/admin/recommendations/try", "admin"),
    ("POST", "/v1/admin/recommendations/models/x/activate", "admin"),
    ("GET", "/v1/admin/generations", "admin"),
    ("GET", "/v1/admin/conflicts", "admin"),
    ("POST", "/v1/admin/conflicts", "admin"),
    ("GET", "/v1/admin/calibration", "admin"),
    ("POST", "/v1/admin/generations/x/activate", "admin"),
    ("GET", "/v1/admin/feedback", "admin"),
    ("GET", "/v1/surveys/x", "chat"),
    ("POST", "/v1/surveys/x", "chat"),
    ("POST", "/v1/citations/opened", "chat"),
    ("GET", "/v1/admin/metrics", "admin"),
    ("GET", "/v1/admin/metrics.csv", "admin"),
    ("GET", "/v1/admin/metrics/definitions", "admin"),
    ("GET", "/v1/admin/metrics/csat/rows", "admin"),
    ("GET", "/v1/admin/metrics/csat/rows.csv", "admin"),
    ("POST", "/v1/admin/events/orders", "admin"),
    ("GET", "/v1/admin/warehouse/stock", "admin"),
    ("POST", "/v1/admin/warehouse/stock", "admin"),
    ("GET", "/v1/admin/warehouse/forecast/SL-1", "admin"),
    ("GET", "/v1/admin/warehouse/signals", "admin"),
    ("POST", "/v1/admin/warehouse/signals/read", "admin"),
    ("GET", "/v1/admin/warehouse/picking", "admin"),
    ("POST", "/v1/admin/warehouse/picking/plan", "admin"),
    ("GET", "/v1/admin/warehouse/picking/plan", "admin"),
    ("POST", "/v1/admin/warehouse/picking/own", "admin"),
    ("GET", "/v1/admin/warehouse/picking/sheet", "admin"),
    ("GET", "/v1/admin/warehouse/deliveries", "admin"),
    ("POST", "/v1/admin/warehouse/deliveries", "admin"),
    ("POST", "/v1/admin/warehouse/deliveries/due", "admin"),
    ("GET", "/v1/admin/warehouse/deliveries/x", "admin"),
    ("POST", "/v1/admin/warehouse/deliveries/x/changes", "admin"),
    ("GET", "/v1/admin/copy/channels", "admin"),
    ("GET", "/v1/admin/copy/products", "admin"),
    ("POST", "/v1/admin/copy", "admin"),
    ("POST", "/v1/admin/copy/check", "admin"),
    ("GET", "/v1/admin/copy", "admin"),
    ("GET", "/v1/admin/copy/effect", "admin"),
    ("POST", "/v1/admin/copy/outcomes", "admin"),
    ("GET", "/v1/admin/copy/x", "admin"),
    ("PUT", "/v1/admin/copy/x", "admin"),
    ("POST", "/v1/admin/copy/x/approve", "admin"),
    ("POST", "/v1/admin/copy/x/reject", "admin"),
    ("POST", "/v1/admin/copy/x/publish", "admin"),
    ("POST", "/v1/admin/copy/x/reopen", "admin"),
    ("POST", "/v1/admin/warehouse/notes", "admin"),
    ("GET", "/v1/admin/warehouse/notes/reviews", "admin"),
    ("POST", "/v1/admin/warehouse/notes/reviews/x", "admin"),
    ("GET", "/v1/admin/experiments", "admin"),
    ("POST", "/v1/admin/experiments", "admin"),
    ("POST", "/v1/admin/experiments/power", "admin"),
    ("GET", "/v1/admin/experiments/x", "admin"),
    ("POST", "/v1/admin/experiments/x/stop", "admin"),
    ("GET", "/v1/admin/models", "admin"),
    ("GET", "/v1/admin/models/x", "admin"),
    ("GET", "/v1/admin/models/x/card", "admin"),
    ("POST", "/v1/admin/models/x/promote", "admin"),
    ("POST", "/v1/admin/models/x/canary", "admin"),
    ("POST", "/v1/admin/models/x/reject", "admin"),
    ("POST", "/v1/admin/models/serving/x/rollback", "admin"),
    ("GET", "/v1/admin/reports", "admin"),
    ("POST", "/v1/admin/reports", "admin"),
    ("GET", "/v1/admin/reports/x/y", "admin"),
    ("GET", "/v1/admin/gaps", "admin"),
    ("POST", "/v1/admin/gaps/mine", "admin"),
    ("GET", "/v1/admin/gaps/x", "admin"),
    ("POST", "/v1/admin/gaps/x/draft", "admin"),
    ("POST", "/v1/admin/gaps/x/approve", "admin"),
    ("POST", "/v1/admin/gaps/x/publish", "admin"),
    ("POST", "/v1/admin/gaps/x/dismiss", "admin"),
    ("GET", "/v1/admin/questions", "admin"),
    ("GET", "/v1/receipts", "admin"),
    ("GET", "/v1/receipts/x", "admin"),
    ("GET", "/v1/receipts/x/explanation", "admin"),
    ("DELETE", "/v1/receipts/x", "admin"),
    ("GET", "/v1/customers/C1/profile", "admin"),
    ("PUT", "/v1/customers/C1/profile", "admin"),
    ("DELETE", "/v1/customers/C1/profile", "admin"),
    ("GET", "/v1/customers/C1/profile/export", "admin"),
    ("DELETE", "/v1/customers/C1/profile/notes/x", "admin"),
    ("POST", "/v1/admin/keys", "admin"),
    ("GET", "/v1/admin/keys", "admin"),
    ("DELETE", "/v1/admin/keys/x", "admin"),
    ("GET", "/v1/conversations/x/messages", "chat"),
    ("GET", "/v1/conversations/x/events", "chat"),
    ("POST", "/v1/conversations/x/survey", "chat"),
    ("GET", "/v1/admin/conversations", "admin"),
    ("DELETE", "/v1/admin/conversations/x", "admin"),
    ("DELETE", "/v1/admin/customers/x/conversations", "admin"),
    ("GET", "/v1/admin/handoff/settings", "admin"),
    ("PUT", "/v1/admin/handoff/settings", "admin"),
    ("GET", "/v1/agent/inbox", "agent"),
    ("GET", "/v1/agent/events", "agent"),
    ("GET", "/v1/agent/presence", "agent"),
    ("POST", "/v1/agent/presence", "agent"),
    ("GET", "/v1/agent/canned", "agent"),
    ("GET", "/v1/agent/canned/x", "agent"),
    ("PUT", "/v1/agent/canned/x", "agent"),
    ("DELETE", "/v1/agent/canned/x", "agent"),
    ("GET", "/v1/agent/conversations/x", "agent"),
    ("POST", "/v1/agent/conversations/x/assign", "agent"),
    ("POST", "/v1/agent/conversations/x/release", "agent"),
    ("POST", "/v1/agent/conversations/x/reply", "agent"),
    ("POST", "/v1/agent/conversations/x/note", "agent"),
    ("POST", "/v1/agent/conversations/x/label", "agent"),
    ("POST", "/v1/agent/conversations/x/resolve", "agent"),
    ("POST", "/v1/agent/conversations/x/reopen", "agent"),
    ("POST", "/v1/agent/conversations/x/suggest", "agent"),
    ("GET", "/v1/admin/passages?document_id=returns.md", "admin"),
    ("GET", "/v1/admin/cases", "admin"),
    ("POST", "/v1/admin/cases", "admin"),
    ("DELETE", "/v1/admin/cases/x", "admin"),
    ("GET", "/v1/admin/edits", "admin"),
    ("GET", "/v1/admin/evaluations", "admin"),
    ("GET", "/v1/admin/evaluations/compare?first=a&second=b", "admin"),
    ("GET", "/v1/admin/evaluations/x", "admin"),
    ("GET", "/v1/admin/flows", "admin"),
    ("GET", "/v1/admin/settings", "admin"),
    ("GET", "/v1/admin/health", "admin"),
    ("GET", "/v1/admin/widget", "admin"),
]
OPEN = {"/livez", "/readyz", "/metrics", "/", "/v1/session", "/openapi.json", "/static"}
OPEN |= {"/v1/console/session", "/v1/widget/session"}  # who comes in shows a key, or is on an allowed site


def test_every_route_is_in_the_table_above(make_client: MakeClient) -> None:
    paths = make_client().get("/openapi.json").json()["paths"]
    documented = {(method.upper(), path) for path, methods in paths.items() for method in methods}

    closed = {(method, path) for method, path in documented if path not in OPEN}

    assert len(closed) == len(ROUTES)


@pytest.mark.parametrize(("method", "path", "scope"), ROUTES)
def test_route_needs_its_scope(make_client: MakeClient, method: str, path: str, scope: str) -> None:
    other = {"chat": "search", "search": "chat", "agent": "chat", "admin": "agent"}[scope]

    without = make_client().request(method, path, json={})
    wrong = make_client(other).request(method, path, json={})

    assert (without.status_code, without.json()["code"]) == (401, "key_missing")
    assert without.headers["www-authenticate"] == "Bearer"
    assert (wrong.status_code, wrong.json()["code"]) == (403, "scope_missing")


@pytest.mark.parametrize("header", ["Bearer kefu_wrong", "Bearer ", "Basic abc", "kefu_abc"])
def test_wrong_key_is_a_problem(make_client: MakeClient, header: str) -> None:
    reply = make_client().get("/v1/models", headers={"Authorization": header})

    assert reply.status_code == 401
    assert reply.json()["code"] in {"key_missing", "key_unknown"}


def test_page_works_without_a_key_for_chat_and_search_only(make_client: MakeClient) -> None:
    client = make_client()
    cookie = client.get("/").headers["set-cookie"]

    assert "HttpOnly" in cookie
    assert "SameSite=strict" in cookie
    assert client.post("/v1/chat", json={"message": "退货"}).status_code == 200
    assert client.post("/v1/search", json={"query": "退货"}).status_code == 200
    assert client.get("/v1/admin/jobs").json()["code"] == "scope_missing"


@pytest.mark.parametrize("headers", [{"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://elsewhere.example"}])
def test_session_of_the_page_is_no_use_to_another_site(make_client: MakeClient, headers: dict[str, str]) -> None:
    client = make_client()
    client.get("/")

    reply = client.post("/v1/chat", json={"message": "退货"}, headers=headers)

    assert (reply.status_code, reply.json()["code"]) == (403, "origin_foreign")


def test_page_that_is_not_public_gives_no_session(make_client: MakeClient) -> None:
    client = make_client(public_chat=False)

    assert "set-cookie" not in client.get("/").headers
    assert client.post("/v1/session").status_code == 401
    assert client.post("/v1/chat", json={"message": "退货"}).status_code == 401


def test_caller_that_asks_too_often_is_told_when_to_come_back(make_client: MakeClient) -> None:
    client = make_client("chat", limits=Limits(requests_per_minute=2))

    replies = [client.get("/v1/models") for _ in range(3)]

    assert [reply.status_code for reply in replies] == [200, 200, 429]
    assert replies[2].json()["code"] == "rate_exceeded"
    assert 1 <= int(replies[2].headers["retry-after"]) <= 60


def test_labels_of_the_key_decide_which_passages_it_sees(make_client: MakeClient) -> None:
    outside, inside = make_client("search", "chat"), make_client("search", "chat", access=("staff",))

    seen = [
        {hit["document_id"] for hit in c.post("/v1/search", json={"query": "折扣"}).json()["hits"]}
        for c in (outside, inside)
    ]

    assert seen == [{"returns.md", "refund.md"}, {"returns.md", "refund.md", "staff.md"}]
    assert outside.get("/v1/passages/staff.md%231").json()["code"] == "passage_not_found"
    assert inside.get("/v1/passages/staff.md%231").json()["text"] == "内部折扣为八折。"


def test_service_answers_under_its_own_names_only(make_client: MakeClient) -> None:
    client = make_client(allowed_hosts=("127.0.0.1", "localhost", "[::1]"))

    def status(host: str) -> int:
        return client.get("/livez", headers={"Host": host}).status_code

    assert [status(host) for host in ("127.0.0.1:8620", "localhost", "[::1]:8620")] == [200, 200, 200]
    assert [status(host) for host in ("evil.example", "localhost.evil.example:80", "[::2]")] == [421, 421, 421]


def test_key_made_over_http_works_until_it_is_revoked(make_client: MakeClient) -> None:
    client = make_client("admin")
    token = client.post("/v1/admin/keys", json={"name": "site", "scopes": ["chat"]}).json()["token"]
    bearer = {"Authorization": f"Bearer {token}"}
    assert client.get("/v1/models", headers=bearer).status_code == 200

    (key_id,) = [key["key_id"] for key in client.get("/v1/admin/keys").json()["keys"] if key["name"] == "site"]

    assert client.delete(f"/v1/admin/keys/{key_id}").status_code == 204
    assert client.get("/v1/models", headers=bearer).status_code == 401
    assert client.delete(f"/v1/admin/keys/{key_id}").json()["code"] == "key_not_found"
    reply = client.post("/v1/admin/keys", json={"name": "x", "scopes": ["chat"], "access": ["a,b"]})
    assert (reply.status_code, reply.json()["code"]) == (422, "request_invalid")
