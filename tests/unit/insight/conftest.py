from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from app.database import Database
from app.domain.service_events import EventKind, ServiceEvent
from app.insight.events import ServiceEvents

NOON = datetime(2026, 11, 10, 12, tzinfo=UTC)
Event = Callable[..., ServiceEvent]


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    database = Database.in_file(tmp_path / "kefu.sqlite")
    yield database
    database.close()


@pytest.fixture
def log(database: Database) -> ServiceEvents:
    return ServiceEvents(database)


@pytest.fixture
def event() -> Event:
    """An event some seconds after noon; other keywords become `data`."""
    fields = {"customer_id", "channel", "language", "intent", "receipt_id", "text", "event_id"}

    def make(kind: EventKind, conversation: str | None, after_s: float = 0, **values: Any) -> ServiceEvent:
        own = {name: values.pop(name) for name in list(values) if name in fields}
        return ServiceEvent(kind, NOON + timedelta(seconds=after_s), conversation_id=conversation, data=values, **own)

    return make


class TopicEmbedder:
    """Vectors by the first of a few words that a text holds: what holds the same word points the same way."""

    embedder_id = "topics@1"
    dimension = 16

    def __init__(self, words: Sequence[str]) -> None:
        self._words = words
        self.asked: list[str] = []

    def embed_queries(self, texts: Sequence[str]) -> Any:
        self.asked += texts
        rows = np.zeros((len(texts), self.dimension), dtype=np.float32)
        for row, text in enumerate(texts):
            number = next((at for at, word in enumerate(self._words) if word in text.lower()), len(self._words))
            rows[row, number] = 1.0
        return rows
