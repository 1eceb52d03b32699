"""Numbers that count up in the order in which rows become visible."""

from __future__ import annotations

from hashlib import sha256

from sqlalchemy import Connection, text

CONVERSATIONS = "conversations"
"""The order of messages and of what happens to hand-offs: one name for both, for one transaction writes both."""


def hold_order(connection: Connection, name: str) -> None:
    """Let others that write under this name wait until the transaction ends; to be asked for before any row is held.

    Who reads on from the last number it saw would otherwise miss a row that was numbered earlier and kept later. SQLite
    has one writer at a time and needs nothing.
    """
    if connection.dialect.name == "postgresql":
        key = int.from_bytes(sha256(name.encode()).digest()[:8], "big", signed=True)
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": key})
