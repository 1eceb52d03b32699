"""How long a note to the courier takes to be read."""

from __future__ import annotations

import json
import time
from datetime import datetime
from pathlib import Path

import pytest

from app.warehouse.notes import NoteParser
from tests.benchmarks.measured import Measurements, p50_p95

pytestmark = [pytest.mark.benchmark, pytest.mark.timeout(0)]

NOTES = Path(__file__).parents[1] / "evaluation" / "notes" / "seen.jsonl"
MOST_MS = 2


def test_a_note_is_read_in_two_milliseconds(measurements: Measurements) -> None:
    parser = NoteParser()
    rows = [json.loads(line) for line in NOTES.read_text(encoding="utf-8").splitlines()]
    for row in rows[:50]:
        parser.parse(row["text"], datetime.fromisoformat(row["now"]))
    times_ms = []
    for row in rows:
        now = datetime.fromisoformat(row["now"])
        started = time.perf_counter()
        parser.parse(row["text"], now)
        times_ms.append(1000 * (time.perf_counter() - started))

    half, most = p50_p95(times_ms)
    measurements.note(
        "reading a note to the courier, p95",
        target=f"<= {MOST_MS} ms",
        measured=f"{most:.2f} ms, p50 {half:.2f}",
        is_met=most <= MOST_MS,
    )
