from __future__ import annotations

import pytest

from app.building.copywriting import quantity_faults
from app.database import Database
from app.marketing import Catalogue, CopyDesk, Copywriter

URL = "/v1/admin/copy"
DRESS = {"attributes": [{"name": "类型", "value": "裙"}, {"name": "颜色", "value": "蓝色"}], "channel": "detail"}


@pytest.fixture
def desk(tmp_path):
    database = Database.in_file(tmp_path / "kefu.sqlite")
    yield CopyDesk(database, Copywriter(Catalogue(None), quantity_faults))
    database.close()


def test_copy_is_written_approved_published_and_measured(make_client, desk):
    client = make_client("admin", copy=desk)

    written = client.post(URL, json=DRESS).json()
    copy_id = written["copies"][0]["copy_id"]
    assert [copy["state"] for copy in client.get(URL).json()["copies"]] == ["draft", "draft"]
    assert client.post(f"{URL}/{copy_id}/publish").json()["code"] == "copy_step_invalid"
    assert client.post(f"{URL}/{copy_id}/approve", json={"note": "ok"}).json()["state"] == "approved"
    assert client.post(f"{URL}/{copy_id}/publish").json()["steps"][-1]["by"] == "test"
    outcome = {"copy_id": copy_id, "exposure_id": "e1", "event": "click"}
    assert client.post(f"{URL}/outcomes", json={"outcomes": [outcome, outcome]}).json() == {"counted": 1}
    effect = client.get(f"{URL}/effect", params={"channel": "detail"}).json()
    assert effect["variants"][0]["clicks"] == 1


def test_any_text_is_checked(make_client, desk):
    client = make_client("admin", copy=desk)

    found = client.post(
        f"{URL}/check", json={"text": "红色，全国第一", "about": {"attributes": DRESS["attributes"]}}
    ).json()

    assert not found["clean"]
    assert [hit["rule"] for hit in found["violations"]] == ["absolute_term"]


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({}, 422, "copy_input_invalid"),
        ({**DRESS, "channel": "tv"}, 422, "channel_unknown"),
        ({"product_id": "SL-XX"}, 404, "product_unknown"),
        ({**DRESS, "variants": 0}, 422, "request_invalid"),
        ({**DRESS, "colour": "red"}, 422, "request_invalid"),
    ],
)
def test_what_cannot_be_written_is_refused(make_client, desk, body, status, code):
    reply = make_client("admin", copy=desk).post(URL, json=body)

    assert (reply.status_code, reply.json()["code"]) == (status, code)


def test_copy_is_for_administrators_and_may_not_be_installed(make_client, desk):
    assert make_client("chat", copy=desk).get(URL).status_code == 403
    assert make_client("admin").get(URL).json()["code"] == "copy_off"
    assert make_client("admin", copy=desk).get(f"{URL}/nothing").json()["code"] == "copy_missing"
