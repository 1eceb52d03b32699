import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from app.model_arrival import ModelArrival
from index.errors import ModelDownloadFailed
from index.weights import Weights


class _Pulls(Weights):
    """Weights whose pull does what the test says."""

    def __init__(self, cache: Path, pull: Callable[[Any], None]) -> None:
        super().__init__(cache)
        self._pull, self.pulls = pull, 0

    def pull(self, name: str, on_progress: Any = None) -> Path:
        self.pulls += 1
        self._pull(on_progress)
        return Path(name)


def _until(is_so: Callable[[], bool]) -> bool:
    deadline = time.monotonic() + 5
    while not is_so() and time.monotonic() < deadline:
        time.sleep(0.01)
    return is_so()


def test_it_tells_how_far_the_weights_are_and_then_that_they_are_ready(tmp_path: Path) -> None:
    half, go_on = threading.Event(), threading.Event()

    def pull(on_progress: Any) -> None:
        on_progress(500, 1000)
        half.set()
        go_on.wait(5)

    arrival = ModelArrival(_Pulls(tmp_path, pull), "1.5b")
    assert arrival.state().state == "missing"

    arrival.start()
    arrival.start()
    assert half.wait(5)
    state = arrival.state()
    assert (state.state, state.done, state.total) == ("arriving", 500, 1000)
    assert state.model == "qwen2.5-coder-1.5b-instruct-q4_k_m"

    go_on.set()
    assert _until(lambda: arrival.state().state == "ready")


def test_a_failure_says_why_and_is_tried_again(tmp_path: Path) -> None:
    outcomes = [ModelDownloadFailed("No source delivered it."), None]

    def pull(_: Any) -> None:
        outcome = outcomes.pop(0)
        if outcome is not None:
            raise outcome

    weights = _Pulls(tmp_path, pull)
    told: list[str] = []
    arrival = ModelArrival(weights, "1.5b", retry_s=0.2, on_ready=lambda: told.append("ready"))
    arrival.start()

    assert _until(lambda: arrival.state().state == "failed")
    assert arrival.state().message == "No source delivered it."
    assert _until(lambda: arrival.state().state == "ready")
    assert weights.pulls == 2
    assert _until(lambda: told == ["ready"])


def test_after_stop_nothing_is_tried_again(tmp_path: Path) -> None:
    def pull(_: Any) -> None:
        raise ModelDownloadFailed("No source delivered it.")

    weights = _Pulls(tmp_path, pull)
    arrival = ModelArrival(weights, "1.5b", retry_s=0.1)
    arrival.start()
    assert _until(lambda: arrival.state().state == "failed")

    arrival.stop()
    time.sleep(0.3)
    assert weights.pulls <= 2
