"""Scripted dialogues with corrections, digressions, cancels, references, identity and changes of language."""

from collections import Counter
from datetime import date

import pytest

from app.dialogue.rehearsal import Rehearsal
from app.evaluation.scorecard import Figure, Scorecard
from tests.dialogue_samples import scripted_dialogues, shipped_engine

pytestmark = pytest.mark.evaluation

WANTED = {
    "correction",
    "digression",
    "cancel",
    "references",
    "identity",
    "language",
    "confirmation",
    "resume",
    "handoff",
}


def test_scripted_dialogues_end_in_the_right_state(scorecard: Scorecard):
    examples = scripted_dialogues()
    rehearsal = Rehearsal(shipped_engine())
    problems = {example.name: found for example in examples if (found := rehearsal.play(example))}
    right = len(examples) - len(problems)

    scorecard.note(
        Figure(
            "scripted dialogues (zh, en, mixed) that end in the right state",
            "60 of 60",
            f"{right} of {len(examples)}",
            not problems,
            "pytest -m evaluation tests/evaluation/test_dialogues.py",
            date.today(),
        )
    )
    assert len(examples) >= 60
    assert problems == {}


def test_the_dialogues_hold_what_they_are_to_show():
    examples = scripted_dialogues()
    tags = Counter(tag for example in examples for tag in example.tags)

    assert all(tags[tag] >= 3 for tag in WANTED), tags
    assert len({example.name for example in examples}) == len(examples)
    assert {example.file for example in examples} == {"zh.yaml", "en.yaml", "mixed.yaml"}
