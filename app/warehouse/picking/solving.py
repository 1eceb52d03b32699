"""Good batches in limited time: savings, all batches where they can be counted out, and iterated local search."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from app.warehouse.picking.bounds import capacity_bound
from app.warehouse.picking.columns import decide, every_batch, relax
from app.warehouse.picking.construction import around_seeds, by_savings, first_come_first_served, side_by_side
from app.warehouse.picking.occupancy import Numbers
from app.warehouse.picking.problem import Batch, BatchingProblem
from app.warehouse.picking.search import EPSILON_M, Batches, PairSearch, disturbed

Tell = Callable[[int, float], None]
"""Called now and then with the number of disturbances made and the metres of the best division so far."""

_COLUMNS_A_SECOND, _MOST_COLUMNS = 40_000, 1_500_000
_PAIR_S = 2e-6
"""About what measuring the tour of a pair takes."""
_SHARE_TO_DECIDE = 0.15
"""Of the time, for the search among counted-out batches."""
_WORSE = 0.002
"""A disturbance is followed although the total grows by up to this share at first, falling to none at the end."""
_DISTURBANCES_AN_ORDER = 400
"""With more, small problems would be searched for their whole time without finding anything."""


@dataclass(frozen=True, slots=True)
class Division:
    """Orders in batches."""

    batches: tuple[Batch, ...]
    """By their first order."""
    length_m: float
    bound_m: float
    """No division is shorter, walking in the same way."""


def divide(
    problem: BatchingProblem, alone: Numbers, *, seconds: float, seed: int, tell: Tell = lambda *_: None
) -> Division:
    """Batches with short tours in sum.

    `alone` is the shortest tour of each order. The same seed gives the same batches as long as time does not run out.
    """
    if not len(problem):
        return Division((), 0.0, 0.0)
    began = time.monotonic()

    def used() -> float:
        return (time.monotonic() - began) / seconds

    pairs = PairSearch(problem)
    best = min((Batches(problem, batches) for batches in _begun(problem, seconds)), key=lambda begun: begun.total)
    pairs.improve(best, out_of_time=lambda: used() > 1)
    bound = capacity_bound(alone, problem.loads, problem.limits)
    tell(0, best.total)
    if used() < 1:
        best, bound = _counted_out(problem, best, bound, seconds=seconds, out_of_time=lambda: used() > 1)
        tell(0, best.total)
    current, chance = best.copy(), random.Random(seed)
    pairs.improve(current, out_of_time=lambda: used() > 1)
    for number in range(1, _DISTURBANCES_AN_ORDER * len(problem) + 1):
        if len(best.members) < 2 or best.total <= bound + EPSILON_M or used() > 1:
            break
        new = disturbed(current, problem, chance)
        pairs.improve(new, out_of_time=lambda: used() > 1, settled=set(current.members))
        if new.total < current.total * (1 + _WORSE * max(0.0, 1 - used()) * chance.random()):
            current = new
        if current.total < best.total - EPSILON_M:
            best = current.copy()
        tell(number, best.total)
    return Division(tuple(sorted(best.members)), best.total, min(bound, best.total))


def _begun(problem: BatchingProblem, seconds: float) -> Iterator[list[Batch]]:
    """Divisions to begin with: as good ones as there is time for."""
    yield first_come_first_served(problem)
    yield side_by_side(problem)
    if len(problem) ** 2 * _PAIR_S < seconds / 4:
        yield by_savings(problem)
        yield around_seeds(problem)


def _counted_out(
    problem: BatchingProblem, known: Batches, bound: float, *, seconds: float, out_of_time: Callable[[], bool]
) -> tuple[Batches, float]:
    """What looking at every batch gives, where they are few enough for the time."""
    limit = min(_MOST_COLUMNS, max(20_000, int(_COLUMNS_A_SECOND * seconds)))
    columns = every_batch(problem, limit=limit)
    if columns is None or out_of_time():
        return known, bound
    orders = len(problem)
    start = list(zip(known.members, known.lengths, strict=True))
    relaxation = relax(columns, start, orders=orders, out_of_time=out_of_time)
    found, proven = decide(columns, relaxation, known.total, orders=orders, seconds=seconds * _SHARE_TO_DECIDE)
    return (known if found is None else Batches(problem, found)), max(bound, proven)
