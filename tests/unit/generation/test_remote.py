import json

import httpx
import pytest

from app.domain import Message
from app.generation.errors import ChatModelGarbage, ChatModelTimeout, ChatModelUnavailable
from app.generation.langchain import LangChainChatModel
from app.generation.remote import build_remote_chat

ASK = [Message("user", "几天？")]


def served_by(answer) -> tuple[LangChainChatModel, list[httpx.Request]]:
    requests: list[httpx.Request] = []

    def handle(request: httpx.Request) -> httpx.Response:
        requests.append(request)
        if isinstance(answer, Exception):
            raise answer
        return answer

    client = httpx.Client(transport=httpx.MockTransport(handle))
    chat = build_remote_chat("http://llm.example/v1/", "qwen", api_key="secret", retries=0, client=client)
    return LangChainChatModel(chat, name="qwen"), requests


def events(*contents: str) -> httpx.Response:
    lines = [
        json.dumps({"id": "1", "object": "chat.completion.chunk", "created": 1, "model": "qwen", "choices": [choice]})
        for choice in [{"index": 0, "delta": {"role": "assistant", "content": text}} for text in contents]
    ]
    body = "".join(f"data: {line}\n\n" for line in [*lines, "[DONE]"])
    return httpx.Response(200, text=body, headers={"content-type": "text/event-stream"})


def test_the_reply_is_streamed_and_the_request_is_what_compatible_servers_know():
    model, requests = served_by(events("七日", "内。"))

    assert list(model.stream(ASK, max_tokens=77)) == ["七日", "内。"]
    sent = json.loads(requests[0].content)
    assert str(requests[0].url) == "http://llm.example/v1/chat/completions"
    assert requests[0].headers["authorization"] == "Bearer secret"
    assert (sent["model"], sent["max_tokens"], sent["temperature"], sent["stream"]) == ("qwen", 77, 0, True)
    assert sent["messages"] == [{"role": "user", "content": "几天？"}]


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (httpx.Response(500, text="boom"), ChatModelUnavailable),
        (httpx.Response(401, json={"error": {"message": "bad key"}}), ChatModelUnavailable),
        (httpx.ConnectError("refused"), ChatModelUnavailable),
        (httpx.ReadTimeout("late"), ChatModelTimeout),
        (httpx.Response(200, text="data: <html>\n\n", headers={"content-type": "text/event-stream"}), ChatModelGarbage),
        (events(), ChatModelGarbage),
    ],
)
def test_each_failure_becomes_one_of_our_errors(answer, expected):
    with pytest.raises(expected):
        list(served_by(answer)[0].stream(ASK))
