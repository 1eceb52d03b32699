from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from app.database import Database
from app.warehouse.notes import NoteParser, NoteReviews
from app.warehouse.notes.errors import DecisionInvalid, ReviewClosed, ReviewMissing

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


@pytest.mark.parametrize(
    ("constraint", "message"),
    [
        ({"type": "wish", "value": "x"}, "has the type 'wish'"),
        ({"type": "unclear", "value": {"reason": "past"}}, "unclear again"),
        ({"type": "hand_over", "value": {"to": "moon"}}, "expected one of"),
        ({"type": "hand_over", "value": "guard"}, "none of its kind"),
        ({"type": "delivery_window", "value": {}}, "neither days nor hours"),
        ({"type": "delivery_window", "value": {"start": "18:00", "end": "09:00"}}, "ends before it begins"),
        ({"type": "delivery_window", "value": {"start": "noonish"}}, "none of its kind"),
        ({"type": "delivery_window", "value": {"weekdays": [8]}}, "from 1 to 7"),
        ({"type": "contact", "value": {"method": "call", "minutes_ahead": "ten"}}, "from 1 to 1440"),
        ({"type": "floor", "value": True}, "from 1 to 200"),
        ({"type": "signature", "value": None}, "short text"),
    ],
)
def test_a_decision_that_no_plan_could_use_is_refused_and_the_note_waits_on(reviews, constraint, message):
    review_id = reviews.add(NOTE, source="order:SL1")

    with pytest.raises(DecisionInvalid, match=message):
        reviews.decide(review_id, [constraint], by="key:1")

    assert [review.review_id for review in reviews.waiting()] == [review_id]
