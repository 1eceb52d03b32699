"""The service over a real store, real jobs and a real server; only the reading of files is a stand-in."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import pytest

from app.database import Database
from app.feedback.store import FeedbackStore
from app.jobs.ingest import ingest_actions
from app.jobs.runner import JobRunner
from app.jobs.table import JobTable
from app.jobs.uploads import UploadFolder
from app.retrieval.retriever import Retriever
from app.security.keys import KeyRing
from app.web.app import build_app
from app.web.services import Limits, Services
from index.serving import Serving
from index.store import Store
from index.types import Document, EmbeddedPassages, FloatMatrix
from ingest.errors import DocumentDamaged
from tests.fakes import FakeAssistant, answer_of, passage
from tests.live_server import live

DIMENSION = 64
RETURNS = passage("签收后七日内可以无理由退货。")


class LetterEmbedder:
    """Counts pairs of letters: texts that share words are near."""

    embedder_id, dimension = "letters", DIMENSION

    def embed_queries(self, texts: Sequence[str]) -> FloatMatrix:
        rows = np.zeros((len(texts), DIMENSION), np.float32)
        for row, text in zip(rows, texts, strict=True):
            for pair in pairwise(text):
                row[int(hashlib.md5("".join(pair).encode()).hexdigest(), 16) % DIMENSION] += 1
        return rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-9)

    def embed_passages(self, passages: Sequence[Any]) -> EmbeddedPassages:
        rows = self.embed_queries([item.text for item in passages])
        return EmbeddedPassages(rows, tuple(row[None, :] for row in rows))


@dataclass
class Outcome:
    generation: str | None
    refused: list[Mapping[str, str]] = field(default_factory=list)

    def to_dict(self) -> dict[str, Any]:
        return {"generation": self.generation, "refused": self.refused}


class Reading:
    """Takes .md files in, one passage each; a file with a zero byte in it is refused."""

    def __init__(self, store: Store) -> None:
        self._store, self._embedder = store, LetterEmbedder()

    def __call__(self, paths: Sequence[Path], *, full: bool, on_progress: Any, dry_run: bool = False) -> Outcome:
        refused = []
        files = {str(file.relative_to(root)): file for root in paths for file in sorted(root.rglob("*.md"))}
        with self._store.writer(embedder_id="letters", dimension=DIMENSION) as writer:
            for document_id in set(writer.documents()) - set(files):
                writer.remove(document_id)
            on_progress({"stage": "parsing"})
            for document_id, file in files.items():
                data = file.read_bytes()
                if b"\0" in data:
                    error = DocumentDamaged("It holds a zero byte.")
                    refused.append({"document_id": document_id, "code": error.code, "message": error.message})
                    continue
                digest = hashlib.sha256(data).hexdigest()
                item = passage(data.decode(), f"{document_id}#1", title=file.stem, document_id=document_id)
                writer.put(Document(document_id, file.stem, "markdown", digest, len(data), "zh"), [item])
            on_progress({"stage": "embedding"})
            missing = writer.missing(1000)
            if missing:
                writer.put_vectors(missing, self._embedder.embed_passages(missing))
            return Outcome(writer.publish(), refused)


@pytest.fixture
def services(tmp_path: Path) -> Iterator[Services]:
    store = Store(tmp_path / "store")
    serving = Serving(store, check_every_s=0)
    uploads = UploadFolder(tmp_path / "uploads")
    (tmp_path / "knowledge").mkdir()
    (tmp_path / "knowledge" / "shipping.md").write_text("满九十九元包邮。")
    actions = ingest_actions(Reading(store), uploads, lambda: [tmp_path / "knowledge"])
    jobs = JobRunner(JobTable(tmp_path / "jobs.sqlite"), actions, lock=tmp_path / "jobs.lock", poll_s=0.02)
    jobs.start()
    yield Services(
        assistant=FakeAssistant(answer_of(("签收后七日内可以退货。", RETURNS)), delay_s=0.02),
        retriever=Retriever(LetterEmbedder()),
        serving=serving,
        store=store,
        keys=KeyRing(tmp_path / "keys.sqlite"),
        jobs=jobs,
        uploads=uploads,
        feedback=FeedbackStore(Database.in_file(tmp_path / "kefu.sqlite")),
        limits=Limits(requests_per_minute=10_000),
    )
    jobs.stop()
    serving.close()


@pytest.fixture
def client(services: Services) -> Iterator[httpx.Client]:
    headers = {"Authorization": f"Bearer {services.keys.create('admin', ['admin'])}"}
    with live(build_app(services)) as url, httpx.Client(base_url=url, headers=headers, timeout=20) as client:
        yield client


def followed(client: httpx.Client, job_id: str) -> list[dict[str, Any]]:
    """Every state that a watcher of the job is told, to its end."""
    states = []
    with client.stream("GET", f"/v1/admin/jobs/{job_id}", headers={"Accept": "text/event-stream"}) as reply:
        for line in reply.iter_lines():
            if line.startswith("data: "):
                states.append(json.loads(line.removeprefix("data: ")))
    return states


def upload(client: httpx.Client, **files: bytes) -> dict[str, Any]:
    reply = client.post("/v1/admin/documents", files=[("files", (f"{name}.md", data)) for name, data in files.items()])
    return followed(client, reply.json()["job"]["job_id"])[-1]


def hits(client: httpx.Client, query: str) -> list[str]:
    return [hit["document_id"] for hit in client.post("/v1/search", json={"query": query}).json()["hits"]]


def test_document_goes_in_is_found_is_replaced_and_leaves(client: httpx.Client) -> None:
    assert client.get("/readyz").status_code == 503

    job = upload(client, 退货="签收后七日内可以无理由退货。".encode(), 坏="坏\0".encode())

    assert {file["document_id"]: (file["status"], file["code"]) for file in job["progress"]["files"]} == {
        "upload/退货.md": ("done", None),
        "upload/坏.md": ("refused", "document_damaged"),
    }
    assert client.get("/readyz").status_code == 200
    assert hits(client, "七日内无理由退货") == ["upload/退货.md"]
    assert client.get("/v1/admin/documents/upload/坏.md").json()["code"] == "document_damaged"
    found = client.get("/v1/passages/upload%2F退货.md%231").json()
    assert found["text"] == "签收后七日内可以无理由退货。"

    upload(client, 退货="签收后十五日内可以退货。".encode())
    assert client.get("/v1/passages/upload/退货.md%231").json()["text"] == "签收后十五日内可以退货。"

    job = client.delete("/v1/admin/documents/upload/退货.md").json()["job"]
    assert followed(client, job["job_id"])[-1]["state"] == "done"
    assert hits(client, "七日内无理由退货") == []
    assert client.get("/v1/admin/documents/upload/退货.md").status_code == 404


def test_ingest_takes_the_knowledge_base_in_and_a_generation_can_be_brought_back(client: httpx.Client) -> None:
    job = client.post("/v1/admin/ingest").json()["job"]
    states = followed(client, job["job_id"])
    assert states[-1]["state"] == "done"
    assert hits(client, "包邮") == ["shipping.md"]
    first = states[-1]["result"]["generation"]
    upload(client, 退货="签收后七日内可以无理由退货。".encode())

    assert client.post(f"/v1/admin/generations/{first}/activate").status_code == 200

    assert client.post("/v1/search", json={"query": "包邮"}).json()["generation"] == first
    names = [row["name"] for row in client.get("/v1/admin/generations").json()["generations"]]
    assert len(names) == 2
    assert client.post("/v1/admin/generations/g000009-00000000/activate").status_code == 404


def test_fifty_chats_and_searches_go_on_while_generations_are_published(client: httpx.Client) -> None:
    upload(client, a="满九十九元包邮。".encode())

    def chat(number: int) -> tuple[str, str]:
        reply = client.post("/v1/chat", json={"message": f"{number}", "stream": number % 2 == 0})
        searched = client.post("/v1/search", json={"query": "包邮"})
        return str(reply.status_code), str(searched.status_code)

    with ThreadPoolExecutor(50) as pool:
        answers = [pool.submit(chat, number) for number in range(150)]
        for number in range(5):
            upload(client, b=f"第{number}版退货规则。".encode())

    assert {answer.result() for answer in answers} == {("200", "200")}


def test_reader_that_goes_away_stops_the_model(services: Services) -> None:
    slow = FakeAssistant(answer_of(*[("签收后七日内可以退货。", RETURNS)] * 50), delay_s=0.1)
    app = build_app(replace(services, assistant=slow))
    headers = {"Authorization": f"Bearer {services.keys.create('site', ['chat'])}"}

    with live(app) as url, httpx.Client(base_url=url, headers=headers) as client:
        with client.stream("POST", "/v1/chat", json={"message": "退货", "stream": True}) as reply:
            next(reply.iter_lines())
        assert slow.closed.wait(2)  # all of it would take five seconds
        slow.closed.clear()
        with pytest.raises(httpx.ReadTimeout):
            client.post("/v1/chat", json={"message": "退货"}, timeout=0.3)
        assert slow.closed.wait(2)


def test_heartbeats_flow_while_nothing_is_said_yet(services: Services) -> None:
    slow = FakeAssistant(answer_of(("签收后七日内可以退货。", RETURNS)), delay_s=1.0)
    app = build_app(replace(services, assistant=slow, limits=Limits(heartbeat_s=0.2)))
    headers = {"Authorization": f"Bearer {services.keys.create('site', ['chat'])}"}
    started, lines = time.monotonic(), []

    with (
        live(app) as url,
        httpx.Client(base_url=url, headers=headers) as client,
        client.stream("POST", "/v1/chat", json={"message": "退货", "stream": True}) as reply,
    ):
        for line in reply.iter_lines():
            lines.append(line)
            if line.startswith(":"):
                break

    assert lines == [": still here"]
    assert time.monotonic() - started < 1.0
