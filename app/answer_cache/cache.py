"""Kept answers as a turn uses them: memory before the file, found by words or by meaning, never in an answer's way."""

from __future__ import annotations

import logging
import sqlite3
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal, TypeVar

import numpy as np
from numpy.typing import NDArray

from app.answer_cache.asked import AskedQuestion
from app.answer_cache.entry import Entry, Mark
from app.answer_cache.meaning import asks_the_same, meaning_key
from app.answer_cache.store import EntryStore
from app.retrieval.retriever import Searchable
from index.types import FloatMatrix, Passage

logger = logging.getLogger(__name__)

_T = TypeVar("_T")
_PAUSE_S = 5.0
"""For how long a file that failed is left alone: many answers must not wait for it one after the other."""
_AT_ONCE = 200

Match = Literal["exact", "meaning"]


@dataclass(frozen=True, slots=True)
class CacheCounts:
    """What became of the questions of this process that an answer might have been kept for."""

    exact: int = 0
    meaning: int = 0
    missed: int = 0
    invalidated: int = 0
    """Answers removed because what they rest on is not as it was, or others would be found now."""
    failed: int = 0
    """The file could not be read or written; the question was answered as if there were none."""


class AnswerCache:
    """Kept answers of one installation; safe to share between threads. Nothing here raises for the file's sake."""

    def __init__(
        self,
        store: EntryStore,
        *,
        remembered: int = 512,
        by_meaning: bool = True,
        min_similarity: float = 0.93,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Nothing is opened yet.

        Args:
            store: the file.
            remembered: entries kept in memory beside it, those used last.
            by_meaning: whether a question in other words may be answered.
            min_similarity: least cosine of the two questions for that.
            clock: seconds.
        """
        if remembered < 1 or not 0 < min_similarity <= 1:
            raise ValueError(
                f"Expected remembered >= 1 and 0 < min_similarity <= 1, got {remembered}, {min_similarity}."
            )
        self._store, self._remembered = store, remembered
        self._by_meaning, self._min_similarity, self._clock = by_meaning, min_similarity, clock
        self._lock = threading.Lock()
        self._entries: OrderedDict[str, Entry] = OrderedDict()
        self._version: int | None = None
        self._paused_until = float("-inf")
        self._settling = threading.Lock()
        self._settled: str | None = None
        self.counts = CacheCounts()

    @property
    def store(self) -> EntryStore:
        """The file."""
        return self._store

    def exact(self, asked: AskedQuestion) -> Entry | None:
        """The answer to the same words."""
        self._follow_others()
        with self._lock:
            entry = self._entries.get(asked.key)
            if entry is not None:
                self._entries.move_to_end(asked.key)
                return entry
        entry = self._tried(lambda: self._store.get(asked.key) if self._store.is_there else None, None)
        if entry is not None:
            self._remember(entry)
        return entry

    def near(self, asked: AskedQuestion, vector: Callable[[], FloatMatrix]) -> tuple[Entry, float] | None:
        """The answer to the nearest question that surely means the same, with the cosine of the two.

        `vector` gives that of the question, (1, d), and is asked only when there is anything to compare it with. An
        answer that says that there is none is never found so: in other words there might be one.
        """
        meaning = meaning_key(asked.text) if self._by_meaning and self._store.is_there else ""
        none: list[tuple[Entry, NDArray[np.float32]]] = []
        alike = self._tried(lambda: self._store.alike(asked.scope, meaning), none) if meaning else none
        if not alike:
            return None
        own = vector()[0]
        found = [
            (entry, float(own @ other))
            for entry, other in alike
            # The words are compared again: the key may be one of earlier rules.
            if len(other) == len(own) and asks_the_same(entry.question, asked.text)
        ]
        entry, cosine = max(found, key=lambda pair: pair[1], default=(None, 0.0))
        return (entry, cosine) if entry is not None and cosine >= self._min_similarity else None

    def put(self, entry: Entry, vector: NDArray[np.float32] | None) -> None:
        """Keep an answer; with the vector of its question, (d,), it is found by meaning too."""

        def written() -> bool:
            self._store.put(entry, vector)
            return True

        if self._tried(written, False):
            self._remember(entry)

    def confirm(self, entry: Entry) -> None:
        """An answer was found right in another generation or on another day than before."""
        self._tried(lambda: self._store.confirm(entry), None)
        with self._lock:
            if entry.key in self._entries:
                self._entries[entry.key] = entry

    def drop(self, entry: Entry) -> None:
        """Remove an answer that is no longer right."""
        with self._lock:
            self._entries.pop(entry.key, None)
        self._tried(lambda: self._store.remove(entry.key), 0)
        self.count(invalidated=1)

    def settle(self, source: Searchable) -> int:
        """Remove every answer that rests on a passage which this generation no longer holds as it was.

        Does nothing for the generation that it was called for before, or while another thread does it. Returns how many
        went.
        """
        if self._settled == source.name or not self._settling.acquire(blocking=False):
            return 0
        try:
            if not self._store.is_there:
                self._settled = source.name
                return 0
            removed = self._tried(lambda: self._settle(source), None)
            if removed is None:
                return 0
            self._settled = source.name
            self.count(invalidated=removed)
            return removed
        finally:
            self._settling.release()

    def forget_receipt(self, receipt_id: str) -> None:
        """Remove the answer of which this is the receipt: its question is a customer's words too."""
        if self._tried(lambda: self._store.remove_of_receipt(receipt_id), 0):
            self._forget_all()

    def clear(self) -> int:
        """Remove everything; returns how many answers went. Raises `sqlite3.Error` and `OSError`."""
        removed = self._store.clear()
        self._forget_all()
        return removed

    def count(
        self, *, exact: int = 0, meaning: int = 0, missed: int = 0, invalidated: int = 0, failed: int = 0
    ) -> None:
        """Count what happened."""
        with self._lock:
            now = self.counts
            self.counts = replace(
                now,
                exact=now.exact + exact,
                meaning=now.meaning + meaning,
                missed=now.missed + missed,
                invalidated=now.invalidated + invalidated,
                failed=now.failed + failed,
            )

    def close(self) -> None:
        """Close the file."""
        self._store.close()

    def _settle(self, source: Searchable) -> int:
        marks = self._store.marks()
        now = {mark.passage_id: mark for mark in marks_in(source, {mark.passage_id for mark in marks})}
        gone = [mark for mark in marks if now.get(mark.passage_id) != mark]
        removed = self._store.remove_bound(source.name) + self._store.remove_of_marks(gone)
        self._forget_all()
        return removed

    def _follow_others(self) -> None:
        """Forget what is remembered once another process has changed the file."""
        if not self._store.is_there:
            return
        version = self._tried(self._store.version, None)
        if version is not None and version != self._version:
            self._forget_all()
            self._version = version

    def _remember(self, entry: Entry) -> None:
        with self._lock:
            self._entries[entry.key] = entry
            self._entries.move_to_end(entry.key)
            while len(self._entries) > self._remembered:
                self._entries.popitem(last=False)

    def _forget_all(self) -> None:
        with self._lock:
            self._entries.clear()

    def _tried(self, work: Callable[[], _T], otherwise: _T) -> _T:
        if self._clock() < self._paused_until:
            return otherwise
        try:
            return work()
        except (sqlite3.Error, OSError) as error:
            self._paused_until = self._clock() + _PAUSE_S
            self.count(failed=1)
            logger.warning("kept answers are left aside for now, answers go on: %s: %s", type(error).__name__, error)
            return otherwise


def marks_in(source: Searchable, ids: Iterable[str]) -> Iterator[Mark]:
    """The passages of these ids as they are now; those that are gone are left out."""
    wanted = sorted(set(ids))
    for start in range(0, len(wanted), _AT_ONCE):
        yield from map(Mark.of, passages_in(source, wanted[start : start + _AT_ONCE]))


def passages_in(source: Searchable, ids: Sequence[str]) -> list[Passage]:
    """The passages of these ids, without those that are gone."""
    try:
        return list(source.passages(ids))
    except KeyError:
        if len(ids) == 1:
            return []
        half = len(ids) // 2
        return [*passages_in(source, ids[:half]), *passages_in(source, ids[half:])]
