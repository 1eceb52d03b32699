import contextlib
import signal

import pytest

from app.cli.interruption import Interruption


class Swallows:
    """Python drops what is raised in a destructor, as a native library's callback does."""

    def __del__(self):
        signal.raise_signal(signal.SIGINT)


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_an_interrupt_that_was_swallowed_counts_at_the_next_step():
    with contextlib.suppress(KeyboardInterrupt), Interruption() as interruption:
        interruption.check()
        Swallows()
        went_on = True
        with pytest.raises(KeyboardInterrupt):
            interruption.check()

    assert went_on


def test_an_interrupt_after_the_last_step_counts_too():
    with pytest.raises(KeyboardInterrupt), Interruption(), contextlib.suppress(KeyboardInterrupt):
        signal.raise_signal(signal.SIGINT)


def test_the_usual_handler_is_back_afterwards():
    with Interruption():
        assert signal.getsignal(signal.SIGINT) is not signal.default_int_handler

    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_a_handler_of_someone_else_is_left_alone():
    heard = []
    before = signal.signal(signal.SIGINT, lambda *_: heard.append("theirs"))
    try:
        with Interruption():
            signal.raise_signal(signal.SIGINT)
    finally:
        signal.signal(signal.SIGINT, before)

    assert heard == ["theirs"]
