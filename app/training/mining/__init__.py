"""What customers and agents did, read as questions with the documents that answer them."""

from app.training.mining.denoising import Dropped, Mined, mine
from app.training.mining.signals import Signal, Source

__all__ = ["Dropped", "Mined", "Signal", "Source", "mine"]
