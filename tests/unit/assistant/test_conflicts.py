"""Conflicts among evidence, in a base, and in the log."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from app.assistant.base_conflicts import ConflictParams, find_conflicts
from app.assistant.conflict_log import ConflictLog
from app.assistant.conflicts import conflict_between, conflicts_within
from app.domain import Evidence
from index.types import Passage
from tests.fakes import FakeGeneration
from tests.fakes import passage as fake_passage
from tests.pair_embedder import PairEmbedder

DAY = date(2026, 11, 24)


def passage(text: str, passage_id: str, **fields: Any) -> Passage:
    return fake_passage(text, passage_id, context="退货规则 > 期限", **fields)


SEVEN = passage("自签收次日起7日内可以无理由退货。", "a.md#1", valid_from=date(2026, 1, 1))
FIFTEEN = passage("自签收次日起15日内可以无理由退货。", "b.md#1")
OLD = passage("自签收次日起30日内可以无理由退货。", "c.md#1", valid_to=date(2025, 12, 31))


def test_both_sides_are_told_with_their_words_values_and_days() -> None:
    conflict = conflict_between(FIFTEEN, 0, SEVEN, 0)

    assert conflict is not None
    body = conflict.to_dict()
    assert body["kind"] == "number"
    assert [(side["document_id"], side["value"], side["valid_from"]) for side in body["sides"]] == [
        ("a.md", "7日", "2026-01-01"),
        ("b.md", "15日", None),
    ]
    assert body["sides"][0]["quote"] == SEVEN.text
    assert conflict == conflict_between(SEVEN, 0, FIFTEEN, 0)


def test_sentences_of_one_document_and_days_that_never_meet_are_no_conflict() -> None:
    assert conflict_between(SEVEN, 0, passage(FIFTEEN.text, "a.md#2"), 0) is None
    assert conflict_between(SEVEN, 0, OLD, 0) is None


def test_the_evidence_of_an_answer_is_compared_sentence_by_sentence() -> None:
    evidence = [Evidence(number, item, 0, 0, 1.0) for number, item in enumerate((SEVEN, FIFTEEN), start=1)]

    ((pair, conflict),) = conflicts_within(evidence)

    assert {item.passage.document_id for item in pair} == {"a.md", "b.md"}
    assert conflict.kind == "number"
    assert conflicts_within(evidence[:1]) == []


class Base(FakeGeneration):
    """Finds the nearest sentences by going through all."""

    def __init__(self, passages: list[Passage]) -> None:
        super().__init__(passages)
        embedded = PairEmbedder().embed_passages(passages)
        self.vectors = dict(zip(self._passages, embedded.sentences, strict=True))

    def sentence_vectors(self, ids: Any) -> Any:
        return {name: self.vectors[name] for name in ids}

    def near_sentences(self, vectors: Any, *, top: int) -> Any:
        places = [(name, number) for name, rows in self.vectors.items() for number in range(len(rows))]
        scores = vectors @ np.concatenate(list(self.vectors.values())).T
        ranked = [np.argsort(-row)[:top] for row in scores]
        return [[(*places[at], float(row[at])) for at in order] for row, order in zip(scores, ranked, strict=True)]


def test_a_base_is_looked_through_for_what_is_in_force_together() -> None:
    words = ("客服每天回复20个问题。", "发票在24小时内开出。", "礼品卡3年内有效。", "满300元减50元。")
    noise = [passage(text, f"n{number}.md#1") for number, text in enumerate(words)]
    seen: list[tuple[int, int]] = []

    report = find_conflicts(
        Base([SEVEN, FIFTEEN, OLD, *noise]),
        day=DAY,
        params=ConflictParams(floor=0.8, batch=5),
        on_progress=lambda *at: seen.append(at),
    )

    assert [[side.document_id for side in conflict.sides] for conflict in report.conflicts] == [["a.md", "b.md"]]
    assert report.is_complete
    assert (seen[0], seen[-1]) == ((0, report.sentences), (report.sentences, report.sentences))


def test_a_pass_is_bounded_and_says_so() -> None:
    report = find_conflicts(Base([SEVEN, FIFTEEN]), day=DAY, params=ConflictParams(limit=1))

    assert (report.sentences, report.is_complete) == (1, False)


def test_an_empty_base_has_no_conflicts() -> None:
    report = find_conflicts(FakeGeneration([]), day=DAY)  # type: ignore[arg-type]

    assert (report.conflicts, report.sentences, report.is_complete) == ((), 0, True)


@pytest.mark.parametrize("fields", [{"floor": 0.0}, {"neighbours": 1}, {"limit": 0}, {"batch": 0}])
def test_limits_that_make_no_sense_are_refused(fields: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="Expected"):
        ConflictParams(**fields)


def test_the_log_keeps_each_conflict_once_and_a_new_pass_takes_the_place_of_all(tmp_path: Path) -> None:
    log = ConflictLog(tmp_path / "var" / "conflicts.sqlite")
    conflict = conflict_between(SEVEN, 0, FIFTEEN, 0)
    assert conflict is not None
    log.note(conflict, "g1")
    log.note(conflict, "g1")

    met = log.known("g1")
    log.keep(find_conflicts(Base([SEVEN, FIFTEEN]), day=DAY, params=ConflictParams(floor=0.8)))
    checked = log.known("g000001-abcdef01")

    assert [(item["source"], item["kind"]) for item in met["conflicts"]] == [("answer", "number")]
    assert (met["checked_at"], met["pass"]) == (None, None)
    assert [item["source"] for item in checked["conflicts"]] == ["base"]
    assert checked["pass"]["is_complete"] is True
    assert log.known("g1")["conflicts"] == []


def test_a_log_that_cannot_be_written_does_not_stop_an_answer(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    conflict = conflict_between(SEVEN, 0, FIFTEEN, 0)
    assert conflict is not None

    ConflictLog(tmp_path / "file" / "conflicts.sqlite").note(conflict, "g1")
