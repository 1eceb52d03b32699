"""All batches that a device can carry, where they can be counted out: a proven bound, and often the proven best.

Choosing batches so that each order is in one is a set partitioning problem. Its linear relaxation, solved over a
growing choice of batches until none of all lowers it, bounds every division from below, and is tight for tours. Batches
whose reduced cost exceeds the distance between bound and best known division are in no better one; where few are
left, HiGHS decides among them. Source: Gademann and van de Velde, IIE Transactions 37 (2005), section 4.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from app.warehouse.picking.occupancy import Numbers
from app.warehouse.picking.problem import Batch, BatchingProblem
from app.warehouse.picking.search import EPSILON_M

if TYPE_CHECKING:
    from scipy.sparse import csc_matrix

_ADDED_OF_SIZE, _ADDED = 400, 600
"""Batches that join the linear program in a round: of each number of orders, and in all."""
_ROUNDS = 100
_CELLS_AT_ONCE = 4_000_000
_DECIDED_AMONG = 5000


@dataclass(frozen=True, slots=True)
class Columns:
    """Every batch that can be carried, by number of orders."""

    members: tuple[npt.NDArray[np.uint16], ...]
    """(batches, orders in each), ascending in a row."""
    lengths: tuple[Numbers, ...]


@dataclass(frozen=True, slots=True)
class Relaxation:
    """What the linear relaxation says."""

    bound_m: float
    """No division is shorter; less than the optimum of the relaxation where time ran out."""
    prices: Numbers
    """What each order adds, metres; together the bound. No batch is worth more than its tour."""


def every_batch(problem: BatchingProblem, *, limit: int) -> Columns | None:
    """All of them; None when there are more than `limit`. Batches are grown by orders of higher number."""
    count = len(problem)
    members = np.arange(count, dtype=np.uint16)[:, None]
    rows, loads = problem.rows, problem.loads
    all_members, all_lengths, total = [members], [problem.lengths(rows)], count
    while len(members):
        pieces = []
        for start in range(0, len(members), max(1, _CELLS_AT_ONCE // count)):
            piece = slice(start, start + max(1, _CELLS_AT_ONCE // count))
            fits = np.arange(count) > members[piece, -1:]
            for kind, most in enumerate(problem.limits):
                fits &= loads[piece, kind, None] + problem.loads[None, :, kind] <= most
            grown, added = np.nonzero(fits)
            total += len(grown)
            if total > limit:
                return None
            pieces.append((grown + start, added))
        grown, added = (np.concatenate(parts) for parts in zip(*pieces, strict=True))
        rows, loads = rows[grown] | problem.rows[added], loads[grown] + problem.loads[added]
        members = np.hstack([members[grown], added[:, None].astype(np.uint16)])
        if len(members):
            all_members.append(members)
            all_lengths.append(problem.lengths(rows))
    return Columns(tuple(all_members), tuple(all_lengths))


def relax(
    columns: Columns, start: Sequence[tuple[Batch, float]], *, orders: int, out_of_time: Callable[[], bool]
) -> Relaxation:
    """Solve the linear relaxation over all columns, beginning with those of a known division and single orders."""
    chosen: dict[Batch, float] = dict(start)
    chosen.update(((order,), float(length)) for order, length in enumerate(columns.lengths[0]))
    best = Relaxation(0.0, np.zeros(orders))
    for _ in range(_ROUNDS):
        prices = _prices(chosen, orders)
        steepest, lowering = _priced(columns, prices)
        bound = float(prices.sum()) / steepest  # prices scaled down until no batch is worth more than its tour
        if bound > best.bound_m:
            best = Relaxation(bound, prices / steepest)
        if not lowering or out_of_time():
            break
        chosen.update((batch, length) for _, batch, length in sorted(lowering)[:_ADDED])
    return best


def decide(
    columns: Columns, relaxation: Relaxation, known_m: float, *, orders: int, seconds: float
) -> tuple[list[Batch] | None, float]:
    """A division shorter than `known_m`, None if none was found, and what no division falls short of, metres."""
    from scipy import optimize

    room = known_m - relaxation.bound_m
    members: list[Batch] = []
    lengths, reduced = [], []
    for rows, tours in zip(columns.members, columns.lengths, strict=True):
        cost = tours - relaxation.prices[rows].sum(axis=1)
        kept = np.flatnonzero(cost < room + EPSILON_M)
        members += [tuple(row) for row in rows[kept].tolist()]
        lengths.append(tours[kept])
        reduced.append(cost[kept])
    tours, costs = np.concatenate(lengths), np.concatenate(reduced)
    left_out = np.inf
    if len(members) > _DECIDED_AMONG:
        cheapest = np.argsort(costs, kind="stable")
        left_out = float(costs[cheapest[_DECIDED_AMONG]])
        cheapest = cheapest[:_DECIDED_AMONG]
        members, tours = [members[number] for number in cheapest], tours[cheapest]
    if not members:
        return None, known_m
    result = optimize.milp(
        tours,
        constraints=optimize.LinearConstraint(_incidence(members, orders), 1, 1),
        integrality=np.ones(len(members)),
        bounds=optimize.Bounds(0, 1),
        options={"time_limit": seconds, "mip_rel_gap": 1e-9},
    )
    without = min(known_m, relaxation.bound_m + left_out)  # of divisions with a batch that was left out
    proven = relaxation.bound_m if result.mip_dual_bound is None else max(relaxation.bound_m, result.mip_dual_bound)
    is_infeasible = result.status == 2
    bound = without if is_infeasible else min(proven, without)
    if result.x is None or result.fun >= known_m - EPSILON_M:
        return None, bound
    return [members[number] for number in np.flatnonzero(result.x > 0.5)], bound


def _prices(chosen: dict[Batch, float], orders: int) -> Numbers:
    """What each order is worth when only the chosen batches can be used."""
    from scipy import optimize

    batches = list(chosen)
    tours = np.array([chosen[batch] for batch in batches])
    result = optimize.linprog(
        tours, A_ub=-_incidence(batches, orders), b_ub=-np.ones(orders), bounds=(0, None), method="highs"
    )
    return np.asarray(np.maximum(-result.ineqlin.marginals, 0.0), dtype=np.float64)


def _priced(columns: Columns, prices: Numbers) -> tuple[float, list[tuple[float, Batch, float]]]:
    """How far prices exceed a tour, as the largest ratio and at least 1; and the batches that lower the relaxation."""
    steepest = 1.0
    lowering: list[tuple[float, Batch, float]] = []
    for members, tours in zip(columns.members, columns.lengths, strict=True):
        worth = np.zeros(len(members))
        for column in members.T:
            worth += prices[column]
        steepest = max(steepest, float((worth / np.maximum(tours, EPSILON_M)).max()))
        cost = tours - worth
        low = np.flatnonzero(cost < -EPSILON_M)
        if len(low) > _ADDED_OF_SIZE:
            low = low[np.argpartition(cost[low], _ADDED_OF_SIZE)[:_ADDED_OF_SIZE]]
        lowering += [(float(cost[number]), tuple(members[number].tolist()), float(tours[number])) for number in low]
    return steepest, lowering


def _incidence(batches: Sequence[Batch], orders: int) -> csc_matrix:
    from scipy.sparse import csc_matrix

    rows = np.concatenate([np.array(batch) for batch in batches])
    starts = np.concatenate([[0], np.cumsum([len(batch) for batch in batches])])
    return csc_matrix((np.ones(len(rows)), rows, starts), shape=(orders, len(batches)))
