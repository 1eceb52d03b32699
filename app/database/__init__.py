"""The records of a company that outlive a process: customers, orders, conversations, hand-offs, ratings."""

from app.database.database import Database
from app.database.metadata import metadata

__all__ = ["Database", "metadata"]
