from __future__ import annotations

from collections.abc import Callable

import pytest
from fastapi.testclient import TestClient

from tests.fakes import FakeAssistant, answer_of, passage

MakeClient = Callable[..., TestClient]


def test_the_comparison_is_for_administrators_and_of_as_many_questions_as_asked(make_client: MakeClient) -> None:
    asked = []

    def compared(last: int) -> dict[str, object]:
        asked.append(last)
        return {"state": "steady", "has_drifted": False}

    client = make_client("admin", calibration=compared)

    assert client.get("/v1/admin/calibration").json() == {"state": "steady", "has_drifted": False}
    assert client.get("/v1/admin/calibration", params={"last": 50}).status_code == 200
    assert asked == [500, 50]
    assert make_client("chat", calibration=compared).get("/v1/admin/calibration").status_code == 403


@pytest.mark.parametrize("last", ["0", "10001", "many"])
def test_a_senseless_number_of_questions_is_refused(make_client: MakeClient, last: str) -> None:
    assert make_client("admin").get("/v1/admin/calibration", params={"last": last}).status_code == 422


def test_confidence_is_measured_by_language_for_declined_questions_too(make_client: MakeClient) -> None:
    english = answer_of(("Refunds take three days.", passage("Refunds take three days.")), language="en")
    assistant = FakeAssistant(answer_of(confidence=0.15), answers={"refund": english})
    client = make_client("chat", assistant=assistant)
    for message in ("退款", "别的", "refund"):
        client.post("/v1/chat", json={"message": message})

    text = client.get("/metrics").text

    assert 'kefu_answers_total{language="zh",mode="extractive",status="declined"} 2.0' in text
    assert 'kefu_answer_confidence_bucket{language="zh",le="0.1"} 0.0' in text
    assert 'kefu_answer_confidence_bucket{language="zh",le="0.2"} 2.0' in text
    assert 'kefu_answer_confidence_count{language="en"} 1.0' in text
