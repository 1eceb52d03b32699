"""How much personal data is found, and how much else is taken for it."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from app.evaluation.scorecard import Figure
from index.text.language import detect
from index.text.pii import find_personal

pytestmark = pytest.mark.evaluation

COMMAND = "make eval DATA=folder"
IDENTIFYING = ("PERSON", "STREET_ADDRESS", "CREDIT_CARD", "PHONE_NUMBER", "EMAIL_ADDRESS", "IBAN_CODE", "DOMAIN_NAME")
"""Types of the English set that tell of one person; towns, nations, companies, ages and dates are not looked for."""


def rows_of(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def counts(rows: Sequence[Mapping[str, Any]], types: Sequence[str] | None = None) -> tuple[int, int, int, int]:
    """Wanted spans, those touched by one of the same type, spans found, those that touch no wanted one."""
    wanted = touched = total = false = 0
    for row in rows:
        is_english = detect(row["text"]) == "en"
        spans = [(span.name(is_english=is_english), span.start, span.end) for span in find_personal(row["text"])]
        gold = [(one["entity_type"], one["start_position"], one["end_position"]) for one in row["spans"]]
        for kind, start, end in gold:
            if types is None or kind in types:
                wanted += 1
                touched += any(name == kind and first < end and start < last for name, first, last in spans)
        total += len(spans)
        false += sum(not any(first < end and start < last for _, start, end in gold) for _, first, last in spans)
    return wanted, touched, total, false


@pytest.mark.parametrize(
    ("folder", "types", "recall", "precision"),
    [("pii_zh_synth", None, 0.98, 0.98), ("pii_en_presidio", IDENTIFYING, 0.70, 0.97)],
)
def test_redaction(folder, types, recall, precision, data_folder, scorecard):
    wanted, touched, total, false = counts(rows_of(data_folder / folder / "data.jsonl"), types)
    found, right = touched / wanted, 1 - false / total
    day = date.today()
    scorecard.note(
        Figure(
            f"{folder}: personal data found", f">= {recall}", f"{found:.3f} of {wanted}", found >= recall, COMMAND, day
        ),
        Figure(
            f"{folder}: of what is masked, personal",
            f">= {precision}",
            f"{right:.3f} of {total}",
            right >= precision,
            COMMAND,
            day,
        ),
    )
    assert found >= recall
    assert right >= precision
