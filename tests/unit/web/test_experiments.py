from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from fastapi.testclient import TestClient

from app.building.experiment_outcomes import InsightOutcomes
from app.building.experimenting import CHECKS
from app.database import Database
from app.experiments import Experiments
from app.experiments.store import ExperimentStore
from app.insight.events import ServiceEvents
from app.insight.metrics import ServiceMetrics
from app.reporting.writing import Reports

MakeClient = Callable[..., TestClient]
BODY = {
    "experiment": {
        "experiment_id": "lower-threshold",
        "key": "answer",
        "metric": "resolution_rate",
        "arms": [{"name": "now"}, {"name": "lower", "values": {"min_confidence": 0.3}}],
    },
    "wish": {"baseline": 0.5},
}


def test_an_experiment_is_planned_started_shown_and_stopped(make_client: MakeClient, tmp_path: Path) -> None:
    database = Database.in_file(tmp_path / "kefu.sqlite")
    log = ServiceEvents(database)
    outcomes = InsightOutcomes(log, ServiceMetrics(log))
    client = make_client("admin", experiments=Experiments(ExperimentStore(database), outcomes, log, checks=CHECKS))
    path = "/v1/admin/experiments"

    planned = client.post(f"{path}/power", json=BODY).json()
    started = client.post(path, json=BODY)

    assert 0.79 < planned["power"] < 0.81
    assert (started.status_code, started.json()["units"]) == (201, planned["units"])
    assert client.get(path).json()["experiments"][0]["experiment_id"] == "lower-threshold"
    assert client.get(f"{path}/lower-threshold").json()["now"]["verdict"] == "too_early"
    assert client.post(f"{path}/lower-threshold/stop", json={"reason": "enough"}).json()["state"] == "stopped"
    assert client.post(f"{path}/lower-threshold/stop").json()["code"] == "experiment_stopped"
    assert client.get(f"{path}/nothing").json()["code"] == "experiment_missing"
    refused = client.post(path, json={"experiment": {"experiment_id": "x", "arms": 3}})
    assert (refused.status_code, refused.json()["code"]) == (422, "experiment_invalid")
    database.close()


def test_files_of_reports_are_served_and_nothing_else(make_client: MakeClient, tmp_path: Path) -> None:
    (tmp_path / "2026-W47").mkdir()
    (tmp_path / "2026-W47" / "report.en.html").write_text("<p>fine</p>")
    client = make_client("admin", reports=Reports(tmp_path))

    assert client.get("/v1/admin/reports").json()["reports"][0]["files"] == ["report.en.html"]
    assert client.get("/v1/admin/reports/2026-W47/report.en.html").text == "<p>fine</p>"
    gone = client.get("/v1/admin/reports/2026-W47/report.zh.pdf")
    assert (gone.status_code, gone.json()["code"]) == (404, "report_missing")
