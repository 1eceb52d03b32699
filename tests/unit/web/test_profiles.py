from __future__ import annotations

import pytest

from app.database import Database
from app.orders import SqlShop
from app.profiles import Profiles
from tests.shop_samples import WANG, plain_order

URL = "/v1/customers/C1/profile"


@pytest.fixture
def client(make_client, tmp_path):
    database = Database.in_file(tmp_path / "kefu.sqlite")
    shop = SqlShop(database)
    shop.add(customers=[WANG], orders=[plain_order("SL1")])
    yield make_client("admin", profiles=Profiles(database, shop))
    database.close()


def test_a_profile_is_seen_changed_exported_and_erased(client):
    assert client.get(URL).json()["consents"] == {}

    body = {
        "preferences": {"language": "en", "sizes": {"鞋": "39"},
                        "quiet_hours": {"start": "22:00", "end": "08:00", "timezone": "Asia/Shanghai"}},
        "consents": {"personalisation": True, "marketing": False},
        "source": "account page",
    }  # fmt: skip
    changed = client.put(URL, json=body).json()
    assert changed["language"] == "en"
    assert changed["preferences"]["quiet_hours"] == body["preferences"]["quiet_hours"]
    assert changed["consents"]["personalisation"]["source"] == "account page"
    assert changed["facts"]["sizes"] == {"鞋": ["38"]}

    export = client.get(f"{URL}/export")
    assert export.headers["content-disposition"] == 'attachment; filename="profile.json"'
    assert [order["order_id"] for order in export.json()["orders"]] == ["SL1"]
    assert {access["actor"].partition(":")[0] for access in export.json()["accesses"]} == {"key"}

    erased = client.delete(URL).json()
    assert erased["erased"] == {"preferences": 1, "consents": 2, "notes": 0}
    assert set(erased["statement"]) == {"zh", "en"}
    assert client.get(URL).json()["consents"] == {}


def test_what_is_left_out_stays_as_it_is(client):
    client.put(URL, json={"preferences": {"brands": ["跃动"]}, "consents": {"service": True}})

    changed = client.put(URL, json={"consents": {"marketing": True}}).json()

    assert changed["preferences"]["brands"] == ["跃动"]
    assert {purpose for purpose, consent in changed["consents"].items() if consent["is_given"]} == {
        "service",
        "marketing",
    }


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"consents": {"spying": True}}, "request_invalid"),
        ({"consents": {"service": "perhaps"}}, "request_invalid"),
        ({"preferences": {"colour": "red"}}, "request_invalid"),
        ({"preferences": {"language": "fr"}}, "preference_invalid"),
        ({"preferences": {"sizes": {"鞋": ""}}}, "preference_invalid"),
        ({"preferences": {"brands": ["\ud800"]}}, "request_invalid"),
        ({"source": ""}, "request_invalid"),
    ],
)
def test_what_cannot_be_kept_is_refused(client, body, code):
    import json

    reply = client.put(URL, content=json.dumps(body), headers={"Content-Type": "application/json"})

    assert (reply.status_code, reply.json()["code"]) == (422, code)


def test_strangers_and_notes_that_are_not_there(client):
    assert client.get("/v1/customers/nobody/profile").json()["code"] == "customer_unknown"
    assert client.get("/v1/customers/nobody/profile").status_code == 404
    assert client.get("/v1/customers/%00/profile").status_code == 404
    assert client.delete(f"{URL}/notes/none").json()["code"] == "note_not_found"


@pytest.mark.parametrize("scope", ["chat", "search"])
def test_other_keys_see_nothing(make_client, scope):
    client = make_client(scope)

    replies = [client.get(URL), client.put(URL, json={}), client.delete(URL), client.get(f"{URL}/export")]

    assert [reply.status_code for reply in replies] == [403] * 4


def test_a_service_without_profiles_says_so(make_client):
    assert make_client("admin").get(URL).json()["code"] == "profiles_off"
