"""How long a message takes to be understood: embedding, intent, slots, language and mood."""

from __future__ import annotations

import csv
import json
import time
from pathlib import Path

import pytest

from app.building.container import Container
from app.settings import Settings
from tests.benchmarks.measured import Measurements, p50_p95

pytestmark = [pytest.mark.benchmark, pytest.mark.weights, pytest.mark.timeout(0)]

ROOT = Path(__file__).parents[2]
MOST_MS = 30


def test_a_message_is_understood_in_thirty_milliseconds(measurements: Measurements) -> None:
    with (ROOT / "knowledge" / "catalogue" / "products.csv").open(encoding="utf-8-sig", newline="") as stream:
        products = [(row["name_zh"], row["name_en"]) for row in csv.DictReader(stream)]
    understander = Container(Settings()).understander_with(products=products)
    path = ROOT / "tests" / "evaluation" / "understanding" / "utterances.jsonl"
    messages = [json.loads(line)["text"] for line in path.read_text(encoding="utf-8").splitlines()]
    for message in messages[:50]:
        understander.understand(f"{message} ")
    times_ms = []
    for message in messages:
        started = time.perf_counter()
        understander.understand(message)
        times_ms.append(1000 * (time.perf_counter() - started))

    half, most = p50_p95(times_ms)
    measurements.note(
        "understanding a message, p95, embedding included",
        target=f"<= {MOST_MS} ms",
        measured=f"{most:.1f} ms, p50 {half:.1f}",
        is_met=most <= MOST_MS,
    )
