"""Who may see which passage, in which language and when: decided before anything is ranked."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from index.types import Language, Passage, Query


@dataclass(frozen=True, slots=True)
class Audience:
    """Passages that share language, days of validity and access labels; a store has few different ones."""

    language: Language
    valid_from: str | None
    valid_to: str | None
    access: str
    """Labels as a JSON list."""

    @classmethod
    def of(cls, passage: Passage) -> Audience:
        """That of one passage."""
        first, last = (day.isoformat() if day else None for day in (passage.valid_from, passage.valid_to))
        return cls(passage.language, first, last, json.dumps(passage.access, ensure_ascii=False))

    @property
    def key(self) -> str:
        """One spelling per audience, used as a term in the lexical index."""
        return f"{self.language}|{self.valid_from or ''}|{self.valid_to or ''}|{self.access}"

    def admits(self, query: Query) -> bool:
        """Whether the query may see these passages.

        A passage in both languages is found under either; the days of validity count as within; an upcoming one
        begins after the day; a passage with labels needs a caller with one of them.
        """
        if query.language is not None and query.language != self.language and self.language != "mixed":
            return False
        if query.as_of is not None and not self._applies(query.as_of, is_upcoming=query.is_upcoming):
            return False
        labels = json.loads(self.access)
        return not labels or not query.access.isdisjoint(labels)

    def _applies(self, day: date, *, is_upcoming: bool) -> bool:
        iso = day.isoformat()
        if is_upcoming:
            return iso < (self.valid_from or "")
        return (self.valid_from or "") <= iso and (self.valid_to is None or iso <= self.valid_to)


@dataclass(frozen=True, slots=True)
class Admitted:
    """What a query may see; None stands for everything."""

    rows: NDArray[np.bool_] | None
    """(number of passages,)."""
    keys: Sequence[str] | None
    """Keys of the audiences admitted."""

    @property
    def is_nothing(self) -> bool:
        """Whether no passage at all may be seen."""
        return self.keys is not None and not self.keys


class Filters:
    """The audiences of a generation and, for each row, which one it belongs to."""

    def __init__(self, audiences: Sequence[Audience], of_row: NDArray[np.int32]) -> None:
        self._audiences, self._of_row = audiences, of_row

    def languages(self) -> list[Language]:
        """The language of each row."""
        names = [audience.language for audience in self._audiences]
        return [names[number] for number in self._of_row.tolist()]

    def admits_any(self, query: Query) -> bool:
        """Whether a query sees any passage."""
        return any(audience.admits(query) for audience in self._audiences)

    def admitted(self, query: Query) -> Admitted:
        """What a query sees; looks at each audience once."""
        flags = np.asarray([audience.admits(query) for audience in self._audiences], dtype=np.bool_)
        if flags.all():
            return Admitted(None, None)
        keys = [audience.key for audience, is_in in zip(self._audiences, flags.tolist(), strict=True) if is_in]
        return Admitted(flags[self._of_row], keys)
