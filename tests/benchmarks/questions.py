"""Questions that people ask: the golden ones of the sample company."""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import date
from pathlib import Path

from app.evaluation.datasets import GoldenQuestion, read_golden

TODAY = date(2026, 11, 24)
_GOLDEN = Path(__file__).parents[1] / "evaluation" / "golden"


def golden_questions(count: int) -> Sequence[GoldenQuestion]:
    """At most `count`, Chinese and English mixed; always the same."""
    every = [item for path in sorted(_GOLDEN.glob("queries_*.jsonl")) for item in read_golden(path)]
    random.Random(5).shuffle(every)
    return every[:count]


def in_both_languages(count: int) -> Sequence[GoldenQuestion]:
    """`count` answerable questions, half of them Chinese and half English."""
    every = [item for item in golden_questions(10_000) if item.is_answerable]
    halves = [[item for item in every if item.language == language] for language in ("zh", "en")]
    return [item for pair in zip(*halves, strict=False) for item in pair][:count]
