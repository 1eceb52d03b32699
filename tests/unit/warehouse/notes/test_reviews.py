from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from app.database import Database
from app.warehouse.notes import NoteParser, NoteReviews
from app.warehouse.notes.errors import ReviewClosed, ReviewMissing

NOTE = NoteParser().parse("老地方，易碎", datetime(2026, 11, 24, 9, tzinfo=ZoneInfo("Asia/Shanghai")))


@pytest.fixture
def reviews(tmp_path):
    database = Database.in_file(tmp_path / "kefu.sqlite")
    yield NoteReviews(database)
    database.close()


def test_an_unclear_note_waits_once_until_somebody_decides(reviews):
    review_id = reviews.add(NOTE, source="order:SL1")
    assert reviews.add(NOTE, source="order:SL1") == review_id

    (waiting,) = reviews.waiting()
    assert (waiting.text, waiting.source, waiting.time_zone) == ("老地方，易碎", "order:SL1", "Asia/Shanghai")
    assert [each["type"] for each in waiting.constraints] == ["unclear", "handling"]

    decided = reviews.decide(review_id, [{"type": "hand_over", "value": {"to": "guard"}}], by="key:1")
    assert (decided.state, decided.decided_by) == ("decided", "key:1")
    assert reviews.waiting() == []
    assert [review.review_id for review in reviews.waiting(state="decided")] == [review_id]


def test_nobody_decides_twice(reviews):
    review_id = reviews.add(NOTE, source="order:SL1")
    reviews.decide(review_id, None, by="key:1")

    with pytest.raises(ReviewClosed, match="dismissed by key:1"):
        reviews.decide(review_id, None, by="key:2")
    with pytest.raises(ReviewMissing):
        reviews.decide("none", None, by="key:1")
