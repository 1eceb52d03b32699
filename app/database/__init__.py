"""The records of a company that outlive a process: customers, orders, conversations, hand-offs, ratings."""

from app.database.columns import UtcTime
from app.database.database import Database
from app.database.metadata import metadata
from app.database.ordering import hold_order

__all__ = ["Database", "UtcTime", "hold_order", "metadata"]
