import threading

import pytest

from app.domain import Message
from app.generation.errors import ChatModelUnavailable
from app.generation.lazy import LazyChatModel
from app.generation.scripted import ScriptedChatModel
from index.errors import ModelDamaged

ASK = [Message("user", "你好")]


class Builder:
    def __init__(self, failure=None) -> None:
        self.built, self.failure, self.gate = 0, failure, threading.Event()
        self.gate.set()

    def __call__(self):
        self.gate.wait(10)
        self.built += 1
        if self.failure:
            raise self.failure
        return ScriptedChatModel(["好"])


def until(claim):
    for _ in range(1000):
        if claim():
            return True
        threading.Event().wait(0.005)
    return False


def test_it_joins_when_its_weights_have_arrived():
    here, build = threading.Event(), Builder()
    model = LazyChatModel(build, name="1.5b", is_available=here.is_set)
    assert (model.is_ready, model.name) == (False, "1.5b")

    here.set()

    assert model.is_ready
    assert build.built == 0
    assert list(model.stream(ASK)) == ["好"]
    assert list(model.stream(ASK)) == ["好"]
    assert build.built == 1


def test_in_the_background_it_is_ready_only_when_it_is_loaded():
    build = Builder()
    build.gate.clear()
    model = LazyChatModel(build, name="1.5b", in_background=True)

    assert not model.is_ready
    assert not model.is_ready
    build.gate.set()

    assert until(lambda: model.is_ready)
    assert build.built == 1


def test_many_first_requests_build_it_once():
    build = Builder()
    model = LazyChatModel(build, name="1.5b")
    threads = [threading.Thread(target=lambda: list(model.stream(ASK))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)

    assert build.built == 1


@pytest.mark.parametrize("in_background", [False, True])
def test_weights_that_do_not_load_leave_it_not_ready_and_are_not_tried_again(in_background):
    build = Builder(ModelDamaged("The file is damaged."))
    model = LazyChatModel(build, name="1.5b", in_background=in_background)
    if in_background:
        assert not model.is_ready
        assert until(lambda: model.failure is not None)
    for _ in range(2):
        with pytest.raises(ChatModelUnavailable, match="damaged"):
            list(model.stream(ASK))

    assert not model.is_ready
    assert model.failure == "The file is damaged."
    assert build.built == 1
