from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from app.database import Database
from app.feedback.store import FeedbackStore
from app.jobs.uploads import UploadFolder
from app.security.keys import KeyRing
from app.web.app import build_app
from app.web.services import Services
from tests.fakes import (
    FakeAssistant,
    FakeGeneration,
    FakeJobs,
    FakeRetriever,
    FakeServing,
    FakeStore,
    answer_of,
    passage,
)

RETURNS = passage("签收后七日内可以无理由退货。")
REFUND = passage("退款在三个工作日内原路退回。", "refund.md#1", title="退款")
STAFF = passage("内部折扣为八折。", "staff.md#1", access=("staff",))


@pytest.fixture
def make_services(tmp_path: Path) -> Callable[..., Services]:
    def make(**fields: Any) -> Services:
        values: dict[str, Any] = {
            "assistant": FakeAssistant(answer_of(("签收后七日内可以退货。", RETURNS), ("退款原路退回。", REFUND))),
            "retriever": FakeRetriever(),
            "serving": FakeServing(FakeGeneration([RETURNS, REFUND, STAFF])),
            "store": FakeStore(),
            "keys": KeyRing(tmp_path / "keys.sqlite"),
            "jobs": FakeJobs(),
            "uploads": UploadFolder(tmp_path / "uploads", max_bytes=1000),
            "feedback": FeedbackStore(Database.in_file(tmp_path / "kefu.sqlite")),
            **fields,
        }
        return Services(**values)

    return make


@pytest.fixture
def make_client(make_services: Callable[..., Services]) -> Iterator[Callable[..., TestClient]]:
    """A client that holds a key of the scopes named."""
    clients: list[TestClient] = []

    def make(*scopes: str, access: tuple[str, ...] = (), **fields: Any) -> TestClient:
        services = make_services(**fields)
        headers = {}
        if scopes:
            headers["Authorization"] = f"Bearer {services.keys.create('test', scopes, access=access)}"
        client = TestClient(build_app(services), headers=headers)
        client.__enter__()
        clients.append(client)
        return client

    yield make
    for client in clients:
        client.__exit__(None, None, None)
