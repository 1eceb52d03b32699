"""What customers' words say about goods and bins: wrong, broken, missing, out of stock."""

from app.warehouse.stock.signals.rates import (
    Complaint,
    Signal,
    SignalParams,
    SignalReport,
    complaints_of_orders,
    find_signals,
)
from app.warehouse.stock.signals.reading import KINDS, Kind, Mention, read_complaints

__all__ = [
    "KINDS",
    "Complaint",
    "Kind",
    "Mention",
    "Signal",
    "SignalParams",
    "SignalReport",
    "complaints_of_orders",
    "find_signals",
    "read_complaints",
]
