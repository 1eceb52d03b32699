"""What a receipt costs an answer: the hand-over, which the answer waits for, and the writing, which it does not."""

from __future__ import annotations

import time

import pytest

from app.building.container import Container
from app.domain import Turn
from app.settings import AnswerSettings, Settings
from tests.benchmarks.measured import p50_p95
from tests.benchmarks.questions import TODAY, golden_questions
from tests.benchmarks.scale import scaled

pytestmark = [pytest.mark.benchmark, pytest.mark.weights, pytest.mark.timeout(3600)]

WARM_UP = 10


def test_receipts_cost_an_answer_next_to_nothing(tmp_path, store_of, measurements):
    derived = store_of(scaled(10_000, least=500))
    container = Container(Settings(home=tmp_path, store=derived.root, answer=AnswerSettings(min_confidence=0)))
    container.warm_up()
    recorder = container.recorder
    hand_over_ms, write_ms = [], []

    class Timed:
        def keep(self, trace, answer):
            started = time.perf_counter()
            recorder.keep(trace, answer)
            hand_over_ms.append((time.perf_counter() - started) * 1000)

    assistant = container.assistant_over(container.serving.borrow, chat_model=None, recorder=Timed())
    for question in golden_questions(WARM_UP + scaled(300, least=30)):
        assistant.reply(Turn(question.text, as_of=question.as_of or TODAY, mode="extractive"))
        started = time.perf_counter()
        assert container.receipt_writer.flush()
        write_ms.append((time.perf_counter() - started) * 1000)
    counts = container.receipt_writer.counts
    size = (tmp_path / "receipts.sqlite").stat().st_size / counts.written
    container.close()

    assert counts.lost == 0
    _, most = p50_p95(hand_over_ms[WARM_UP:])
    half_written, most_written = p50_p95(write_ms[WARM_UP:])
    measurements.note(
        "what an answer waits for its receipt, p95",
        target="<= 2 ms",
        measured=f"{most:.2f} ms ({size:.0f} bytes written behind it in {half_written:.1f} ms, p95 {most_written:.1f})",
        is_met=most <= 2,
    )
