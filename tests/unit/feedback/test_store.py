from __future__ import annotations

from pathlib import Path

from app.feedback.store import Feedback, FeedbackStore


def test_latest_opinion_of_a_caller_on_an_answer_counts(tmp_path: Path) -> None:
    store = FeedbackStore(tmp_path / "home" / "feedback.sqlite")
    store.add(Feedback("r1", "up", caller="a"))
    store.add(Feedback("r1", "down", "不完整", "应为七日", caller="a"))
    store.add(Feedback("r1", "up", caller="b"))

    assert [(item.rating, item.caller, item.correction) for item in store.list()] == [
        ("up", "b", None),
        ("down", "a", "应为七日"),
    ]
    assert [item.caller for item in store.list(rating="down")] == ["a"]
    assert len(store.list(limit=1)) == 1
