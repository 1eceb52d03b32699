import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from app.domain import Judged, Message
from app.generation.errors import ChatModelGarbage, ChatModelUnavailable
from app.generation.langchain import LangChainChatModel
from app.generation.local_gguf import LocalGGUFChat
from app.generation.probe import PROBES

ROOT = Path(__file__).parents[3]
ASK = [("system", "你是客服。"), ("user", "几天？")]


def progress(done: int) -> dict:
    return {"choices": [{"delta": {"content": None}}], "prompt_progress": {"processed": done, "total": 128}}


def text(content: str) -> dict:
    return {"choices": [{"delta": {"content": content}}]}


class Server:
    """Sends the given events as llama.cpp's binding does; a callback that returns True stops it.

    A request for no tokens takes a slot to its anchor and tells nothing, unless `anchor_failure` is set.
    """

    def __init__(self, *events) -> None:
        self.events, self.requests, self.sent, self.at_once, self.most_at_once = events, [], 0, 0, 0
        self.anchors, self.anchor_failure = [], None

    def handle_chat_completions(self, request, callback):
        if request["max_tokens"] == 0:
            self.anchors.append((request["id_slot"], request["messages"][0]["content"], request["cache_prompt"]))
            if self.anchor_failure is not None:
                raise self.anchor_failure
            return
        self.requests.append(request)
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        try:
            for event in self.events:
                if isinstance(event, Exception):
                    raise event
                time.sleep(0.005)
                self.sent += 1
                if callback(event):
                    return
        finally:
            self.at_once -= 1


def chat(tmp_path, server, **options) -> LocalGGUFChat:
    model = LocalGGUFChat(path=tmp_path / "model.gguf", model_name="tiny", **options)
    model._server = server
    return model


def test_text_is_streamed_and_reading_the_prompt_gives_empty_pieces(tmp_path):
    server = Server(progress(64), progress(128), text("七日"), text("内。"), {"choices": [], "timings": {}})
    model = chat(tmp_path, server)

    assert [chunk.text for chunk in model.stream(ASK, max_tokens=9)][:5] == ["", "", "七日", "内。", ""]
    request = server.requests[0]
    assert request["messages"] == [{"role": "system", "content": "你是客服。"}, {"role": "user", "content": "几天？"}]
    assert (request["temperature"], request["max_tokens"], request["cache_prompt"]) == (0, 9, True)


def test_a_slot_is_taken_to_its_system_message_from_nothing_once_and_back_after_every_reply(tmp_path):
    server = Server(text("七日"))
    model = chat(tmp_path, server)

    for system in ("你是客服。", "You are an agent.", "你是客服。"):
        model.invoke([("system", system), ("user", "?")])
    with model._turn:
        pass

    assert [request["id_slot"] for request in server.requests] == [0, 1, 0]
    assert server.anchors == [
        (0, "你是客服。", False),
        (0, "你是客服。", True),
        (1, "You are an agent.", False),
        (1, "You are an agent.", True),
        (0, "你是客服。", True),
    ]


def test_a_fourth_system_message_takes_the_slot_not_used_for_longest_and_reads_it_from_nothing(tmp_path):
    server = Server(text("七日"))
    model = chat(tmp_path, server)

    for system in ("一", "二", "三", "一", "四", "二"):
        model.invoke([("system", system), ("user", "?")])
    with model._turn:
        pass

    assert [request["id_slot"] for request in server.requests] == [0, 1, 2, 0, 1, 2]
    assert [(slot, system) for slot, system, is_kept in server.anchors if not is_kept] == [
        (0, "一"), (1, "二"), (2, "三"), (1, "四"), (2, "二")
    ]  # fmt: skip


def test_a_slot_that_cannot_be_taken_back_is_read_from_nothing_next_time_and_the_reply_stands(tmp_path):
    server = Server(text("七日"))
    server.anchor_failure = RuntimeError("out of memory")
    model = chat(tmp_path, server)

    assert model.invoke(ASK).text == "七日"
    server.anchor_failure = None
    assert model.invoke(ASK).text == "七日"
    with model._turn:
        pass

    assert [is_kept for _, _, is_kept in server.anchors] == [False, True, False, True]


def test_a_program_ends_only_when_the_computation_has_ended(tmp_path):
    code = (
        "import sys, time; from pathlib import Path; from app.generation.local_gguf import LocalGGUFChat\n"
        "class Server:\n"
        "    def handle_chat_completions(self, request, take):\n"
        "        if request['max_tokens'] == 0 and request['cache_prompt']:\n"
        "            time.sleep(0.5); print('taken back', flush=True)\n"
        "        take({'choices': [{'delta': {'content': 'x'}}]})\n"
        "model = LocalGGUFChat(path=Path('m'), model_name='m'); model._server = Server()\n"
        "print(model.invoke('?').text, flush=True)\n"
    )

    result = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)

    assert result.stdout.splitlines() == ["x", "taken back"]


def test_the_whole_reply_at_once(tmp_path):
    assert chat(tmp_path, Server(text("七日"), text("内。"))).invoke(ASK).text == "七日内。"


def test_a_closed_stream_stops_the_computation_even_while_the_prompt_is_read(tmp_path):
    server = Server(*[progress(number) for number in range(500)])
    reply = chat(tmp_path, server)._stream([])
    next(reply)
    reply.close()
    time.sleep(0.2)

    assert server.sent < 50


def test_one_request_at_a_time(tmp_path):
    server = Server(*[text("x")] * 5)
    model = chat(tmp_path, server)
    replies = []
    threads = [threading.Thread(target=lambda: replies.append(model.invoke(ASK).text)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)

    assert replies == ["xxxxx"] * 4
    assert server.most_at_once == 1


def test_the_queue_is_bounded_in_length_and_time(tmp_path):
    model = chat(tmp_path, Server(*[text("x")] * 2000), max_waiting=0, queue_timeout_s=0.3)
    running = model.stream(ASK)
    next(running)
    refused = []

    def ask():
        try:
            model.invoke(ASK)
        except ChatModelUnavailable as error:
            refused.append(error.message)

    threads = [threading.Thread(target=ask) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(5)
    running.close()

    assert sorted("was busy for 0.3 s" in message for message in refused) == [False, True]


@pytest.mark.parametrize(
    ("event", "expected", "said"),
    [
        ({"error": {"code": 400, "message": "request (2745 tokens) exceeds"}}, ChatModelUnavailable, "2745 tokens"),
        ({"choices": [{"message": "?"}]}, ChatModelGarbage, "no completion"),
        (ValueError("Expected 'messages' to be an array"), ChatModelGarbage, "messages"),
    ],
)
def test_failures_are_told_and_the_next_request_is_served(tmp_path, event, expected, said):
    server = Server(event)
    model = chat(tmp_path, server)

    with pytest.raises(expected, match=said):
        model.invoke(ASK)
    server.events = (text("好"),)
    assert model.invoke(ASK).text == "好"


def test_a_missing_file_is_told_with_what_to_do(tmp_path):
    with pytest.raises(ChatModelUnavailable, match="kefu models pull tiny"):
        LocalGGUFChat(path=tmp_path / "gone.gguf", model_name="tiny").load()


def test_a_file_that_is_no_model_is_told(tmp_path):
    (tmp_path / "bad.gguf").write_bytes(b"GGUF" + bytes(100))

    with pytest.raises(ChatModelUnavailable, match="kefu models verify tiny"):
        LocalGGUFChat(path=tmp_path / "bad.gguf", model_name="tiny").load()


def judgement(**likely: float) -> dict:
    top = [{"token": token, "logprob": value} for token, value in likely.items()]
    return {"choices": [{"delta": {"content": "有"}, "logprobs": {"content": [{"top_logprobs": top}]}}]}


class Judging(Server):
    """Answers a probe before the reply."""

    def handle_chat_completions(self, request, callback):
        self.events = [judgement(有=-0.5, 没有=-2.5)] if request.get("logprobs") else [text("三天")]
        super().handle_chat_completions(request, callback)


def test_a_probe_is_asked_behind_the_last_message_and_answered_before_the_reply(tmp_path):
    server = Judging()
    model = LangChainChatModel(chat(tmp_path, server), name="tiny")
    prompt = [Message("system", "你是客服。"), Message("user", "几天？")]

    pieces = list(model.stream(prompt, max_tokens=9, probe=PROBES["zh"]))

    assert [piece.log_odds for piece in pieces if isinstance(piece, Judged)] == [pytest.approx(2.0)]
    assert "".join(pieces) == "三天"
    asked, answered = server.requests
    assert asked["messages"][-1]["content"] == "几天？" + PROBES["zh"].text
    assert (asked["max_tokens"], answered["max_tokens"], answered["messages"][-1]["content"]) == (1, 9, "几天？")
    assert asked["id_slot"] == answered["id_slot"]


def test_a_reply_whose_reader_leaves_after_the_judgement_is_not_written(tmp_path):
    server = Judging()
    model = chat(tmp_path, server)
    replies = LangChainChatModel(model, name="tiny").stream([Message("user", "几天？")], probe=PROBES["zh"])

    assert isinstance(next(replies), Judged)
    replies.close()
    with model._turn:
        assert len(server.requests) <= 2
    assert "".join(LangChainChatModel(model, name="tiny").stream([Message("user", "几天？")])) == "三天"


def test_a_probe_that_is_refused_ends_the_reply(tmp_path):
    server = Server({"error": {"message": "too long"}})

    with pytest.raises(ChatModelUnavailable, match="too long"):
        list(LangChainChatModel(chat(tmp_path, server), name="tiny").stream([Message("user", "?")], probe=PROBES["zh"]))
    assert len(server.requests) == 1
