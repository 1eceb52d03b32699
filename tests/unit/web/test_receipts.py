from __future__ import annotations

import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from app.receipts.store import ReceiptStore
from app.receipts.writer import ReceiptWriter
from app.web.services import Receipts
from tests.receipt_samples import declined, receipt

MakeClient = Callable[..., TestClient]


@pytest.fixture
def receipts(tmp_path: Path) -> Receipts:
    store = ReceiptStore(tmp_path / "receipts.sqlite")
    store.add([receipt("r1"), declined(receipt_id="r2")])
    return Receipts(store, ReceiptWriter(store))


def test_a_receipt_is_read_explained_and_removed_by_an_admin(make_client: MakeClient, receipts: Receipts) -> None:
    client = make_client("admin", receipts=receipts)

    assert client.get("/v1/receipts/r1").json()["asked"]["message"] == "退款多久到账？"
    assert [row["receipt_id"] for row in client.get("/v1/receipts?status=declined").json()["receipts"]] == ["r2"]
    assert client.get("/v1/receipts/r1/explanation").json()["outcome"].startswith("已回答")
    assert client.get("/v1/receipts/r2/explanation?language=en").json()["outcome"].startswith("Declined")
    assert client.get("/v1/receipts/r1/explanation?language=fr").status_code == 422
    assert client.delete("/v1/receipts/r1").status_code == 204
    gone = client.get("/v1/receipts/r1")
    assert (gone.status_code, gone.json()["code"]) == (404, "receipt_missing")
    assert client.delete("/v1/receipts/r1").status_code == 404


def test_receipts_are_not_for_chat_keys(make_client: MakeClient, receipts: Receipts) -> None:
    client = make_client("chat", "search", receipts=receipts)

    assert client.get("/v1/receipts/r1").json()["code"] == "scope_missing"
    assert client.get("/v1/receipts/r1/explanation").json()["code"] == "scope_missing"


def test_the_newest_answer_has_its_receipt(make_client: MakeClient, receipts: Receipts) -> None:
    client = make_client("admin", receipts=receipts)

    receipts.writer.put(lambda: receipt("fresh"))

    assert client.get("/v1/receipts/fresh").status_code == 200


def test_switched_off_is_told_so(make_client: MakeClient) -> None:
    reply = make_client("admin").get("/v1/receipts/r1")

    assert (reply.status_code, reply.json()["code"]) == (404, "receipts_off")


def test_a_damaged_receipt_is_a_problem_document(make_client: MakeClient, receipts: Receipts, tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "receipts.sqlite") as database:
        database.execute("UPDATE receipts SET body = x'00'")
    database.close()

    reply = make_client("admin", receipts=receipts).get("/v1/receipts/r1/explanation")

    assert (reply.status_code, reply.json()["code"]) == (409, "receipt_damaged")


def test_an_opinion_says_whether_its_receipt_is_on_file(make_client: MakeClient, receipts: Receipts) -> None:
    client = make_client("chat", receipts=receipts)

    def state(client: TestClient, receipt_id: str) -> str:
        reply = client.post("/v1/feedback", json={"receipt_id": receipt_id, "rating": "up"})
        assert reply.status_code == 201
        return str(reply.json()["receipt"])

    assert state(client, "r1") == "stored"
    assert state(client, "never") == "unknown"
    assert state(make_client("chat"), "r1") == "off"


def test_written_and_lost_receipts_are_counted_in_the_metrics(make_client: MakeClient, receipts: Receipts) -> None:
    client = make_client("chat", receipts=receipts)
    receipts.writer.put(lambda: receipt("r3"))
    receipts.writer.put(lambda: 1 / 0)  # type: ignore[arg-type, return-value]
    receipts.writer.flush()

    body = client.get("/metrics").text

    assert 'kefu_receipts_total{outcome="written"} 1.0' in body
    assert 'kefu_receipts_total{outcome="lost"} 1.0' in body
