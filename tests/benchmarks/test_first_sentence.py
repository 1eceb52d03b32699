"""How long a customer waits for the first checked sentence of the local language models, on the sample company."""

from __future__ import annotations

import statistics
import time

import pytest

from app.building.container import Container
from app.domain import DoneEvent, SentenceEvent, Turn
from app.settings import LLMSettings, LocalLLMSettings, Settings
from tests.benchmarks.made_documents import KNOWLEDGE
from tests.benchmarks.measured import ROOT
from tests.benchmarks.questions import TODAY, in_both_languages
from tests.benchmarks.scale import scaled

pytestmark = [pytest.mark.benchmark, pytest.mark.weights, pytest.mark.llm, pytest.mark.timeout(3600)]

ANSWERED = scaled(12, least=3)


@pytest.mark.parametrize(("model", "target_s"), [("1.5b", 8), ("0.5b", 4)])
def test_first_verified_sentence(measurements, model, target_s):
    """The sample company's index is kept in var/benchmarks between runs. Declined questions are passed over."""
    llm = LLMSettings(order=("local", "extractive"), local=LocalLLMSettings(model=model))
    container = Container(Settings(home=ROOT / "var" / "benchmarks" / "sample", llm=llm))
    if container.weights.state(model) != "ready":
        pytest.skip(f"the weights are not here: kefu models pull {model}")
    container.pipeline().run(container.sources([KNOWLEDGE]))
    assistant, warm_up = container.assistant, Turn("怎么开发票？", as_of=TODAY, mode="llm")
    assistant.reply(warm_up)  # loads both models
    waited_s, modes = [], []
    for question in in_both_languages(4 * ANSWERED):
        first_s, started = None, time.perf_counter()
        for event in assistant.stream(Turn(question.text, as_of=question.as_of or TODAY, mode="llm")):
            if isinstance(event, SentenceEvent) and first_s is None:
                first_s = time.perf_counter() - started
            elif isinstance(event, DoneEvent):
                answer = event.answer
        assert (first_s is None) == (answer.status == "declined")
        if first_s is not None:
            waited_s.append(first_s)
            modes.append(answer.mode)
        if len(waited_s) == ANSWERED:
            break
    container.close()

    assert len(waited_s) == ANSWERED
    assert "llm" in modes
    half = statistics.median(waited_s)
    measurements.note(
        f"first checked sentence with the {model} model, median of {len(waited_s)} questions",
        target=f"<= {target_s} s",
        measured=f"{half:.1f} s, longest {max(waited_s):.1f} s ({modes.count('llm')} written by the model)",
        is_met=half <= target_s,
        command="make bench LLM=1",
    )
