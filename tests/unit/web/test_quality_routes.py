from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from app.evaluation.cases import CaseStore
from app.evaluation.runs import EvaluationRuns

MakeClient = Callable[..., TestClient]
CASE = {"text": "退款多久到账？", "gold": ["refund.md"], "must_include": [["三个工作日", "3个工作日"]]}


def test_a_case_is_kept_listed_and_removed(make_client: MakeClient, tmp_path: Path) -> None:
    client = make_client("admin", cases=CaseStore(tmp_path / "cases"))

    added = client.post("/v1/admin/cases", json=CASE)
    case_id = added.json()["case"]["id"]

    assert added.status_code == 201
    assert [case["text"] for case in client.get("/v1/admin/cases").json()["cases"]] == ["退款多久到账？"]
    assert client.delete(f"/v1/admin/cases/{case_id}").status_code == 204
    gone = client.delete(f"/v1/admin/cases/{case_id}")
    assert (gone.status_code, gone.json()["code"]) == (404, "case_missing")
    assert client.post("/v1/admin/cases", json={**CASE, "case_id": case_id}).json()["case"]["id"] == case_id


@pytest.mark.parametrize("change", [{"must_include": []}, {"text": " "}, {"case_id": "../x"}, {"type": "other"}])
def test_a_case_that_could_not_be_judged_is_refused(
    make_client: MakeClient, tmp_path: Path, change: dict[str, object]
) -> None:
    reply = make_client("admin", cases=CaseStore(tmp_path)).post("/v1/admin/cases", json={**CASE, **change})

    assert (reply.status_code, reply.json()["code"]) == (422, "request_invalid")


def test_results_are_listed_read_and_compared(make_client: MakeClient, tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    result = {"format": 1, "set": "own", "settings": {"seed": 1}, "sections": []}
    (tmp_path / "a" / "result.json").write_text(json.dumps(result))
    client = make_client("admin", evaluations=EvaluationRuns(tmp_path))

    assert [run["name"] for run in client.get("/v1/admin/evaluations").json()["runs"]] == ["a"]
    assert client.get("/v1/admin/evaluations/a").json()["set"] == "own"
    assert client.get("/v1/admin/evaluations/b").json()["code"] == "run_missing"
    same = client.get("/v1/admin/evaluations/compare?first=a&second=a")
    assert (same.status_code, same.json()["code"]) == (422, "results_differ")


def test_without_stores_the_lists_are_empty(make_client: MakeClient) -> None:
    client = make_client("admin")

    assert client.get("/v1/admin/cases").json()["cases"] == []
    assert client.get("/v1/admin/evaluations").json()["runs"] == []
