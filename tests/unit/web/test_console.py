from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from fastapi.testclient import TestClient

from app.web.services import Limits, Services

MakeClient = Callable[..., TestClient]
HEADER = "X-Kefu-Console"


@pytest.fixture
def signed_in(make_client: MakeClient, make_services: Callable[..., Services]) -> Callable[..., tuple[TestClient, Any]]:
    def make(*scopes: str, **fields: Any) -> tuple[TestClient, Any]:
        services = make_services(**fields)
        token = services.keys.create("Li", scopes)
        client = make_client(keys=services.keys, **fields)
        reply = client.post("/v1/console/session", json={"key": f" {token} "})
        assert reply.status_code == 200
        return client, reply

    return make


def test_the_shell_is_served_to_anybody_and_holds_nothing(make_client: MakeClient) -> None:
    reply = make_client(public_chat=False).get("/console")

    assert reply.status_code == 200
    assert "set-cookie" not in reply.headers
    assert "unsafe" not in reply.headers["content-security-policy"]
    assert make_client().get("/console/").status_code == 200


def test_a_key_becomes_a_session_that_scripts_cannot_read(signed_in: Callable[..., Any]) -> None:
    client, reply = signed_in("admin")

    cookie = reply.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=strict" in cookie
    assert "kefu_" not in cookie.split("=", 1)[1].split(";")[0].split(".")[0]
    body = reply.json()
    assert (body["name"], body["scopes"]) == ("Li", ["chat", "search", "agent", "admin"])
    assert client.get("/v1/admin/keys", headers={HEADER: body["request_token"]}).status_code == 200


def test_the_cookie_alone_opens_nothing(signed_in: Callable[..., Any]) -> None:
    client, _ = signed_in("admin")

    assert client.get("/v1/admin/keys").json()["code"] == "key_missing"
    assert client.get("/v1/admin/keys", headers={HEADER: "x"}).json()["code"] == "key_unknown"


@pytest.mark.parametrize("headers", [{"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://elsewhere.example"}])
def test_another_site_can_neither_sign_in_nor_use_a_session(
    signed_in: Callable[..., Any], headers: dict[str, str]
) -> None:
    client, reply = signed_in("admin")
    token = {HEADER: reply.json()["request_token"]}

    replies = [
        client.get("/v1/admin/keys", headers={**headers, **token}),
        client.get("/v1/console/session", headers=headers),
        client.post("/v1/console/session", json={"key": "kefu_x"}, headers=headers),
        client.delete("/v1/console/session", headers=headers),
    ]

    assert [reply.json()["code"] for reply in replies] == ["origin_foreign"] * 4


def test_a_session_may_do_what_its_key_may(signed_in: Callable[..., Any]) -> None:
    client, reply = signed_in("search")
    token = {HEADER: reply.json()["request_token"]}

    assert client.post("/v1/search", json={"query": "退货"}, headers=token).status_code == 200
    assert client.get("/v1/admin/keys", headers=token).json()["code"] == "scope_missing"


def test_revoking_the_key_ends_the_session(signed_in: Callable[..., Any]) -> None:
    client, reply = signed_in("admin")
    token = {HEADER: reply.json()["request_token"]}

    assert client.delete(f"/v1/admin/keys/{reply.json()['key_id']}", headers=token).status_code == 204

    assert client.get("/v1/admin/keys", headers=token).json()["code"] == "key_unknown"
    assert client.get("/v1/console/session").json() is None


def test_a_reload_finds_the_session_and_signing_out_ends_it(signed_in: Callable[..., Any]) -> None:
    client, reply = signed_in("agent")

    assert client.get("/v1/console/session").json() == reply.json()
    assert client.delete("/v1/console/session").status_code == 204
    assert client.get("/v1/console/session").json() is None


def test_a_wrong_key_is_refused_and_guessing_is_slowed_down(make_client: MakeClient) -> None:
    client = make_client(limits=Limits(requests_per_minute=2))

    codes = [client.post("/v1/console/session", json={"key": "kefu_wrong"}).json()["code"] for _ in range(3)]

    assert codes == ["key_unknown", "key_unknown", "rate_exceeded"]


def test_settings_and_checks_are_told_to_admins(make_client: MakeClient) -> None:
    row = {"name": "home", "value": "var", "source": "default", "variable": "KEFU_HOME"}
    check = {"what": "disk", "state": "ok", "found": "5 GiB free", "todo": ""}
    client = make_client("admin", settings=lambda: [row], checks=lambda: [check])

    assert client.get("/v1/admin/settings").json() == {"settings": [row]}
    assert client.get("/v1/admin/health").json() == {"checks": [check]}


def test_passages_of_a_document_come_in_parts(make_client: MakeClient) -> None:
    client = make_client("admin")

    found = client.get("/v1/admin/passages", params={"document_id": "returns.md", "limit": 1}).json()

    assert (found["total"], [item["text"] for item in found["passages"]]) == (1, ["签收后七日内可以无理由退货。"])
    assert client.get("/v1/admin/passages", params={"document_id": "returns.md", "offset": 5}).json()["passages"] == []
    assert client.get("/v1/admin/passages?document_id=none").json()["code"] == "document_not_found"


def test_documents_are_found_by_words_of_their_name(make_client: MakeClient) -> None:
    client = make_client("admin")

    found = client.get("/v1/admin/documents", params={"q": " REFUND "}).json()

    assert [row["document_id"] for row in found["documents"]] == ["refund.md"]
    assert found["total"] == 1


def test_a_preview_is_a_job_of_its_own(make_client: MakeClient) -> None:
    job = make_client("admin").post("/v1/admin/ingest", json={"dry_run": True}).json()["job"]

    assert job["kind"] == "preview"


def test_without_dialogues_the_route_says_so(make_client: MakeClient) -> None:
    reply = make_client("admin").get("/v1/admin/flows")

    assert (reply.status_code, reply.json()["code"]) == (404, "flows_missing")
