import pytest

from app.domain import Message
from app.generation.errors import ChatModelGarbage, ChatModelTimeout, ChatModelUnavailable
from app.generation.fallback import FallbackChatModel
from app.generation.scripted import ScriptedChatModel

ASK = [Message("user", "你好")]


def test_the_first_ready_model_answers_and_gives_its_name():
    remote, local = ScriptedChatModel(["远"], name="remote"), ScriptedChatModel(["近"], name="local")
    model = FallbackChatModel([remote, local])

    assert list(model.stream(ASK)) == ["远"]
    assert model.name == "remote"
    assert local.prompts == []


@pytest.mark.parametrize("fault", ["error", "hang"])
def test_a_model_that_fails_before_its_first_piece_is_followed_by_the_next(fault):
    remote = ScriptedChatModel(["远"], name="remote", fault=fault, hang_s=0.01)
    model = FallbackChatModel([remote, ScriptedChatModel(["近"], name="local")])

    assert list(model.stream(ASK)) == ["近"]
    assert model.name == "local"


def test_a_reply_is_never_put_together_from_two_models():
    local = ScriptedChatModel(["近"], name="local")
    model = FallbackChatModel([ScriptedChatModel(["0123456789"], fault="error-midway"), local])
    reply = model.stream(ASK)

    assert next(reply) == "0123"
    with pytest.raises(ChatModelUnavailable):
        list(reply)
    assert local.prompts == []


def test_a_model_that_is_not_ready_is_passed_over():
    away = ScriptedChatModel(["远"], is_ready=False)
    model = FallbackChatModel([away, ScriptedChatModel(["近"], name="local")])

    assert (model.is_ready, model.name) == (True, "local")
    assert list(model.stream(ASK)) == ["近"]
    assert away.prompts == []


def test_the_error_of_the_last_model_is_raised_when_all_fail():
    model = FallbackChatModel(
        [ScriptedChatModel(["x"], fault="error"), ScriptedChatModel(["x"], fault="hang", hang_s=0.01)]
    )

    with pytest.raises(ChatModelTimeout):
        list(model.stream(ASK))


def test_none_ready_is_told():
    model = FallbackChatModel([ScriptedChatModel(["x"], is_ready=False)])

    assert not model.is_ready
    with pytest.raises(ChatModelUnavailable, match="No language model is ready"):
        list(model.stream(ASK))


def test_closing_reaches_the_model_that_answers():
    inner = ScriptedChatModel(["0123456789"])
    reply = FallbackChatModel([inner]).stream(ASK)
    next(reply)
    reply.close()

    assert inner.closed == 1


def test_an_empty_reply_falls_over_too():
    model = FallbackChatModel([ScriptedChatModel([""]), ScriptedChatModel(["近"])])

    assert list(model.stream(ASK)) == ["近"]
    with pytest.raises(ChatModelGarbage):
        list(FallbackChatModel([ScriptedChatModel([""])]).stream(ASK))


def test_no_models_are_a_mistake():
    with pytest.raises(ValueError, match="at least one"):
        FallbackChatModel([])
