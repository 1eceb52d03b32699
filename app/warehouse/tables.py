"""The tables of the warehouse, by its parts."""

from app.warehouse.delivery import tables as delivery

__all__ = ["delivery"]
