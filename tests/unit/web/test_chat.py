from __future__ import annotations

import json
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from fastapi.testclient import TestClient

from app.web.services import Limits
from index.errors import StoreMissing
from tests.fakes import FakeAssistant, answer_of, passage

RETURNS = passage("签收后七日内可以无理由退货。")
MakeClient = Callable[..., TestClient]


def events_of(text: str) -> list[tuple[str, dict[str, Any]]]:
    frames = [frame for frame in text.split("\n\n") if frame and not frame.startswith(":")]
    found = []
    for item in frames:
        fields = dict(line.split(": ", 1) for line in item.splitlines())
        found.append((fields["event"], json.loads(fields["data"])))
    return found


def test_answer_carries_the_fields_of_the_contract(make_client: MakeClient) -> None:
    reply = make_client("chat").post("/v1/chat", json={"message": "几天内可以退货？", "conversation_id": "c1"})

    body = reply.json()
    assert reply.status_code == 200
    assert body["text"] == "签收后七日内可以退货 [1]。退款原路退回 [2]。"
    assert body["conversation_id"] == "c1"
    assert body["citations"][0]["quote"] == "签收后七日内可以无理由退货。"
    assert set(body) >= {"status", "language", "sentences", "confidence", "mode", "model", "generation", "receipt_id"}


def test_conversation_without_an_id_is_given_one(make_client: MakeClient) -> None:
    client = make_client("chat")

    ids = {client.post("/v1/chat", json={"message": "退货"}).json()["conversation_id"] for _ in range(2)}

    assert len(ids) == 2


@pytest.mark.parametrize("how", ["body", "header"])
def test_stream_sends_each_citation_before_its_sentence_and_the_whole_answer_last(
    make_client: MakeClient, how: str
) -> None:
    body = {"message": "几天内可以退货？", "stream": how == "body"}
    headers = {"Accept": "text/event-stream"} if how == "header" else {}

    reply = make_client("chat").post("/v1/chat", json=body, headers=headers)

    events = events_of(reply.text)
    assert reply.headers["content-type"].startswith("text/event-stream")
    assert [name for name, _ in events] == ["citation", "sentence", "citation", "sentence", "done"]
    assert events[1][1]["marked"] == "签收后七日内可以退货 [1]。"
    assert events[-1][1]["text"] == "签收后七日内可以退货 [1]。退款原路退回 [2]。"


def test_failure_that_shows_at_once_has_its_status_even_in_a_stream(make_client: MakeClient) -> None:
    assistant = FakeAssistant(answer_of(), failure=StoreMissing("There is no index yet."))

    reply = make_client("chat", assistant=assistant).post("/v1/chat", json={"message": "退货", "stream": True})

    assert reply.status_code == 503
    assert reply.json()["code"] == "store_missing"


def test_failure_in_the_middle_of_a_stream_is_an_error_event(make_client: MakeClient) -> None:
    class Breaking(FakeAssistant):
        def stream(self, turn):
            yield from list(super().stream(turn))[:2]
            raise RuntimeError("secret inside")

    assistant = Breaking(answer_of(("七日内可以退货。", RETURNS)))

    reply = make_client("chat", assistant=assistant).post("/v1/chat", json={"message": "退货", "stream": True})

    name, data = events_of(reply.text)[-1]
    assert (name, data["code"], data["status"]) == ("error", "internal", 500)
    assert "secret" not in reply.text


def test_stream_of_a_slow_model_carries_heartbeats(make_client: MakeClient) -> None:
    assistant = FakeAssistant(answer_of(("七日内可以退货。", RETURNS)), delay_s=0.5)
    client = make_client("chat", assistant=assistant, limits=Limits(heartbeat_s=0.1))

    reply = client.post("/v1/chat", json={"message": "退货", "stream": True})

    assert reply.text.count(": still here") >= 3
    assert events_of(reply.text)[-1][0] == "done"


@pytest.mark.parametrize(
    ("message", "status", "code"), [("  ", 422, "question_empty"), ("退" * 100_000, 413, "question_too_long")]
)
def test_question_that_cannot_be_served_is_a_problem(
    make_client: MakeClient, message: str, status: int, code: str
) -> None:
    reply = make_client("chat").post("/v1/chat", json={"message": message})

    assert (reply.status_code, reply.json()["code"]) == (status, code)
    assert reply.headers["content-type"] == "application/problem+json"


def test_request_reaches_the_assistant_whole(make_client: MakeClient) -> None:
    assistant = FakeAssistant(answer_of(("七日内可以退货。", RETURNS)))
    client = make_client("chat", access=("vip",), assistant=assistant)
    history = [{"role": "user", "content": "你好"}, {"role": "assistant", "content": "您好"}]

    client.post(
        "/v1/chat",
        json={"message": "退货", "language": "en", "as_of": "2026-01-31", "history": history, "mode": "extractive"},
    )

    turn = assistant.turns[0]
    assert (turn.language, str(turn.as_of), turn.mode, turn.access) == ("en", "2026-01-31", "extractive", {"vip"})
    assert [message.content for message in turn.history] == ["你好", "您好"]


def test_more_chats_than_allowed_are_told_to_come_back(make_client: MakeClient) -> None:
    assistant = FakeAssistant(answer_of(("七日内可以退货。", RETURNS)), delay_s=0.6)
    client = make_client("chat", assistant=assistant, limits=Limits(concurrent_chats=1))
    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(client.post, "/v1/chat", json={"message": "退货"})
        deadline = time.monotonic() + 5
        while not assistant.turns and time.monotonic() < deadline:
            time.sleep(0.01)
        second = client.post("/v1/chat", json={"message": "退货"})

    assert first.result().status_code == 200
    assert (second.status_code, second.json()["code"]) == (503, "chat_busy")
    assert int(second.headers["retry-after"]) >= 1
    assert client.post("/v1/chat", json={"message": "退货"}).status_code == 200


@pytest.mark.parametrize(
    "body", [{}, {"message": 5}, {"message": "x", "language": "fr"}, {"message": "x", "unknown": 1}, [], "x"]
)
def test_malformed_request_is_a_problem_that_names_the_field(make_client: MakeClient, body: Any) -> None:
    reply = make_client("chat").post("/v1/chat", json=body)

    assert (reply.status_code, reply.json()["code"]) == (422, "request_invalid")
    assert reply.json()["detail"]


def test_words_before_a_sentence_travel_with_it(make_client: MakeClient) -> None:
    answer = answer_of(("七日内可以退货。", RETURNS), as_of=date(2025, 12, 1))
    answer = replace(answer, sentences=(replace(answer.sentences[0], lead="按2025年12月1日有效的规定："),))
    client = make_client("chat", assistant=FakeAssistant(answer))

    whole = client.post("/v1/chat", json={"message": "几天内可以退货？", "as_of": "2025-12-01"}).json()
    stream = events_of(client.post("/v1/chat", json={"message": "几天内可以退货？", "stream": True}).text)

    assert whole["as_of"] == "2025-12-01"
    assert whole["sentences"][0]["lead"] == stream[1][1]["lead"] == "按2025年12月1日有效的规定："
    assert {"valid_from", "valid_to", "in_force"} <= set(whole["citations"][0])


@pytest.mark.parametrize("path", ["/v1/chat", "/v1/chat/completions"])
def test_a_day_that_does_not_exist_is_refused_in_one_line(make_client: MakeClient, path: str) -> None:
    body = {"message": "退货"} if path == "/v1/chat" else {"messages": [{"role": "user", "content": "退货"}]}

    reply = make_client("chat").post(path, json={**body, "as_of": "2026-02-30"})

    assert reply.status_code == 422
    assert "as_of" in reply.text


def test_the_openai_route_takes_the_day_as_a_field_of_its_own(make_client: MakeClient) -> None:
    assistant = FakeAssistant(answer_of(("七日内可以退货。", RETURNS), as_of=date(2025, 12, 1)))
    client = make_client("chat", assistant=assistant)

    reply = client.post(
        "/v1/chat/completions",
        json={"messages": [{"role": "user", "content": "几天内可以退货？"}], "as_of": "2025-12-01"},
    )

    assert assistant.turns[-1].as_of == date(2025, 12, 1)
    assert reply.json()["kefu"]["as_of"] == "2025-12-01"


def test_the_openai_stream_says_the_words_before_a_sentence(make_client: MakeClient) -> None:
    answer = answer_of(("七日内可以退货。", RETURNS))
    answer = replace(answer, sentences=(replace(answer.sentences[0], lead="按2025年12月1日有效的规定："),))

    reply = make_client("chat", assistant=FakeAssistant(answer)).post(
        "/v1/chat/completions", json={"messages": [{"role": "user", "content": "退货"}], "stream": True}
    )

    chunks = [json.loads(line[6:]) for line in reply.text.splitlines() if line.startswith("data: {")]
    said = "".join(chunk["choices"][0]["delta"].get("content", "") for chunk in chunks)
    assert said == "按2025年12月1日有效的规定：七日内可以退货 [1]。"
