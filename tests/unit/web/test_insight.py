from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from app.database import Database
from app.domain.service_events import ServiceEvent
from app.feedback.surveys import Surveys
from app.insight.events import ServiceEvents
from app.insight.gaps.desk import GapDesk
from app.insight.gaps.drafting import Drafter
from app.insight.gaps.mining import GapMiner
from app.insight.gaps.space import QuestionVectors
from app.insight.gaps.store import GapStore
from app.insight.metrics import ServiceMetrics
from app.receipts.store import ReceiptStore
from app.receipts.writer import ReceiptWriter
from app.web.services import Insight, Receipts
from index.embedding.hashing import HashingEmbedder
from tests.receipt_samples import declined, receipt

MakeClient = Callable[..., TestClient]
NOW = datetime.now(UTC)


@pytest.fixture
def insight(tmp_path: Path) -> Iterator[Insight]:
    database = Database.in_file(tmp_path / "insight.sqlite")
    log, embedder = ServiceEvents(database), HashingEmbedder()
    desk = GapDesk(
        log,
        GapStore(database),
        GapMiner(QuestionVectors(embedder)),
        Drafter(embedder.embed_queries),
        lambda files: [f"upload/{name}" for name in files],
    )
    yield Insight(log, ServiceMetrics(log), lambda: desk, Surveys(database, log=log))
    database.close()


def _decline(insight: Insight, count: int = 4) -> None:
    for number in range(count):
        at = NOW - timedelta(hours=2, seconds=number)
        own = {"conversation_id": f"c{number}", "language": "en", "channel": "page"}
        insight.events.append(
            ServiceEvent("declined", at, text="can I rent a tent", data={"confidence": 0.1}, **own),
            ServiceEvent("handed_off", at + timedelta(seconds=9), data={"reason": "failed"}, **own),
            ServiceEvent("agent_replied", at + timedelta(seconds=60), text="We rent out no tents.", **own),
        )


def test_numbers_and_their_rows(make_client: MakeClient, insight: Insight) -> None:
    _decline(insight)
    client = make_client("admin", insight=insight)

    body = client.get("/v1/admin/metrics", params={"name": "decline_rate", "by": "language"}).json()
    rows = client.get("/v1/admin/metrics/decline_rate/rows", params={"limit": 3}).json()

    (metric,) = body["metrics"]
    assert (metric["value"], metric["denominator"], metric["title"]["zh"]) == (1.0, 4, "婉拒率")
    assert [group["group"] for group in metric["groups"]] == ["en"]
    assert (len(rows["rows"]), rows["next_offset"], rows["denominator"]) == (3, 3, 4)
    assert (
        client.get("/v1/admin/metrics.csv", params={"name": "decline_rate"}).text.splitlines()[1].startswith("decline")
    )
    assert len(client.get("/v1/admin/metrics/decline_rate/rows.csv").text.splitlines()) == 5
    assert len(client.get("/v1/admin/metrics/definitions").json()["metrics"]) > 20


@pytest.mark.parametrize(
    ("path", "status", "code"),
    [
        ("/v1/admin/metrics?name=happiness", 404, "metric_unknown"),
        ("/v1/admin/metrics?from=2026-11-02&to=2026-11-01", 422, "period_invalid"),
        ("/v1/admin/metrics?from=yesterday", 422, "request_invalid"),
        ("/v1/admin/metrics?by=mood", 422, "request_invalid"),
        ("/v1/admin/metrics/happiness/rows", 404, "metric_unknown"),
        ("/v1/admin/gaps/ffffffff", 404, "gap_missing"),
        ("/v1/surveys/nothing", 404, "survey_missing"),
    ],
)
def test_what_cannot_be_had_is_told(
    make_client: MakeClient, insight: Insight, path: str, status: int, code: str
) -> None:
    reply = make_client("admin", insight=insight).get(path)

    assert (reply.status_code, reply.json()["code"]) == (status, code)


def test_a_gap_goes_its_way_by_http(make_client: MakeClient, insight: Insight) -> None:
    _decline(insight)
    insight.gaps().mine()
    client = make_client("admin", insight=insight)
    (gap,) = client.get("/v1/admin/gaps", params={"state": "open"}).json()["gaps"]
    path = f"/v1/admin/gaps/{gap['gap_id']}"

    assert client.post(f"{path}/publish").status_code == 409
    drafted = client.post(f"{path}/draft").json()
    assert drafted["draft"]["entries"]["en"]["answer"] == "We rent out no tents."
    client.post(f"{path}/draft", json={"zh": {"question": "能租帐篷吗", "answer": "不出租。"}, "note": "translated"})
    assert client.post(f"{path}/approve", json={"note": "ok"}).json()["state"] == "approved"
    assert len(client.post(f"{path}/publish").json()["documents"]) == 2
    body = client.get(path).json()
    assert [(step["state"], step["by"]) for step in body["steps"]][-1] == ("published", "test")
    assert body["asked"][0]["text"] == "can I rent a tent"
    assert client.post("/v1/admin/gaps/mine", json={"days": 7}).json()["job"]["kind"] == "gaps"
    assert client.post(f"{path}/draft", json={"fr": {}}).status_code == 422


def test_surveys_sources_and_orders_are_taken(make_client: MakeClient, insight: Insight) -> None:
    survey = insight.surveys.ask("c1", language="zh")
    assert survey is not None
    client = make_client("chat", insight=insight)
    path = f"/v1/surveys/{survey.survey_id}"

    assert client.get(path).json()["greatest"] == 5
    assert client.post(path, json={"score": 9}).status_code == 422
    assert client.post(path, json={"score": 4}).json()["score"] == 4
    for _ in range(2):
        opened = client.post("/v1/citations/opened", json={"receipt_id": "r1", "marker": 1, "conversation_id": "c1"})
        assert opened.status_code == 204
    assert client.post("/v1/admin/events/orders", json={"orders": []}).status_code == 403
    order = {"order_id": "o1", "customer_id": "p1", "at": NOW.isoformat(), "amount_cents": 9900}
    admin = make_client("admin", insight=insight)
    for _ in range(2):
        assert admin.post("/v1/admin/events/orders", json={"orders": [order]}).json() == {"taken": 1}
    kinds = [item.kind for item in insight.events.between(NOW - timedelta(days=1), NOW + timedelta(days=1))]
    assert sorted(kinds) == ["citation_opened", "order_placed", "survey_answered", "survey_asked"]


def test_where_nothing_is_recorded_that_is_said(make_client: MakeClient) -> None:
    reply = make_client("admin").get("/v1/admin/metrics")

    assert (reply.status_code, reply.json()["code"]) == (404, "insight_off")


def test_the_log_of_questions_is_filtered_and_paged(make_client: MakeClient, tmp_path: Path) -> None:
    store = ReceiptStore(tmp_path / "receipts.sqlite")
    store.add([receipt(f"r{number}", asked={"message": f"退款多久到账 {number}"}) for number in range(5)])
    store.add([declined(receipt_id="no", asked=receipt(asked={"message": "能租帐篷吗"}).asked)])
    writer = ReceiptWriter(store)
    client = make_client("admin", receipts=Receipts(store, writer))
    client.post("/v1/feedback", json={"receipt_id": "r2", "rating": "down", "reasons": ["outdated", "outdated"]})

    def texts(**params: object) -> list[str]:
        return [line["question"] for line in client.get("/v1/admin/questions", params=params).json()["questions"]]

    first = client.get("/v1/admin/questions", params={"limit": 4}).json()
    assert [line["receipt_id"] for line in first["questions"]] == ["no", "r4", "r3", "r2"]
    assert first["questions"][3]["feedback"][0]["reasons"] == ["outdated"]
    second = client.get("/v1/admin/questions", params={"limit": 4, "before": first["next"]}).json()
    assert [line["receipt_id"] for line in second["questions"]] == ["r1", "r0"]
    assert second["next"] is None
    assert texts(status="declined") == texts(contains="租帳篷") == texts(most_confidence=0.2) == ["能租帐篷吗"]
    assert texts(rating="down") == ["退款多久到账 2"]
    assert texts(rating="up") == texts(language="en") == []
    assert make_client("chat").get("/v1/admin/questions").status_code == 403
    writer.close()
