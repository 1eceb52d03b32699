"""The records of a company that outlive a process: customers, orders, conversations, hand-offs, ratings."""

from app.database.columns import PlainText, UtcTime
from app.database.database import Database
from app.database.metadata import metadata
from app.database.ordering import CONVERSATIONS, hold_order

__all__ = ["CONVERSATIONS", "Database", "PlainText", "UtcTime", "hold_order", "metadata"]
