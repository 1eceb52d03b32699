"""Whether notes to couriers are read as they are meant, on the own sets: the part looked at, and the others."""

from __future__ import annotations

import json
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest

from app.evaluation.scorecard import Figure
from app.warehouse.notes import NoteParser

pytestmark = pytest.mark.evaluation

FOLDER = Path(__file__).parent / "notes"
SETS = {
    "own set": "seen.jsonl",
    "part written before the grammar": "unseen.jsonl",
    "part written after the grammar": "late.jsonl",
    "part of many voices": "varied.jsonl",
    "part with wordings new to it when first measured": "fresh.jsonl",
}
F1, INVENTED = 0.93, 0.01


def rows(name: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (FOLDER / name).read_text(encoding="utf-8").splitlines()]


def is_right(found: dict[str, Any], meant: dict[str, Any]) -> bool:
    overlaps = found["start"] < meant["end"] and meant["start"] < found["end"]
    return found["type"] == meant["type"] and found["value"] in (meant["value"], *meant.get("also", ())) and overlaps


@pytest.mark.parametrize("name", SETS)
def test_own_notes(name, scorecard):
    parser = NoteParser()
    right = found_count = meant_count = invented = 0
    for row in rows(SETS[name]):
        note = parser.parse(row["text"], datetime.fromisoformat(row["now"]))
        meant = list(row["constraints"])
        types = {each["type"] for each in meant}
        found_count += len(note.constraints)
        for found in (constraint.to_json() for constraint in note.constraints):
            invented += found["type"] not in types
            match = next((each for each in meant if is_right(found, each)), None)
            if match is not None:
                meant.remove(match)
                right += 1
                meant_count += 1
        meant_count += sum(not each.get("optional", False) for each in meant)

    f1 = 2 * right / (found_count + meant_count)
    share = invented / found_count
    today, command = date.today(), "make eval"
    scorecard.note(
        Figure(f"notes to constraints, {name}: F1", f">= {F1}", f"{f1:.3f} of {meant_count}", f1 >= F1, command, today),
        Figure(
            f"notes to constraints, {name}: invented",
            f"<= {INVENTED:.0%}",
            f"{share:.1%} of {found_count}",
            share <= INVENTED,
            command,
            today,
        ),
    )
    assert f1 >= 0.80, "a step back"
    assert share <= 0.10, "a step back"


def test_notes_with_nothing_to_ask_seldom_wait_for_a_person(scorecard):
    parser = NoteParser()
    nothing = [row for name in SETS.values() for row in rows(name) if not row["constraints"]]
    waiting = [row for row in nothing if parser.parse(row["text"], datetime.fromisoformat(row["now"])).needs_person]

    share = len(waiting) / len(nothing)
    value = f"{share:.1%} of {len(nothing)}"
    name = "notes without a constraint that wait for a person"
    scorecard.note(Figure(name, "<= 10%", value, share <= 0.1, "make eval", date.today()))
    assert share <= 0.1


@pytest.mark.parametrize("name", SETS.values())
def test_places_of_the_own_sets_lie_in_their_notes(name):
    for row in rows(name):
        for each in row["constraints"]:
            assert 0 <= each["start"] < each["end"] <= len(row["text"])
