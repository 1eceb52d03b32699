from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from app.database import Database
from app.domain.behaviour import BehaviourEvent
from app.recommendation.errors import BehaviourInvalid
from app.recommendation.events import BehaviourLog, Shown
from app.recommendation.json_form import event_of

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)


@pytest.fixture
def log(tmp_path):
    database = Database.in_file(tmp_path / "kefu.sqlite")
    yield BehaviourLog(database)
    database.close()


def view(user: str, item: str, minutes: float = 0, **fields: str) -> BehaviourEvent:
    return BehaviourEvent(user, "view", NOON + timedelta(minutes=minutes), item_id=item, **fields)  # type: ignore[arg-type]


def test_an_event_told_twice_is_kept_once(log):
    named = view("u", "a", event_id="e1")

    first = log.take([named, view("u", "b"), view("u", "b")])
    second = log.take([named, view("u", "b"), view("u", "c")])

    assert (first.new, first.known) == (2, 1)
    assert (second.new, second.known) == (1, 2)
    assert [event.item_id for event in log.of_user("u")] == ["a", "b", "c"]


def test_the_same_moment_in_two_time_zones_is_the_same_event():
    there = event_of({"user_id": "u", "event": "view", "item_id": "a", "at": "2026-11-24T20:00:00+08:00"})

    assert there.key == view("u", "a").key


def test_models_learn_from_choices_in_the_order_of_time(log):
    search = BehaviourEvent("u", "search", NOON, query="手机")
    log.take([view("u", "late", 5), search, view("u", "early", 1), BehaviourEvent("u", "expose", NOON, item_id="x")])

    assert [one.item_id for one in log.interactions()] == ["early", "late"]


def test_who_asks_to_be_forgotten_leaves_no_event_and_no_name(log):
    log.take([view("u", "a"), view("v", "a")])
    log.note_shown(Shown("r1", NOON, "u", "home", ("a",)))

    assert log.erase("u") == 1

    assert log.of_user("u") == log.shown_to("u", now=NOON) == []
    assert log.count() == 1
    assert [one.user_id for one in log.shown_between(NOON, NOON + timedelta(hours=1))] == [""]


@pytest.mark.parametrize("user", ["\x00", "' OR 1=1 --", "x" * 5000, ""])
def test_hostile_ids_find_nothing(log, user):
    log.take([view("u", "a")])

    assert log.of_user(user) == []
    assert log.shown_to(user) == []


@pytest.mark.parametrize(
    "fields",
    [
        None,
        [],
        "view",
        {},
        {"user_id": "u", "event": "view", "item_id": "a"},
        {"user_id": "u", "event": "view", "at": "2026-11-24T12:00:00Z"},
        {"user_id": "", "event": "view", "item_id": "a", "at": "2026-11-24T12:00:00Z"},
        {"user_id": 7, "event": "view", "item_id": "a", "at": "2026-11-24T12:00:00Z"},
        {"user_id": "u\x00", "event": "view", "item_id": "a", "at": "2026-11-24T12:00:00Z"},
        {"user_id": "u", "event": ["view"], "item_id": "a", "at": "2026-11-24T12:00:00Z"},
        {"user_id": "u", "event": "view", "item_id": "a" * 101, "at": "2026-11-24T12:00:00Z"},
        {"user_id": "u", "event": "view", "item_id": "\ud800", "at": "2026-11-24T12:00:00Z"},
        {"user_id": "u", "event": "view", "item_id": "a", "at": "0000-00-00"},
        {"user_id": "u", "event": "view", "item_id": "a", "at": 1e99},
        {"user_id": "u", "event": "view", "item_id": "a", "at": "2026-11-24T12:00:00Z", "is_admin": True},
        {"user_id": "u", "event": "buy", "item_id": "a", "at": "2026-11-24T12:00:00Z", "quantity": True},
        {"user_id": "u", "event": "buy", "item_id": "a", "at": "2026-11-24T12:00:00Z", "quantity": -1},
        {"user_id": "u", "event": "search", "at": "2026-11-24T12:00:00Z"},
    ],
)
def test_what_is_no_event_is_refused_in_one_short_line(fields):
    with pytest.raises(BehaviourInvalid) as caught:
        event_of(fields)

    assert len(caught.value.message) < 300
    assert "\n" not in caught.value.message
