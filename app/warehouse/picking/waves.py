"""When an order has to be picked: carriers collect at fixed times, and what came before the cut-off goes out today."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta, tzinfo


@dataclass(frozen=True, slots=True)
class Collections:
    """Times of the day at which carriers collect, in the warehouse's time zone."""

    times: Sequence[time]
    """Ascending, at least one."""
    cutoff: time
    """An order paid before is promised to leave the same day."""
    zone: tzinfo

    def __post_init__(self) -> None:
        if not self.times or list(self.times) != sorted(self.times):
            raise ValueError(f"Expected times in order, got {self.times!r}.")

    def due(self, placed_at: datetime, *, now: datetime) -> tuple[datetime, bool]:
        """The last collection that keeps the promise; the next one and True where that has gone already."""
        placed = placed_at.astimezone(self.zone)
        day = placed.date() + timedelta(days=0 if placed.time() < self.cutoff else 1)
        promised = datetime.combine(day, self.times[-1], self.zone)
        return (promised, False) if promised >= now else (self.next(now), True)

    def next(self, now: datetime) -> datetime:
        """The first collection from now on."""
        today = now.astimezone(self.zone).date()
        moments = (
            datetime.combine(today + timedelta(days=days), at, self.zone) for days in (0, 1) for at in self.times
        )
        return next(moment for moment in moments if moment >= now)
