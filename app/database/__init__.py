"""The records of a company that outlive a process: customers, orders, conversations, hand-offs, ratings."""

from app.database.cursors import cursor_of, place_of
from app.database.database import Database
from app.database.inserting import insert_new
from app.database.metadata import metadata
from app.database.ordering import CONVERSATIONS, hold_order
from app.database.types import PlainText, UtcDateTime, is_storable, storable

__all__ = [
    "CONVERSATIONS",
    "Database",
    "PlainText",
    "UtcDateTime",
    "cursor_of",
    "hold_order",
    "insert_new",
    "is_storable",
    "metadata",
    "place_of",
    "storable",
]
