import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessageChunk
from langchain_core.outputs import ChatGenerationChunk, ChatResult

from app.domain import Message
from app.domain.tokens import Counted
from app.generation.errors import ChatModelGarbage, ChatModelTimeout, ChatModelUnavailable
from app.generation.langchain import ChatTimeouts, LangChainChatModel

ASK = [
    Message("system", "你是客服。"),
    Message("user", "可以退吗？"),
    Message("assistant", "可以。"),
    Message("user", "几天？"),
]


class Model(BaseChatModel):
    """Streams what a function yields; an exception among it is raised."""

    script: Callable[[], Iterator[Any]]
    seen: list[Any]
    ended: Any = None

    @property
    def _llm_type(self) -> str:
        return "scripted"

    def _generate(self, *args: Any, **kwargs: Any) -> ChatResult:
        raise NotImplementedError

    def _stream(self, messages, stop=None, run_manager=None, **kwargs):
        self.seen.append((messages, kwargs))
        try:
            for piece in self.script():
                if isinstance(piece, Exception):
                    raise piece
                whole = isinstance(piece, AIMessageChunk)
                yield ChatGenerationChunk(message=piece if whole else AIMessageChunk(content=piece))
        finally:
            if self.ended is not None:
                self.ended.set()


def adapter(script, **options) -> LangChainChatModel:
    options.setdefault("timeouts", ChatTimeouts(5, 5, 20))
    return LangChainChatModel(Model(script=script, seen=[], ended=threading.Event()), name="model", **options)


def test_pieces_arrive_as_they_are_written_and_messages_keep_their_roles():
    model = adapter(lambda: iter(["七日", "", "内。"]))

    assert list(model.stream(ASK, max_tokens=50)) == ["七日", "内。"]
    messages, options = model.model.seen[0]
    assert [(message.type, message.content) for message in messages] == [
        ("system", "你是客服。"),
        ("human", "可以退吗？"),
        ("ai", "可以。"),
        ("human", "几天？"),
    ]
    assert options["max_tokens"] == 50


def test_tokens_that_the_model_counted_come_behind_the_text():
    usage = {"input_tokens": 30, "output_tokens": 4, "total_tokens": 34}

    pieces = list(adapter(lambda: iter(["七日", AIMessageChunk(content="", usage_metadata=usage)])).stream(ASK))

    assert pieces == ["七日", ""]
    assert [piece.tokens for piece in pieces if isinstance(piece, Counted)] == [34]


def test_text_in_content_blocks_is_read():
    assert list(adapter(lambda: iter([[{"type": "text", "text": "七日"}]])).stream(ASK)) == ["七日"]


def hanging(gate: threading.Event, *before: str) -> Callable[[], Iterator[str]]:
    def script():
        yield from before
        gate.wait(20)
        yield "too late"

    return script


@pytest.mark.parametrize(("before", "message"), [((), "no answer"), (("七日",), "no next piece")])
def test_a_model_that_hangs_does_not_hang_the_caller(before, message):
    gate = threading.Event()
    model = adapter(hanging(gate, *before), timeouts=ChatTimeouts(0.1, 0.1, 5))
    started = time.monotonic()

    with pytest.raises(ChatModelTimeout, match=message):
        list(model.stream(ASK))

    assert time.monotonic() - started < 3
    gate.set()
    assert model.model.ended.wait(5)


def test_signs_of_life_do_not_put_off_the_first_text_for_ever():
    def script():
        while True:
            time.sleep(0.01)
            yield ""

    model = adapter(script, timeouts=ChatTimeouts(0.2, 0.2, 5))

    with pytest.raises(ChatModelTimeout, match="no answer"):
        list(model.stream(ASK))
    assert model.model.ended.wait(5)


def test_a_reply_that_trickles_is_cut_at_the_limit_of_the_whole():
    def script():
        while True:
            time.sleep(0.02)
            yield "。"

    with pytest.raises(ChatModelTimeout):
        list(adapter(script, timeouts=ChatTimeouts(1, 1, 0.3)).stream(ASK))


def test_a_model_that_ignores_the_limit_of_tokens_is_cut_off():
    def script():
        while True:
            yield "x" * 100

    model = adapter(script)

    assert len("".join(model.stream(ASK, max_tokens=10))) < 1000
    assert model.model.ended.wait(5)


def test_closing_stops_the_model():
    def script():
        for _ in range(10_000):
            time.sleep(0.005)
            yield "。"

    model = adapter(script)
    reply = model.stream(ASK)
    next(reply)
    reply.close()

    assert model.model.ended.wait(2)


class APITimeoutError(Exception):
    """Named as several client libraries name theirs."""


@pytest.mark.parametrize(
    ("raised", "expected"),
    [
        (ConnectionError("refused"), ChatModelUnavailable),
        (RuntimeError("boom"), ChatModelUnavailable),
        (TimeoutError(), ChatModelTimeout),
        (APITimeoutError("late"), ChatModelTimeout),
        (ValueError("Expecting value: line 1 column 1"), ChatModelGarbage),
        (KeyError("choices"), ChatModelGarbage),
        (ChatModelUnavailable("busy"), ChatModelUnavailable),
    ],
)
@pytest.mark.parametrize("before", [[], ["七日"]])
def test_what_a_library_raises_becomes_one_of_our_errors(raised, expected, before):
    with pytest.raises(expected) as caught:
        list(adapter(lambda: iter([*before, raised])).stream(ASK))
    assert "\n" not in caught.value.message


def test_a_reply_without_text_is_garbage():
    with pytest.raises(ChatModelGarbage, match="without any text"):
        list(adapter(lambda: iter(["", ""])).stream(ASK))


def test_readiness_follows_what_it_is_told():
    here = threading.Event()
    model = adapter(lambda: iter(["x"]), is_available=here.is_set)

    assert not model.is_ready
    here.set()
    assert model.is_ready


def test_limits_of_nothing_are_refused():
    with pytest.raises(ValueError, match="above 0"):
        ChatTimeouts(next_piece_s=0)
