"""The service as `create_app` puts it together."""

import os
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from app.building.container import Container
from app.main import allowed_hosts, build, language_model_state
from app.model_arrival import Arrival
from app.settings import Settings

TEXT = "# 退货\n\n质量问题退货，运费由商家承担。签收后七日内可以无理由退货。\n"


def _settings(folder: Path, **groups: Any) -> Settings:
    return Settings.model_validate(
        {
            "home": folder / "var",
            "models": {"cache": folder / "models", "embedder": "hashing"},
            "llm": {"order": "extractive"},
            "answer": {"min_confidence": 0},
            "ingest": {"knowledge": (str(folder / "knowledge"),)},
            "schedule": {"enabled": False},
            **groups,
        }
    )


@pytest.fixture(autouse=True)
def _no_settings_of_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in list(os.environ):
        if name.upper().startswith("KEFU_"):  # the environment goes before what a test sets
            monkeypatch.delenv(name)


@pytest.fixture
def client(tmp_path: Path) -> Iterator[TestClient]:
    (tmp_path / "knowledge").mkdir()
    (tmp_path / "knowledge" / "returns.md").write_text(TEXT, encoding="utf-8")
    container = Container(_settings(tmp_path))
    token = container.keys.create("test", ["admin", "chat", "search"])
    with TestClient(
        build(container), base_url="http://127.0.0.1", headers={"Authorization": f"Bearer {token}"}
    ) as client:
        yield client
    container.close()


def _finished(client: TestClient, job: dict[str, Any]) -> dict[str, Any]:
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        found: dict[str, Any] = client.get(f"/v1/admin/jobs/{job['job_id']}").json()
        if found["state"] in ("done", "failed"):
            return found
        time.sleep(0.1)
    raise AssertionError("the job did not end")


def test_from_an_empty_store_over_an_ingest_to_an_answer(client: TestClient) -> None:
    unready = client.get("/readyz")
    assert unready.status_code == 503
    assert unready.json()["reasons"][0]["code"] == "store_missing"
    assert client.get("/livez").status_code == 200

    job = _finished(client, client.post("/v1/admin/ingest").json()["job"])

    assert job["state"] == "done", job
    assert client.get("/readyz").status_code == 200
    answer = client.post("/v1/chat", json={"message": "质量问题退货，运费由谁承担？"}).json()
    assert "商家承担" in answer["text"]
    assert answer["citations"][0]["document_id"] == "returns.md"


def test_an_upload_is_searched_and_its_removal_takes_it_out(client: TestClient) -> None:
    files = [("files", ("积分.md", "# 积分\n\n每消费一元积一分，积分一年有效。\n".encode(), "text/markdown"))]
    uploaded = client.post("/v1/admin/documents", files=files)
    assert uploaded.status_code == 202, uploaded.text
    assert _finished(client, uploaded.json()["job"])["state"] == "done"

    hits = client.post("/v1/search", json={"query": "积分有效期", "top": 3}).json()["hits"]
    assert hits[0]["document_id"] == "upload/积分.md"

    deleted = client.delete("/v1/admin/documents/upload/积分.md")
    assert _finished(client, deleted.json()["job"])["state"] == "done"
    assert all(
        hit["document_id"] != "upload/积分.md"
        for hit in client.post("/v1/search", json={"query": "积分有效期", "top": 3}).json().get("hits", ())
    )


class _Model:
    name = "small"

    def __init__(self, *, is_ready: bool) -> None:
        self.is_ready = is_ready


class _Arrives:
    def __init__(self, arrival: Arrival) -> None:
        self._arrival = arrival

    def state(self) -> Arrival:
        return self._arrival


@pytest.mark.parametrize(
    ("model", "arrival", "state", "progress"),
    [
        (None, None, "off", None),
        (_Model(is_ready=True), None, "ready", None),
        (_Model(is_ready=False), Arrival("arriving", "small", 25, 100), "arriving", 0.25),
        (_Model(is_ready=False), Arrival("ready", "small"), "arriving", 1.0),
        (_Model(is_ready=False), Arrival("missing", "small"), "arriving", 0.0),
        (_Model(is_ready=False), Arrival("failed", "small", message="No source."), "failed", None),
        (_Model(is_ready=False), None, "failed", None),
    ],
)
def test_the_state_of_the_language_model_is_told(
    tmp_path: Path, model: Any, arrival: Arrival | None, state: str, progress: float | None
) -> None:
    container = Container(_settings(tmp_path))
    container.__dict__["chat_model"] = model
    container.__dict__["arrival"] = _Arrives(arrival) if arrival is not None else None

    told = language_model_state(container)

    assert (told.state, told.progress) == (state, progress)


def test_on_loopback_only_its_own_names_are_answered(tmp_path: Path) -> None:
    assert "localhost" in allowed_hosts(_settings(tmp_path))
    assert allowed_hosts(_settings(tmp_path, server={"host": "0.0.0.0"})) == ()
    assert allowed_hosts(_settings(tmp_path, server={"allowed_hosts": "Help.Example.com"})) == ("help.example.com",)
