from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from fastapi.testclient import TestClient

from app.web.services import LanguageModelState, Limits, Reason
from tests.fakes import FakeAssistant, FakeServing, answer_of

MakeClient = Callable[..., TestClient]


@pytest.mark.parametrize("path", ["/", "/static/page.css", "/livez", "/v1/chat", "/nowhere"])
def test_every_response_carries_an_id_and_the_security_headers(make_client: MakeClient, path: str) -> None:
    headers = make_client().get(path).headers

    assert len(headers["x-request-id"]) == 32
    assert "default-src 'none'" in headers["content-security-policy"]
    assert "unsafe" not in headers["content-security-policy"]
    assert headers["x-content-type-options"] == "nosniff"


def test_request_id_of_the_client_is_kept_when_it_is_harmless(make_client: MakeClient) -> None:
    client = make_client()

    assert client.get("/livez", headers={"X-Request-ID": "abc-1"}).headers["x-request-id"] == "abc-1"
    assert client.get("/livez", headers={"X-Request-ID": "a b;<c>"}).headers["x-request-id"] != "a b;<c>"
    problem = client.get("/v1/models", headers={"X-Request-ID": "abc-2"}).json()
    assert problem["request_id"] == "abc-2"


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [("GET", "/nowhere", 404, "not_found"), ("PUT", "/v1/chat", 405, "method_not_allowed")],
)
def test_unknown_route_is_a_problem(make_client: MakeClient, method: str, path: str, status: int, code: str) -> None:
    reply = make_client().request(method, path)

    assert (reply.status_code, reply.json()["code"]) == (status, code)
    assert reply.headers["content-type"] == "application/problem+json"


def test_unexpected_failure_is_a_problem_without_a_traceback(
    make_client: MakeClient, caplog: pytest.LogCaptureFixture
) -> None:
    class Broken(FakeServing):
        def borrow(self):
            raise RuntimeError("secret inside")

    reply = make_client("search", serving=Broken(None)).post("/v1/search", json={"query": "退货"})

    assert (reply.status_code, reply.json()["code"]) == (500, "internal")
    assert "secret" not in reply.text
    assert "secret inside" in caplog.text
    assert reply.json()["request_id"] in caplog.text


def test_body_over_the_limit_is_refused_by_its_announced_length(make_client: MakeClient) -> None:
    client = make_client("chat", limits=Limits(max_json_bytes=100))

    reply = client.post("/v1/chat", json={"message": "x" * 200})

    assert (reply.status_code, reply.json()["code"]) == (413, "body_too_large")


def test_body_over_the_limit_is_refused_while_it_arrives(make_client: MakeClient) -> None:
    client = make_client("chat", limits=Limits(max_json_bytes=1000))
    sent = 0

    def endless() -> Iterator[bytes]:
        nonlocal sent
        for _ in range(100):
            sent += 1
            yield b"x" * 100

    reply = client.post("/v1/chat", content=endless(), headers={"Content-Type": "application/json"})

    assert (reply.status_code, reply.json()["code"]) == (413, "body_too_large")


@pytest.mark.parametrize("body", [b"{", b"\xff\xfe", b"", b"null", b'{"message": "\\ud800"}'])
def test_garbage_is_a_problem(make_client: MakeClient, body: bytes) -> None:
    reply = make_client("chat").post("/v1/chat", content=body, headers={"Content-Type": "application/json"})

    assert 400 <= reply.status_code < 500
    assert reply.json()["code"]


def test_ready_says_why_not(make_client: MakeClient) -> None:
    weights = Reason("model_missing", "The embedder has no weights.")
    client = make_client(serving=FakeServing(None), not_ready=lambda: [weights])

    reply = client.get("/readyz")

    assert reply.status_code == 503
    assert [reason["code"] for reason in reply.json()["reasons"]] == ["store_missing", "model_missing"]
    assert client.get("/livez").status_code == 200
    assert make_client().get("/readyz").json() == {"status": "ready", "reasons": []}


def test_metrics_count_by_route_and_not_by_address(make_client: MakeClient) -> None:
    client = make_client("chat")
    client.post("/v1/chat", json={"message": "退货"})
    client.get("/v1/passages/returns.md%231")
    client.get("/nowhere/else")

    text = client.get("/metrics").text

    assert 'kefu_http_requests_total{method="POST",route="/v1/chat",status="200"} 1.0' in text
    assert 'route="/v1/passages/{passage_id:path}"' in text
    assert "nowhere" not in text
    assert 'kefu_answers_total{language="zh",mode="extractive",status="answered"} 1.0' in text
    assert "kefu_first_sentence_seconds_count" in text
    assert 'kefu_generation_info{generation="g000001-abcdef01"} 1.0' in text


def test_two_applications_measure_apart(make_client: MakeClient) -> None:
    one, other = make_client("chat"), make_client("chat")
    one.post("/v1/chat", json={"message": "退货"})

    assert "kefu_answers_total{" not in other.get("/metrics").text


def test_status_tells_the_page_what_answers(make_client: MakeClient) -> None:
    state = LanguageModelState("arriving", "qwen", 0.42)
    body = make_client("chat", language_model=lambda: state).get("/v1/status").json()

    assert (body["mode"], body["language_model"]["progress"], body["ready"]) == ("extractive", 0.42, True)
    assert set(body["suggestions"]) == {"zh", "en"}


def test_page_brings_nothing_from_elsewhere(make_client: MakeClient) -> None:
    client = make_client()
    html = client.get("/").text

    assert "http://" not in html.replace("http://www.w3.org", "")
    assert "https://" not in html
    assert " style=" not in html
    for path in ("js/main.js", "js/boot.js", "page.css", "favicon.svg"):
        assert f"/static/{path}" in html
        assert client.get(f"/static/{path}").status_code == 200


def test_answer_without_any_sentence_is_still_an_answer(make_client: MakeClient) -> None:
    reply = make_client("chat", assistant=FakeAssistant(answer_of())).post("/v1/chat", json={"message": "火星？"})

    assert (reply.status_code, reply.json()["status"], reply.json()["citations"]) == (200, "declined", [])
