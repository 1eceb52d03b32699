"""The examples that come with kefu, the classifiers made of them, and the sets that judge them."""

import hashlib
import json
import re
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from rapidfuzz import fuzz, process

from app.understanding import INTENTS, SENTIMENT, shipped_classifier
from app.understanding.slots import REASONS
from app.understanding.slots.reasons import _patterns
from index.text.normalize import fold

ROOT = Path(__file__).parents[3]
DATA = ROOT / "app" / "understanding" / "data"
SETS = ROOT / "tests" / "evaluation" / "understanding"


def _lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def _squeezed(text: str) -> str:
    return re.sub(r"[\W_]", "", fold(text))


def test_every_intent_has_examples_in_both_languages() -> None:
    counts: Counter[tuple[str, bool]] = Counter()
    for row in _lines(DATA / "intents.jsonl"):
        counts[row["intent"], re.search("[一-鿿]", row["text"]) is not None] += 1
    intents = {intent for intent, _ in counts}

    assert len(intents) >= 31
    assert min(counts[intent, True] for intent in intents) >= 35
    assert min(counts[intent, False] for intent in intents) >= 25
    assert counts["out_of_scope", True] + counts["out_of_scope", False] >= 150


@pytest.mark.parametrize("name", [INTENTS, SENTIMENT])
def test_the_classifier_was_made_of_the_examples_beside_it(name: str) -> None:
    told = json.loads((DATA / name / "model.json").read_text(encoding="utf-8"))

    assert told["data_sha256"] == hashlib.sha256((DATA / f"{name}.jsonl").read_bytes()).hexdigest()
    assert shipped_classifier(name).labels == tuple(told["labels"])
    assert sum(path.stat().st_size for path in (DATA / name).iterdir()) < 3_000_000


@pytest.mark.parametrize(
    ("name", "taught_by"),
    [("utterances.jsonl", INTENTS), ("held_out.jsonl", INTENTS), ("moods.jsonl", SENTIMENT)],
)
def test_no_message_that_judges_is_one_that_taught(name: str, taught_by: str) -> None:
    taught = [_squeezed(row["text"]) for row in _lines(DATA / f"{taught_by}.jsonl")]
    known = set(taught)
    longer = [text for text in taught if len(text) >= 8]
    for row in _lines(SETS / name):
        text = _squeezed(row["text"])
        assert not text or text not in known, row["text"]
        near = process.extractOne(text, longer, scorer=fuzz.ratio, score_cutoff=90) if len(text) >= 8 else None
        assert near is None, (row["text"], near)


@pytest.mark.parametrize("name", ["utterances.jsonl", "held_out.jsonl"])
def test_slots_of_the_sets_stand_in_their_messages(name: str) -> None:
    intents = {row["intent"] for row in _lines(DATA / "intents.jsonl")}
    for row in _lines(SETS / name):
        assert row["intent"] in intents
        for slot in row["slots"]:
            assert slot["value"] in row["text"], row


def test_reasons_are_those_of_the_file() -> None:
    assert tuple(code for code, _ in _patterns()) == REASONS
