from __future__ import annotations

import gzip
from collections.abc import Callable
from typing import Any

import pytest
from fastapi.testclient import TestClient

from app.security.widget_session import WidgetSessions
from app.web.services import WidgetPolicy

MakeClient = Callable[..., TestClient]
SHOP = {"Origin": "https://shop.example"}
POLICY = WidgetPolicy(origins=("https://shop.example",), identity_secret="key")


def session(client: TestClient, headers: dict[str, str] = SHOP, **body: Any) -> Any:
    return client.post("/v1/widget/session", json=body, headers=headers)


def bearer(client: TestClient, **body: Any) -> dict[str, str]:
    return {**SHOP, "Authorization": f"Bearer {session(client, **body).json()['token']}"}


def test_the_script_is_one_small_file_that_any_page_may_load(make_client: MakeClient) -> None:
    client = make_client()

    reply = client.get("/widget.js")

    assert reply.headers["content-type"].startswith("text/javascript")
    assert reply.headers["cross-origin-resource-policy"] == "cross-origin"
    assert len(gzip.compress(reply.content)) <= 30_000
    assert "%STYLES%" not in reply.text
    assert ":root" not in reply.text
    assert "--accent" in reply.text
    again = client.get("/widget.js", headers={"If-None-Match": reply.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")


def test_the_script_makes_no_markup_from_text(make_client: MakeClient) -> None:
    text = make_client().get("/widget.js").text

    for word in ("innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(", "new Function", "<style"):
        assert word not in text


def test_an_allowed_site_gets_a_session_that_answers(make_client: MakeClient) -> None:
    client = make_client(widget=POLICY)

    reply = session(client)
    answer = client.post("/v1/chat", json={"message": "退货"}, headers=bearer(client))

    assert reply.status_code == 200
    assert reply.json()["suggestions"]["zh"]
    assert answer.status_code == 200
    assert answer.headers["access-control-allow-origin"] == "https://shop.example"
    assert "Origin" in answer.headers["vary"]


def test_other_sites_get_neither_a_session_nor_an_answer(make_client: MakeClient) -> None:
    client = make_client(widget=POLICY)
    token = bearer(client)

    refused = session(client, headers={"Origin": "https://elsewhere.example"})
    stolen = client.post("/v1/chat", json={"message": "退货"}, headers={**token, "Origin": "https://elsewhere.example"})
    silent = client.post("/v1/chat", json={"message": "退货"}, headers={"Authorization": token["Authorization"]})

    assert [reply.json()["code"] for reply in (refused, stolen, silent)] == ["origin_refused"] * 3
    assert refused.status_code == 403
    assert "access-control-allow-origin" not in stolen.headers


def test_a_session_of_the_widget_is_for_chat_only(make_client: MakeClient) -> None:
    client = make_client(widget=POLICY)
    token = bearer(client)

    assert client.post("/v1/search", json={"query": "退货"}, headers=token).json()["code"] == "scope_missing"
    assert client.get("/v1/admin/keys", headers=token).json()["code"] == "scope_missing"


def test_our_own_page_may_hold_it_without_being_named(make_client: MakeClient) -> None:
    own = {"Origin": "http://testserver"}
    client = make_client()

    token = session(client, headers=own).json()["token"]
    asked = client.get("/v1/status", headers={"Authorization": f"Bearer {token}", "Sec-Fetch-Site": "same-origin"})

    assert asked.status_code == 200


def test_browsers_of_allowed_sites_may_ask_beforehand(make_client: MakeClient) -> None:
    client = make_client(widget=POLICY)

    def preflight(path: str, origin: str) -> Any:
        return client.options(path, headers={"Origin": origin, "Access-Control-Request-Method": "POST"})

    allowed = preflight("/v1/chat", "https://shop.example")
    assert (allowed.status_code, allowed.headers["access-control-allow-headers"]) == (
        204,
        "Authorization, Content-Type, Accept",
    )
    assert "access-control-allow-credentials" not in allowed.headers
    for path, origin in (("/v1/chat", "https://elsewhere.example"), ("/v1/admin/keys", "https://shop.example")):
        assert "access-control-allow-origin" not in preflight(path, origin).headers


def test_a_customer_is_known_by_the_signature_of_the_shop(make_client: MakeClient) -> None:
    client = make_client(widget=POLICY)
    signature = WidgetSessions(lambda: b"", identity_secret="key").signature("c-1")

    assert session(client, customer_id="c-1", signature=signature).status_code == 200
    forged = session(client, customer_id="c-2", signature=signature)
    assert (forged.status_code, forged.json()["code"]) == (403, "identity_forged")


def test_the_console_learns_the_policy_and_never_the_secret(make_client: MakeClient) -> None:
    reply = make_client("admin", widget=POLICY).get("/v1/admin/widget")

    assert reply.json() == {"origins": ["https://shop.example"], "knows_customers": True}


@pytest.mark.parametrize("body", [{"customer_id": ""}, {"nonsense": 1}, {"before": "x" * 3000}])
def test_what_no_widget_sends_is_refused(make_client: MakeClient, body: dict[str, Any]) -> None:
    assert session(make_client(widget=POLICY), **body).status_code == 422


def test_a_damaged_token_from_before_starts_anew(make_client: MakeClient) -> None:
    assert session(make_client(widget=POLICY), before="widget1.x.y").status_code == 200
