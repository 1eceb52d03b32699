"""The nights of the classifier of messages: real training on hashed vectors, a registry that says what it is told."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from app.domain.learning import Settled
from app.training.classifier import FittingParams
from app.training.intents import EXAMPLES
from app.training.intents_turn import IntentsTurn
from app.training.record import LINEAGE
from index.embedding.hashing import HashingEmbedder

pytestmark = pytest.mark.filterwarnings("ignore:Number of distinct clusters")
AT = datetime(2026, 11, 25, 3, tzinfo=UTC)
ROWS = [
    (f"{text}{number}", intent)
    for number in range(8)
    for text, intent in (
        ("我想退货", "ret"), ("I want to return this", "ret"), ("发票怎么开", "inv"), ("send me the invoice", "inv"),
    )
]  # fmt: skip


def written(path, rows):
    lines = [json.dumps({"text": text, "intent": intent}, ensure_ascii=False) for text, intent in rows]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


class Registry:
    def __init__(self):
        self.taken = []

    def submit(self, candidate):
        self.taken.append(candidate)
        return "int1"

    def settle(self, candidate_id):
        return Settled("promoted", "已上线", "It serves.")


def turn(tmp_path, registry=None):
    return IntentsTurn(
        tmp_path / "nights",
        tmp_path / "intents.jsonl",
        HashingEmbedder,
        registry=lambda: registry,
        params=FittingParams(folds=2),
        clock=lambda: AT,
    )


def test_a_company_without_examples_has_no_such_nights(tmp_path):
    assert turn(tmp_path)() is None
    assert not (tmp_path / "nights").exists()


def test_examples_are_trained_on_once_until_they_change(tmp_path):
    registry, path = Registry(), written(tmp_path / "intents.jsonl", ROWS)

    first, second = turn(tmp_path, registry)(), turn(tmp_path, registry)()
    written(path, [*ROWS, ("退换货", "ret")])
    third = turn(tmp_path, registry)()

    assert [night.outcome for night in (first, second, third)] == ["promoted", "nothing_new", "promoted"]
    assert [len(registry.taken), first.pairs, third.pairs] == [2, 32, 33]


def test_the_candidate_carries_its_examples_and_a_whole_record(tmp_path):
    registry = Registry()
    written(tmp_path / "intents.jsonl", ROWS)

    turn(tmp_path, registry)()

    made = registry.taken[0]
    assert (made.folder / EXAMPLES).read_bytes() == (tmp_path / "intents.jsonl").read_bytes()
    assert json.loads((made.folder / LINEAGE).read_text(encoding="utf-8")) == made.lineage
    assert {"data", "seed", "code", "parents", "base", "params", "weights"} <= set(made.lineage)


def test_a_broken_line_ends_the_night_with_its_number_and_leaves_nothing(tmp_path):
    (tmp_path / "intents.jsonl").write_text('{"text": "hello"}\n', encoding="utf-8")

    night = turn(tmp_path, Registry())()

    assert night.outcome == "failed"
    assert "1" in night.why
    assert not list((tmp_path / "nights").glob("intents-*"))
