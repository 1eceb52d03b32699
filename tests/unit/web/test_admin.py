from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from app.web.services import Limits
from tests.fakes import FakeJobs, FakeServing

MakeClient = Callable[..., TestClient]
URL = "/v1/admin/documents"


def files(**content: bytes) -> list[tuple[str, tuple[str, bytes]]]:
    return [("files", (name.replace("_", "."), data)) for name, data in content.items()]


def test_upload_becomes_a_job_with_a_status_for_each_file(make_client: MakeClient) -> None:
    client = make_client("admin")

    reply = client.post(URL, files=files(a_md=b"A", b_md=b"B"))

    assert reply.status_code == 202
    assert [(row["document_id"], row["status"]) for row in reply.json()["files"]] == [
        ("upload/a.md", "queued"),
        ("upload/b.md", "queued"),
    ]
    job = reply.json()["job"]
    assert job["request"] == {"files": ["upload/a.md", "upload/b.md"]}
    assert client.get(f"/v1/admin/jobs/{job['job_id']}").json()["state"] == "queued"
    assert client.get(f"{URL}/upload/a.md").json()["status"] == "queued"


def test_refused_file_does_not_stop_the_others(make_client: MakeClient) -> None:
    reply = make_client("admin").post(URL, files=files(empty_md=b"", big_md=b"x" * 2000, fine_md=b"A"))

    rows = reply.json()["files"]
    assert reply.status_code == 202
    assert [(row["status"], row.get("code")) for row in rows] == [
        ("refused", "document_empty"),
        ("refused", "document_too_large"),
        ("queued", None),
    ]
    assert reply.json()["job"]["request"] == {"files": ["upload/fine.md"]}


def test_upload_of_which_nothing_is_taken_is_a_problem(make_client: MakeClient) -> None:
    jobs = FakeJobs()

    reply = make_client("admin", jobs=jobs).post(URL, files=files(big_md=b"x" * 2000))

    assert (reply.status_code, reply.json()["code"]) == (413, "document_too_large")
    assert reply.json()["files"][0]["name"] == "big.md"
    assert jobs.jobs == {}


@pytest.mark.parametrize("name", ["../../../etc/cron.d/evil.md", "/etc/evil.md", "..\\evil.md", "C:\\x\\evil.md"])
def test_name_cannot_leave_the_folder(make_client: MakeClient, tmp_path: Path, name: str) -> None:
    reply = make_client("admin").post(URL, files=[("files", (name, b"A"))])

    assert reply.json()["files"][0]["document_id"] == "upload/evil.md"
    assert [path.relative_to(tmp_path / "uploads").as_posix() for path in tmp_path.rglob("evil.md")] == [
        "documents/upload/evil.md"
    ]


@pytest.mark.parametrize(
    "request_",
    [{"files": []}, {"data": {"files": "text"}}, {"content": b"x", "headers": {"Content-Type": "text/plain"}}],
)
def test_upload_without_files_is_a_problem(make_client: MakeClient, request_: dict) -> None:
    reply = make_client("admin").post(URL, **request_)

    assert (reply.status_code, reply.json()["code"]) == (422, "upload_empty")


def test_upload_of_too_many_bytes_or_files_is_a_problem(make_client: MakeClient) -> None:
    client = make_client("admin", limits=Limits(max_upload_bytes=5000, max_files=2))

    assert client.post(URL, files=files(a_md=b"x" * 6000)).json()["code"] == "body_too_large"
    assert client.post(URL, files=files(a_md=b"1", b_md=b"2", c_md=b"3")).status_code == 400


def test_body_is_not_read_before_the_key_was_checked(make_client: MakeClient) -> None:
    reply = make_client("chat").post(URL, content=b"not multipart", headers={"Content-Type": "multipart/form-data"})

    assert reply.json()["code"] == "scope_missing"


def test_documents_of_the_index_and_uploads_on_their_way_are_listed(make_client: MakeClient) -> None:
    client = make_client("admin")
    client.post(URL, files=files(new_md=b"A"))

    body = client.get(URL).json()

    assert [(row["document_id"], row["status"], row["uploaded"]) for row in body["documents"]] == [
        ("refund.md", "done", False),
        ("returns.md", "done", False),
        ("staff.md", "done", False),
        ("upload/new.md", "queued", True),
    ]
    assert [row["document_id"] for row in client.get(URL, params={"limit": 1, "offset": 1}).json()["documents"]] == [
        "returns.md"
    ]
    assert client.get(f"{URL}/returns.md").json()["passages"] == 1


def test_uploaded_document_is_deleted_by_a_job_and_others_are_not(make_client: MakeClient) -> None:
    jobs = FakeJobs()
    client = make_client("admin", jobs=jobs)
    client.post(URL, files=files(a_md=b"A"))

    assert client.delete(f"{URL}/upload/a.md").json()["job"]["kind"] == "delete"
    assert client.delete(f"{URL}/returns.md").json()["code"] == "document_not_uploaded"
    assert client.delete(f"{URL}/upload/../../keys.sqlite").status_code in (404, 405)
    assert client.delete(f"{URL}/none.md").json()["code"] == "document_not_found"
    assert client.get(f"{URL}/none.md").json()["code"] == "document_not_found"


def test_documents_can_be_uploaded_before_there_is_an_index(make_client: MakeClient) -> None:
    client = make_client("admin", serving=FakeServing(None))

    assert client.post(URL, files=files(a_md=b"A")).status_code == 202
    assert [row["document_id"] for row in client.get(URL).json()["documents"]] == ["upload/a.md"]


def test_ingest_is_queued_with_or_without_a_body(make_client: MakeClient) -> None:
    client = make_client("admin")

    assert client.post("/v1/admin/ingest").json()["job"]["request"]["full"] is False
    assert client.post("/v1/admin/ingest", json={"full": True}).json()["job"]["request"]["full"] is True
    assert [job["kind"] for job in client.get("/v1/admin/jobs").json()["jobs"]] == ["ingest", "ingest"]
    assert client.get("/v1/admin/jobs/none").json()["code"] == "job_not_found"


def test_job_is_followed_to_its_end(make_client: MakeClient) -> None:
    from dataclasses import replace

    class Moving(FakeJobs):
        """Ends at the third look."""

        def get(self, job_id):
            job = super().get(job_id)
            if job is not None:
                states = ["queued", "running", "done"]
                job = replace(job, revision=job.revision + 1, state=states[min(job.revision, 2)])
                self.jobs[job_id] = job
            return job

    jobs = Moving()
    job = jobs.submit("ingest", {})

    reply = make_client("admin", jobs=jobs).get(f"/v1/admin/jobs/{job.job_id}", headers={"Accept": "text/event-stream"})

    frames = [dict(line.split(": ", 1) for line in text.splitlines()) for text in reply.text.strip().split("\n\n")]
    assert [frame["event"] for frame in frames] == ["progress", "progress", "done"]
    assert json.loads(frames[-1]["data"])["state"] == "done"


def test_generation_is_activated_by_name(make_client: MakeClient) -> None:
    client = make_client("admin")

    assert client.post("/v1/admin/generations/g000001-aa/activate").json() == {"generation": "g000001-aa"}
    listed = client.get("/v1/admin/generations").json()["generations"]
    assert [row["name"] for row in listed if row["is_current"]] == ["g000001-aa"]
    assert client.post("/v1/admin/generations/none/activate").json()["code"] == "generation_missing"


def test_feedback_is_kept_with_its_receipt(make_client: MakeClient) -> None:
    client = make_client("chat", "admin")

    reply = client.post("/v1/feedback", json={"receipt_id": "r1", "rating": "down", "correction": "应为七日"})

    assert reply.status_code == 201
    (row,) = client.get("/v1/admin/feedback").json()["feedback"]
    assert (row["receipt_id"], row["rating"], row["correction"]) == ("r1", "down", "应为七日")
    assert client.post("/v1/feedback", json={"receipt_id": "r1", "rating": "so-so"}).status_code == 422


def test_search_gives_the_score_of_each_stage(make_client: MakeClient) -> None:
    client = make_client("search")

    body = client.post("/v1/search", json={"query": "退货", "top": 1}).json()

    assert body["generation"] == "g000001-abcdef01"
    assert body["hits"] == [
        {
            "passage_id": "returns.md#1",
            "document_id": "returns.md",
            "score": 1.0,
            "stages": {"words": 1.0},
            "title": "退货政策",
            "text": "签收后七日内可以无理由退货。",
            "location": {"page": None, "heading": "退货 > 期限", "row": None, "sheet": None},
        }
    ]
    assert client.post("/v1/search", json={"query": " "}).json()["code"] == "question_empty"
    assert client.post("/v1/search", json={"query": "退" * 100_000}).json()["code"] == "question_too_long"
    assert client.post("/v1/search", json={"query": "退货", "top": 0}).status_code == 422


def test_conflicts_are_those_of_the_generation_that_serves_and_a_new_look_is_a_job(make_client: MakeClient) -> None:
    asked: list[str | None] = []

    def known(generation: str | None) -> dict:
        asked.append(generation)
        return {"generation": generation, "checked_at": None, "pass": None, "conflicts": [{"kind": "number"}]}

    client = make_client("admin", known_conflicts=known)

    assert client.get("/v1/admin/conflicts").json()["conflicts"] == [{"kind": "number"}]
    assert asked == ["g000001-abcdef01"]
    assert client.post("/v1/admin/conflicts").json()["job"]["kind"] == "conflicts"


def test_without_an_index_there_are_no_conflicts(make_client: MakeClient) -> None:
    reply = make_client("admin", serving=FakeServing(None)).get("/v1/admin/conflicts")

    assert (reply.status_code, reply.json()["conflicts"]) == (200, [])


def test_a_document_says_where_its_days_came_from(make_client: MakeClient) -> None:
    row = make_client("admin").get(f"{URL}/returns.md").json()

    assert (row["valid_from"], row["valid_to"], row["validity"]) == (None, None, [])
