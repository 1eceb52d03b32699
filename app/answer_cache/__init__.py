"""Answers kept by the meaning of their question and the hashes of the passages behind them, so that they come at once.

An edited passage takes just its own answers with it; a publish that leaves them alone keeps them.
"""

from app.answer_cache.cache import AnswerCache, CacheCounts
from app.answer_cache.cached_assistant import CachedAssistant
from app.answer_cache.store import EntryStore
from app.answer_cache.validity import Validity

__all__ = ["AnswerCache", "CacheCounts", "CachedAssistant", "EntryStore", "Validity"]
