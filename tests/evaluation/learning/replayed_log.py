"""A log of the sample company as it might have been: twelve weeks of questions, with what customers and agents did.

Questions and the documents that answer them are written by hand (`questions.txt`, none of them from the golden or the
calibration set). What people do follows from that with noise, by one seed: they open a right document or a wrong one,
rate what they got, and agents answer where the search failed. Of questions with two wordings one is asked in the first
eight weeks and the other in the last four; the other questions come up once, half of them early; some
topics come up only late.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Literal

from app.training.mining import Signal

QUESTIONS = Path(__file__).with_name("questions.txt")
START = datetime(2026, 8, 31, 8, tzinfo=UTC)
EARLY_DAYS, LATE_DAYS = 56, 28
_EARLY = 0.5
"""Share of the questions with a single wording that are asked early."""
_CUSTOMERS = 160


@dataclass(frozen=True)
class Asked:
    """A question of the log."""

    text: str
    right: tuple[str, ...]
    """Documents that answer it."""
    at: datetime
    customer: str
    kind: Literal["again", "new"]
    """Whether it is, in other words, asked in the earlier weeks too."""


def questions(path: Path = QUESTIONS, *, seed: int = 7) -> list[Asked]:
    """All of them by time."""
    chance = random.Random(seed)
    found = []
    for is_new, right, asked in _topics(path):
        for wordings in asked:
            chance.shuffle(wordings)
            is_early = not is_new and (len(wordings) > 1 or chance.random() < _EARLY)
            for number, text in enumerate(wordings):
                first, days = (0, EARLY_DAYS) if is_early and number == 0 else (EARLY_DAYS, LATE_DAYS)
                at = START + timedelta(days=first + chance.randrange(days), minutes=chance.randrange(780))
                kind = "new" if not is_early else "again"
                found.append(Asked(text, right, at, f"c{chance.randrange(_CUSTOMERS):03d}", kind))
    return sorted(found, key=lambda asked: (asked.at, asked.text))


def later_than() -> datetime:
    """Where the earlier part ends."""
    return START + timedelta(days=EARLY_DAYS)


def signals(asked: Sequence[Asked], shown: Callable[[str], Sequence[str]], *, seed: int = 7) -> list[Signal]:
    """What people did with the documents that the search showed for a question, best first."""
    chance = random.Random(seed + 1)
    found: list[Signal] = []
    for item in asked:
        seen = list(dict.fromkeys(shown(item.text)))[:5]
        good = [name for name in seen if name in item.right]
        if good and chance.random() < 0.6:
            found.append(Signal(item.text, (good[0],), "opened", item.at, item.customer))
        elif seen and chance.random() < 0.15:  # curiosity
            found.append(Signal(item.text, (chance.choice(seen),), "opened", item.at, item.customer))
        is_right = bool(seen) and seen[0] in item.right
        if chance.random() < (0.4 if is_right else 0.04):
            found.append(Signal(item.text, (seen[0],), "rating", item.at, item.customer))
        elif not is_right and seen and chance.random() < 0.3:
            found.append(Signal(item.text, (seen[0],), "rating", item.at, item.customer, is_against=True))
        if not is_right and chance.random() < 0.5:  # a person took over
            told = item.right[0] if chance.random() < 0.95 else chance.choice(seen or item.right)
            found.append(Signal(item.text, (told,), "reply", item.at + timedelta(minutes=9), "agent"))
        if chance.random() < 0.1 and found:  # asked again by the same person
            found.append(found[-1])
    return found


def _topics(path: Path) -> list[tuple[bool, tuple[str, ...], list[list[str]]]]:
    topics: list[tuple[bool, tuple[str, ...], list[list[str]]]] = []
    for line in path.read_text(encoding="utf-8").splitlines():
        if line.startswith(("= ", "+ ")):
            topics.append((line[0] == "+", tuple(line[2:].split()), []))
        elif line and not line.startswith("#"):
            topics[-1][2].append(line.split(" | "))
    return topics
