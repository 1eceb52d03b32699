from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from app.database import Database
from app.handoff.policy import HandOffPolicy
from tests.desk import OFFICE, WholeDesk


@pytest.fixture
def make_desk(tmp_path: Path) -> Iterator[Callable[..., WholeDesk]]:
    database = Database.in_file(tmp_path / "kefu.sqlite")
    yield lambda **policy: WholeDesk(database, HandOffPolicy(**{"hours": OFFICE, **policy}))
    database.close()


@pytest.fixture
def desk(make_desk: Callable[..., Any]) -> WholeDesk:
    return make_desk()
