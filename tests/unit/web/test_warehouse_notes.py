from __future__ import annotations

from dataclasses import replace

import pytest

from app.database import Database
from app.orders import SqlShop
from app.warehouse.notes import NoteDesk, NoteParser, NoteReviews
from tests.shop_samples import WANG, plain_order

URL = "/v1/admin/warehouse/notes"


@pytest.fixture
def client(make_client, tmp_path):
    database = Database.in_file(tmp_path / "kefu.sqlite")
    shop = SqlShop(database)
    shop.add(customers=[WANG], orders=[replace(plain_order("SL1"), note="早点，放门卫")])
    yield make_client("admin", notes=NoteDesk(NoteParser(), NoteReviews(database), shop))
    database.close()


def test_notes_are_read_and_unclear_ones_wait_for_a_person(client):
    body = {"notes": [{"id": "1", "text": "明天下午送", "now": "2026-11-24T09:00"}, {"id": "2", "order_id": "SL1"}]}

    clear, unclear = client.post(URL, json=body).json()["notes"]

    value = {"first_day": "2026-11-25", "last_day": "2026-11-25", "start": "12:00", "end": "18:00", "excluded": False}
    assert [each["value"] for each in clear["constraints"]] == [value]
    assert (clear["needs_person"], clear["review_id"]) == (False, None)
    assert [each["type"] for each in unclear["constraints"]] == ["unclear", "hand_over"]

    (waiting,) = client.get(f"{URL}/reviews").json()["reviews"]
    assert (waiting["review_id"], waiting["source"]) == (unclear["review_id"], "order:SL1")

    decision = {"constraints": [{"type": "delivery_window", "value": {"end": "12:00", "excluded": False}}]}
    decided = client.post(f"{URL}/reviews/{unclear['review_id']}", json=decision).json()
    assert (decided["state"], decided["decision"]) == ("decided", decision["constraints"])
    again = client.post(f"{URL}/reviews/{unclear['review_id']}", json={"constraints": None})
    assert (again.status_code, again.json()["code"]) == (409, "note_review_closed")


@pytest.mark.parametrize(
    "body",
    [
        {"notes": []},
        {"notes": [{"id": "1"}]},
        {"notes": [{"id": "1", "text": "x", "order_id": "SL1"}]},
        {"notes": [{"id": "1", "text": "x" * 10_001}]},
        {"notes": [{"id": "1", "text": "x"}], "time_zone": "Mars/Olympus"},
    ],
)
def test_what_is_no_note_is_refused(client, body):
    assert client.post(URL, json=body).status_code == 422


def test_an_order_that_is_not_there_is_said_to_be_missing(client):
    answer = client.post(URL, json={"notes": [{"id": "1", "order_id": "SL9"}]})

    assert (answer.status_code, answer.json()["code"]) == (404, "note_order_missing")


def test_without_notes_there_is_none_to_read(make_client):
    answer = make_client("admin").post(URL, json={"notes": [{"id": "1", "text": "x"}]})

    assert (answer.status_code, answer.json()["code"]) == (404, "notes_off")
