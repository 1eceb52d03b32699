"""Fifty callers ask without a pause while every document changes ten times: no error, and no answer of two versions."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

import pytest

from app.building.container import Container
from app.settings import Settings
from index.store import Store
from tests.benchmarks.live_chats import ask, client_of, with_weights
from tests.benchmarks.measured import p50_p95
from tests.benchmarks.scale import SCALE, scaled
from tests.benchmarks.versioned_rules import question, versions_in, write_rules
from tests.live import serving

pytestmark = [pytest.mark.benchmark, pytest.mark.weights, pytest.mark.timeout(3600)]

CALLERS = 50
DOCUMENTS = 40
GENERATIONS = scaled(10, least=3)
PAUSE_S = 2.0 if SCALE == 1 else 1.0
"""Between two generations, so that each is asked."""


@dataclass
class Heard:
    """What the callers were told."""

    answers: list[dict] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    times_ms: list[float] = field(default_factory=list)


def test_each_answer_is_of_one_generation(tmp_path, measurements):
    tree, environment = tmp_path / "rules", with_weights(tmp_path)
    write_rules(tree, 0, documents=DOCUMENTS)
    heard, is_over = Heard(), threading.Event()
    container = Container(Settings(home=tmp_path / "var"))
    with (
        serving(tmp_path, documents=tree, environment=environment) as service,
        client_of(service) as client,
        ThreadPoolExecutor(CALLERS) as pool,
    ):
        for caller in range(CALLERS):
            pool.submit(_ask_on, client, caller, heard, is_over)
        try:
            for version in range(1, GENERATIONS + 1):
                write_rules(tree, version, documents=DOCUMENTS)
                report = container.pipeline().run(container.sources([tree]))
                assert (report.is_published, report.changed) == (True, DOCUMENTS)
                time.sleep(PAUSE_S)
        finally:
            is_over.set()

    answered = [answer for answer in heard.answers if answer["mode"] != "dialogue"]
    mixed = _mixed(container.store, answered)
    named = {answer["generation"] for answer in answered}
    half, most = p50_p95(heard.times_ms)
    print(f"\n{len(heard.answers)} answers of {len(named)} generations, p50 {half:.0f} ms, p95 {most:.0f} ms")
    measurements.note(
        f"{CALLERS} concurrent chats while {GENERATIONS} generations are published",
        target="0 errors, each answer of one generation",
        measured=f"{len(heard.errors)} errors and {len(mixed)} mixed in {len(heard.answers)} answers",
        is_met=not heard.errors and not mixed,
    )
    assert heard.errors == []
    assert mixed == []
    assert len(heard.answers) >= CALLERS
    assert len(named) > GENERATIONS // 2
    assert sum(bool(answer["citations"]) for answer in heard.answers) > 0.8 * len(heard.answers)


def _ask_on(client, caller: int, heard: Heard, is_over: threading.Event) -> None:
    number = caller
    while not is_over.is_set():
        started = time.perf_counter()
        try:
            heard.answers.append(ask(client, question(number % DOCUMENTS)))
        except Exception as error:
            heard.errors.append(repr(error))
        heard.times_ms.append((time.perf_counter() - started) * 1000)
        number += CALLERS + 1


def _mixed(store: Store, answers: list[dict]) -> list[str]:
    """Answers whose citations are not, word for word, those of one version in the generation that they name."""
    faults = []
    generations = {name: store.open(name) for name in {answer["generation"] for answer in answers}}
    for answer in answers:
        generation = generations[answer["generation"]]
        for citation in answer["citations"]:
            try:
                (passage,) = generation.passages([citation["passage_id"]])
            except KeyError:
                faults.append(f"{generation.name} has no {citation['passage_id']}")
                continue
            if passage.text[citation["start"] : citation["end"]] != citation["quote"]:
                faults.append(f"{generation.name}: {citation['passage_id']} says something else")
        if len(versions_in([answer["text"], *(citation["quote"] for citation in answer["citations"])])) > 1:
            faults.append(f"{generation.name}: {answer['text']}")
    for generation in generations.values():
        generation.close()
    return faults
