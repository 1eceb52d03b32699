import pytest

from app.domain import Message
from app.generation.circuit import CircuitBreaker, CircuitChatModel
from app.generation.errors import ChatModelBusy, ChatModelUnavailable
from app.generation.scripted import ScriptedChatModel

ASK = [Message("user", "你好")]


class Clock:
    now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def inner():
    return ScriptedChatModel(["七日内可退。[1]"])


@pytest.fixture
def model(inner, clock):
    return CircuitChatModel(inner, CircuitBreaker(failures=2, open_s=30, clock=clock))


def fail(model, inner, times=1):
    inner.fault = "error"
    for _ in range(times):
        with pytest.raises(ChatModelUnavailable, match="told to fail"):
            list(model.stream(ASK))
    inner.fault = None


def test_replies_pass_through_while_the_circuit_is_closed(model):
    assert "".join(model.stream(ASK)) == "七日内可退。[1]"
    assert (model.is_ready, model.name, model.breaker.state) == (True, "scripted", "closed")


def test_after_repeated_failures_the_model_is_not_asked_any_more(model, inner):
    fail(model, inner, 2)

    with pytest.raises(ChatModelUnavailable, match="left alone"):
        list(model.stream(ASK))
    assert len(inner.prompts) == 2
    assert not model.is_ready
    assert model.breaker.state == "open"


def test_a_success_between_failures_keeps_it_closed(model, inner):
    for _ in range(3):
        fail(model, inner)
        assert list(model.stream(ASK))

    assert model.breaker.state == "closed"


def test_after_a_while_one_trial_closes_it_again(model, inner, clock):
    fail(model, inner, 2)
    clock.now += 30

    assert model.breaker.state == "half-open"
    assert model.is_ready
    trial = model.stream(ASK)
    next(trial)
    assert not model.is_ready  # one trial at a time
    list(trial)
    assert model.breaker.state == "closed"


def test_a_failed_trial_opens_it_for_the_whole_time_again(model, inner, clock):
    fail(model, inner, 2)
    clock.now += 30
    fail(model, inner)
    clock.now += 29

    assert model.breaker.state == "open"


def test_a_trial_whose_reader_left_before_the_first_piece_is_left_to_the_next(clock):
    breaker = CircuitBreaker(failures=1, open_s=30, clock=clock)
    assert breaker.enter()
    breaker.failed()
    clock.now += 30
    assert breaker.enter()
    breaker.withdrawn()

    assert breaker.would_allow


def test_closing_a_reply_early_is_no_failure_and_reaches_the_model(model, inner):
    for _ in range(3):
        reply = model.stream(ASK)
        next(reply)
        reply.close()

    assert model.breaker.state == "closed"
    assert inner.closed == 3


def test_a_model_that_is_busy_has_not_failed(clock):
    class Busy(ScriptedChatModel):
        takes_probes = False

        def stream(self, messages, *, max_tokens=256, probe=None):
            raise ChatModelBusy("8 wait already")
            yield

    model = CircuitChatModel(Busy(["x"]), CircuitBreaker(failures=1, open_s=30, clock=clock))
    with pytest.raises(ChatModelBusy):
        list(model.stream(ASK))

    assert model.is_ready


def test_a_model_that_is_not_ready_is_not_ready_behind_the_circuit(model, inner):
    inner.is_ready = False

    assert not model.is_ready


@pytest.mark.parametrize("options", [{"failures": 0}, {"open_s": 0}])
def test_senseless_limits_are_refused(options):
    with pytest.raises(ValueError, match="Expected"):
        CircuitBreaker(**options)
