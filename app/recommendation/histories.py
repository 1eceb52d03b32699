"""Who did what, in order, as numbers: what every model here learns from."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from app.domain.behaviour import EventKind

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

STRENGTH: dict[EventKind, float] = {"view": 0.4, "click": 0.4, "cart": 0.7, "buy": 1.0}
"""How much each kind says that somebody wants a thing; the others say nothing of the kind."""
KINDS: tuple[EventKind, ...] = ("view", "click", "cart", "buy")
"""In the order of their strength; their places are the numbers in `Histories.kinds`."""


@dataclass(frozen=True, slots=True)
class Interaction:
    """Somebody and an item."""

    user_id: str
    item_id: str
    at: float | None = None
    """Seconds since 1970; None where only the order is known."""
    kind: EventKind | None = None
    """None where it is not told."""


@dataclass(frozen=True)
class Histories:
    """Everybody's items in the order of time, an item that follows itself once."""

    users: tuple[str, ...]
    items: tuple[str, ...]
    starts: np.ndarray
    """int64, (users + 1,): the items of user u are `sequence[starts[u]:starts[u + 1]]`."""
    sequence: np.ndarray
    """int32, places in `items`."""
    times: np.ndarray
    """float64, seconds since 1970; NaN where they are not known."""
    kinds: np.ndarray
    """int8, places in `KINDS`; -1 where they are not told."""
    dismissed: tuple[tuple[int, int], ...] = ()
    """User and item."""

    @classmethod
    def of(cls, interactions: Iterable[Interaction], *, items: Sequence[str] = ()) -> Histories:
        """From interactions in any order of users; those of one user by time, else in the order that they come in.

        `items` come before those that are met; an item nobody met is one of them all the same. What is dismissed after
        it was last chosen is not part of a history.
        """
        rows: dict[str, list[tuple[float | None, str, EventKind | None]]] = {}
        for one in interactions:
            rows.setdefault(one.user_id, []).append((one.at, one.item_id, one.kind))
        place = {item: at for at, item in enumerate(dict.fromkeys(items))}
        sequence: list[int] = []
        times: list[float] = []
        kinds: list[int] = []
        starts, dismissed = [0], []
        for user, row in enumerate(rows.values()):
            if all(at is not None for at, _, _ in row):
                row.sort(key=lambda one: one[0] or 0.0)
            gone = {item for _, item, kind in row if kind == "dismiss"}
            dismissed += [(user, place.setdefault(item, len(place))) for item in sorted(gone)]
            for at, item, kind in row:
                if item in gone and kind != "buy":
                    continue
                if kind is not None and kind not in STRENGTH:
                    continue
                number = place.setdefault(item, len(place))
                strength = -1 if kind is None else KINDS.index(kind)
                if len(sequence) > starts[-1] and sequence[-1] == number:
                    kinds[-1], times[-1] = max(kinds[-1], strength), np.nan if at is None else at
                    continue
                sequence.append(number)
                times.append(np.nan if at is None else at)
                kinds.append(strength)
            starts.append(len(sequence))
        return cls(
            tuple(rows),
            tuple(place),
            np.array(starts, np.int64),
            np.array(sequence, np.int32),
            np.array(times, np.float64),
            np.array(kinds, np.int8),
            tuple(dismissed),
        )

    @cached_property
    def user_places(self) -> dict[str, int]:
        """User to its number."""
        return {user: at for at, user in enumerate(self.users)}

    @cached_property
    def item_places(self) -> dict[str, int]:
        """Item to its number."""
        return {item: at for at, item in enumerate(self.items)}

    @cached_property
    def has_times(self) -> bool:
        """Whether the time of each is known."""
        return bool(len(self.times)) and not bool(np.isnan(self.times).any())

    @cached_property
    def has_kinds(self) -> bool:
        """Whether it is told how anything was chosen."""
        return bool((self.kinds >= 0).any())

    @cached_property
    def last_time(self) -> float | None:
        """The newest time; None where times are not known."""
        return float(self.times.max()) if self.has_times else None

    @cached_property
    def dismissed_of(self) -> dict[int, tuple[int, ...]]:
        """User to the items waved away."""
        found: dict[int, tuple[int, ...]] = {}
        for user, item in self.dismissed:
            found[user] = (*found.get(user, ()), item)
        return found

    @cached_property
    def chosen_by(self) -> csr_matrix:
        """(items, users), 1 where somebody chose it: float32."""
        from scipy.sparse import csr_matrix

        rows = np.repeat(np.arange(len(self.users)), np.diff(self.starts))
        ones = np.ones(len(self.sequence), np.float32)
        matrix = csr_matrix((ones, (self.sequence, rows)), shape=(len(self.items), len(self.users)))
        matrix.data[:] = 1.0
        return matrix

    @cached_property
    def popularity(self) -> np.ndarray:
        """float32, (items,): how many people chose each."""
        counts: np.ndarray = np.diff(self.chosen_by.indptr).astype(np.float32)
        return counts

    @cached_property
    def by_popularity(self) -> np.ndarray:
        """int64, (items,): places in `items`, those that most people chose first."""
        order: np.ndarray = np.argsort(-self.popularity, kind="stable")
        return order

    def popular_beside(self, row: np.ndarray, *, top: int) -> np.ndarray:
        """The `top` items that most people chose, without those of `row`."""
        listed = self.by_popularity[: top + len(row)]
        return listed[~np.isin(listed, row)][:top]

    @property
    def strengths(self) -> np.ndarray:
        """float32, one for each of `sequence`."""
        table = np.array([*(STRENGTH[kind] for kind in KINDS), 1.0], np.float32)
        strengths: np.ndarray = table[self.kinds]
        return strengths

    def freshness(self, half_life_days: float) -> np.ndarray:
        """float64, one for each of `sequence`: 1 for the newest, half for each half-life before; 1 without times."""
        if self.last_time is None:
            return np.ones(len(self.sequence))
        fresh: np.ndarray = 0.5 ** ((self.last_time - self.times) / (half_life_days * 86_400))
        return fresh

    def row(self, user: int) -> np.ndarray:
        """A user's items, oldest first."""
        return self.sequence[self.starts[user] : self.starts[user + 1]]

    def deeds(self, user: int) -> np.ndarray:
        """The kind of each of a user's items, oldest first: places in `KINDS`, -1 where it is not told."""
        return self.kinds[self.starts[user] : self.starts[user + 1]]

    def deeds_of(self, user_id: str) -> np.ndarray:
        """As `deeds`; of somebody unknown none."""
        user = self.user_places.get(user_id)
        return np.zeros(0, np.int8) if user is None else self.deeds(user)

    def without_last(self) -> tuple[Histories, np.ndarray]:
        """What there was before each user's last new item, and these items: int32, (users,), -1 for none.

        New is what the user had not chosen before. Of a user with fewer than two different items nothing is held back.
        """
        held = np.full(len(self.users), -1, np.int32)
        keep = np.ones(len(self.sequence), bool)
        for user in range(len(self.users)):
            row = self.row(user)
            _, first = np.unique(row, return_index=True)
            if len(first) < 2:
                continue
            cut = int(first.max())
            held[user] = row[cut]
            keep[self.starts[user] + cut : self.starts[user + 1]] = False
        counts = np.add.reduceat(np.append(keep, False), self.starts[:-1]) if len(self.users) else np.zeros(0, int)
        counts = np.where(np.diff(self.starts) > 0, counts, 0)
        starts = np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)
        rest = Histories(
            self.users, self.items, starts, self.sequence[keep], self.times[keep], self.kinds[keep], self.dismissed
        )
        return rest, held


NOTHING = Histories.of(())
"""Of nobody."""


def seconds(at: datetime | None) -> float | None:
    """Since 1970."""
    return None if at is None else at.timestamp()
