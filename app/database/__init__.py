"""The records of a company that outlive a process: customers, orders, conversations, hand-offs, ratings."""

from app.database.database import Database
from app.database.metadata import metadata
from app.database.ordering import hold_order
from app.database.types import UtcDateTime, is_storable, storable

__all__ = ["Database", "UtcDateTime", "hold_order", "is_storable", "metadata", "storable"]
