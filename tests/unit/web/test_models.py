from __future__ import annotations

from datetime import UTC, datetime

import pytest

from app.database import Database
from app.learning.registry import Gate, Registry
from app.served import CanaryWatch, ServedModels
from app.web.services import TrainedModels
from tests.unit.learning.registry.test_registry import FakeMeasure, made

URL = "/v1/admin/models"


@pytest.fixture
def registry(tmp_path):
    models = ServedModels(Database.in_file(tmp_path / "models.sqlite"), tmp_path / "kept")
    return Registry(models, tmp_path / "kept", lambda _kind: Gate(FakeMeasure()))


@pytest.fixture
def client(make_client, registry):
    watch = CanaryWatch(registry.models, lambda _start, _end: [])
    nights = [{"at": "2026-11-24T03:00:00+00:00", "kind": "intents"}, {"at": "2026-11-25T03:00:00+00:00"}]
    return make_client("admin", models=TrainedModels(lambda: registry, watch, lambda limit: nights[-limit:]))


def test_candidates_are_seen_tried_promoted_and_taken_back(client, registry, tmp_path):
    made_id = registry.submit(made(tmp_path, "good"))

    listed = client.get(URL).json()
    assert [row["id"] for row in listed["candidates"]] == [made_id]
    assert {row["kind"]: row["serving"] for row in listed["serving"]}["intents"] is None

    assert client.post(f"{URL}/{made_id}/canary", json={"share": 0.2}).json()["state"] == "canary"
    serving = {row["kind"]: row for row in client.get(URL).json()["serving"]}["intents"]
    assert serving["canary"]["share"] == 0.2
    assert serving["arms"]["conversations"] == {"canary": 0, "control": 0}

    assert client.post(f"{URL}/{made_id}/promote", json={"note": "better"}).json()["state"] == "serving"
    assert client.get(f"{URL}/{made_id}/card").text.startswith(f"# intents {made_id}")
    assert [row["move"] for row in client.get(f"{URL}/{made_id}").json()["history"]] == [
        "submitted", "canary", "promoted",
    ]  # fmt: skip

    assert client.post(f"{URL}/serving/intents/rollback").json()["taken_back"] == made_id


def test_what_cannot_be_done_says_why(client, registry, tmp_path):
    refused = registry.submit(made(tmp_path, "bad", right=0.35))

    problem = client.post(f"{URL}/{refused}/promote").json()
    assert (problem["status"], problem["code"]) == (409, "candidate_not_passed")
    assert "worse" in problem["detail"]
    assert client.get(f"{URL}/nobody").json()["code"] == "candidate_missing"
    assert client.post(f"{URL}/serving/intents/rollback").json()["code"] == "nothing_before"
    assert client.post(f"{URL}/{refused}/canary", json={"share": 1.5}).status_code == 422
    assert client.post(f"{URL}/{refused}/reject", json={"note": "no"}).json()["state"] == "rejected"


def test_only_administrators_see_models(make_client, registry):
    watch = CanaryWatch(registry.models, lambda _start, _end: [])
    client = make_client("chat", "agent", models=TrainedModels(lambda: registry, watch))

    assert client.get(URL).status_code == 403


def test_a_service_without_models_says_so(make_client):
    assert make_client("admin").get(URL).json()["code"] == "models_off"
    assert make_client("admin").get("/v1/admin/learning").json()["code"] == "models_off"


def test_times_are_told_with_their_zone(client, registry, tmp_path):
    registry.submit(made(tmp_path, "good"))

    told = client.get(URL).json()["candidates"][0]["submitted_at"]

    assert datetime.fromisoformat(told).astimezone(UTC).tzinfo is UTC


def test_nights_come_newest_first_and_figures_of_candidates_in_order(client, registry, tmp_path):
    first = registry.submit(made(tmp_path, "bad", right=0.35))
    second = registry.submit(made(tmp_path, "good"))

    shown = client.get("/v1/admin/learning").json()

    assert [night["at"][:10] for night in shown["nights"]] == ["2026-11-25", "2026-11-24"]
    assert [item["id"] for item in shown["judged"]] == [first, second]
    assert shown["judged"][1]["candidate"] > shown["judged"][1]["serving"]
    assert len(client.get("/v1/admin/learning?limit=1").json()["nights"]) == 1
