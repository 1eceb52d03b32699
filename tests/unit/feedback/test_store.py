from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from app.database import Database
from app.domain.service_events import ServiceEvent
from app.feedback.store import AgentEdit, Feedback, FeedbackStore


class Notebook:
    """A log of events in memory."""

    def __init__(self) -> None:
        self.events: list[ServiceEvent] = []

    def append(self, *events: ServiceEvent) -> None:
        self.events += events


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    database = Database.in_file(tmp_path / "home" / "kefu.sqlite")
    yield database
    database.close()


def _old_file(path: Path) -> Path:
    with closing(sqlite3.connect(path)) as file, file:
        file.execute(
            "CREATE TABLE feedback (feedback_id TEXT PRIMARY KEY, receipt_id TEXT NOT NULL, rating TEXT NOT NULL,"
            " reason TEXT, correction TEXT, caller TEXT NOT NULL, created_at TEXT NOT NULL)"
        )
        file.execute(
            "INSERT INTO feedback VALUES ('f1', 'r1', 'down', '不对', NULL, 'k1', '2026-11-01T08:00:00+00:00')"
        )
    return path


def test_latest_opinion_of_a_caller_on_an_answer_counts(database: Database) -> None:
    store = FeedbackStore(database)
    store.add(Feedback("r1", "up", caller="a"))
    store.add(Feedback("r1", "down", "不完整", "应为七日", caller="a"))
    store.add(Feedback("r1", "up", caller="b"))

    assert [(item.rating, item.caller, item.correction) for item in store.list()] == [
        ("up", "b", None),
        ("down", "a", "应为七日"),
    ]
    assert [item.caller for item in store.list(rating="down")] == ["a"]
    assert len(store.list(limit=1)) == 1


def test_reasons_and_conversation_come_back(database: Database) -> None:
    store = FeedbackStore(database)
    given = Feedback("r1", "down", caller="a", reasons=("outdated", "incomplete"), conversation_id="c1")
    store.add(given)

    assert store.of_receipts(["r1", "r2"]) == {"r1": [given]}
    assert store.rated_receipts("down") == {"r1"}
    assert store.rated_receipts("up") == frozenset()


def test_a_rating_is_told_to_the_log(database: Database) -> None:
    log = Notebook()
    given = Feedback("r1", "down", caller="a", reasons=("wrong",), conversation_id="c1")
    FeedbackStore(database, log=log).add(given)

    (event,) = log.events
    assert (event.kind, event.receipt_id, event.conversation_id) == ("rated", "r1", "c1")
    assert event.data["rating"] == "down"
    assert event.event_id == given.feedback_id


def test_ratings_of_an_earlier_version_are_taken_over_once(database: Database, tmp_path: Path) -> None:
    path = _old_file(tmp_path / "feedback.sqlite")

    assert [item.reason for item in FeedbackStore(database, legacy=path).list()] == ["不对"]
    assert not path.exists()
    _old_file(path)  # as after a crash between copying and putting the file aside
    store = FeedbackStore(database, legacy=path)
    store.add(Feedback("r2", "up"))
    assert [item.receipt_id for item in store.list()] == ["r2", "r1"]


def test_a_damaged_file_of_an_earlier_version_is_left_alone(
    database: Database, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    path = tmp_path / "feedback.sqlite"
    path.write_bytes(b"no database at all, only words" * 50)

    assert FeedbackStore(database, legacy=path).list() == []
    assert path.exists()
    assert "cannot be read" in caplog.text


def test_an_edit_knows_how_much_was_changed(database: Database) -> None:
    store = FeedbackStore(database)
    store.add_edit(AgentEdit("r1", "lin", "七天内可退。", "七天内可退。"))
    store.add_edit(AgentEdit("r2", "lin", "七天内可退。", "十五天内可以退货，请保留吊牌。", conversation_id="c1"))

    assert [item.receipt_id for item in store.edits()] == ["r2", "r1"]
    assert [item.receipt_id for item in store.edits(least=0.2)] == ["r2"]
    assert store.edits(receipt_id="r1")[0].changed == 0.0


def test_erasing_a_conversation_takes_its_opinions_and_edits(database: Database) -> None:
    store = FeedbackStore(database)
    store.add(Feedback("r1", "up", conversation_id="c1"))
    store.add(Feedback("r2", "up", conversation_id="c2"))
    store.add_edit(AgentEdit("r1", "lin", "a", "b", conversation_id="c1"))

    assert store.erase("c1") == 2
    assert [item.receipt_id for item in store.list()] == ["r2"]
