"""Answering again from a receipt, and saying what came out differently and why."""

from app.replay.compare import Difference
from app.replay.replay import Replay, Replayer

__all__ = ["Difference", "Replay", "Replayer"]
