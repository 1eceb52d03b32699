import time

import pytest

from app.domain import Message
from app.generation.errors import ChatModelTimeout, ChatModelUnavailable
from app.generation.scripted import ScriptedChatModel

ASK = [Message("user", "可以退吗？")]


def test_replies_come_in_order_in_pieces_and_begin_again():
    model = ScriptedChatModel(["七日内可退", "不可以"], piece=2)

    assert [list(model.stream(ASK)) for _ in range(3)] == [
        ["七日", "内可", "退"],
        ["不可", "以"],
        ["七日", "内可", "退"],
    ]
    assert model.prompts == [ASK] * 3


def test_a_function_sees_the_prompt():
    model = ScriptedChatModel(lambda messages: messages[-1].content[::-1])

    assert "".join(model.stream(ASK)) == "？吗退以可"


def test_max_tokens_cuts_the_reply():
    assert list(ScriptedChatModel(["0123456789"]).stream(ASK, max_tokens=2)) == ["0123", "4567"]


def test_a_fault_in_the_middle_comes_after_some_text():
    reply = ScriptedChatModel(["0123456789"], fault="error-midway").stream(ASK)

    assert [next(reply), next(reply)] == ["0123", "4567"]
    with pytest.raises(ChatModelUnavailable):
        next(reply)


def test_hanging_ends_with_a_time_out_or_when_released():
    with pytest.raises(ChatModelTimeout):
        list(ScriptedChatModel(["x"], fault="hang", hang_s=0.01).stream(ASK))
    model = ScriptedChatModel(["x"], fault="hang-midway")
    model.release()
    started = time.monotonic()
    with pytest.raises(ChatModelTimeout):
        list(model.stream(ASK))
    assert time.monotonic() - started < 5


def test_garbage_is_no_text_of_a_language():
    assert "\ufffd" in "".join(ScriptedChatModel(["x"], fault="garbage").stream(ASK))
