"""Batches from scratch: as orders came, around seeds, and by savings."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from app.warehouse.picking.problem import Batch, BatchingProblem


def first_come_first_served(problem: BatchingProblem, sequence: Sequence[int] | None = None) -> list[Batch]:
    """Orders in turn; one that the device has no room for begins the next tour. What warehouses do without a plan."""
    batches: list[Batch] = []
    current: list[int] = []
    load = np.zeros_like(problem.limits)
    for order in range(len(problem)) if sequence is None else sequence:
        if current and (load + problem.loads[order] > problem.limits).any():
            batches.append(tuple(sorted(current)))
            current, load = [], np.zeros_like(problem.limits)
        current.append(order)
        load = load + problem.loads[order]
    if current:
        batches.append(tuple(sorted(current)))
    return batches


def side_by_side(problem: BatchingProblem) -> list[Batch]:
    """As orders lie in the warehouse, from the first aisle to the last; for many orders in little time."""
    parts = np.arange(problem.rows.shape[1])
    holds = problem.rows != 0
    middle = (holds * parts).sum(axis=1) / np.maximum(holds.sum(axis=1), 1)
    return first_come_first_served(problem, np.argsort(middle, kind="stable").tolist())


def around_seeds(problem: BatchingProblem) -> list[Batch]:
    """The order with the longest tour begins a batch; added is what lengthens it least, as long as something fits.

    Source: de Koster, van der Poort and Wolters, International Journal of Production Research 37 (1999), section 3.1.
    """
    alone = problem.lengths(problem.rows)
    left = list(range(len(problem)))
    batches: list[Batch] = []
    while left:
        seed = max(left, key=lambda order: (alone[order], -order))
        batch, row, load = [seed], problem.rows[seed], problem.loads[seed]
        left.remove(seed)
        while True:
            fitting = [order for order in left if (load + problem.loads[order] <= problem.limits).all()]
            if not fitting:
                break
            joined = problem.lengths(row | problem.rows[fitting])
            best = fitting[int(np.argmin(joined - alone[fitting]))]
            batch.append(best)
            row, load = row | problem.rows[best], load + problem.loads[best]
            left.remove(best)
        batches.append(tuple(sorted(batch)))
    return batches


def by_savings(problem: BatchingProblem) -> list[Batch]:
    """Join the two batches that save most as one tour, work savings out anew, and so on: C&W(ii).

    Source: Clarke and Wright, Operations Research 12 (1964), and de Koster et al. (1999), section 3.2.
    """
    count = len(problem)
    members: list[Batch] = [(order,) for order in range(count)]
    rows, loads = problem.rows.copy(), problem.loads.copy()
    lengths = problem.lengths(rows)
    saving = np.full((count, count), -np.inf)
    alive = np.ones(count, dtype=bool)

    def work_out(one: int) -> None:
        fits = alive & (loads + loads[one] <= problem.limits).all(axis=1)
        fits[one] = False
        saving[one, :], saving[:, one] = -np.inf, -np.inf
        others = np.flatnonzero(fits)
        if len(others):
            saved = lengths[one] + lengths[others] - problem.lengths(rows[one] | rows[others])
            saving[one, others], saving[others, one] = saved, saved

    for order in range(count):
        work_out(order)
    while count:
        one, other = divmod(int(np.argmax(saving)), count)
        if saving[one, other] <= 0:
            break
        members[one] = tuple(sorted(members[one] + members[other]))
        rows[one], loads[one] = rows[one] | rows[other], loads[one] + loads[other]
        lengths[one] += lengths[other] - saving[one, other]
        alive[other] = False
        saving[other, :], saving[:, other] = -np.inf, -np.inf
        work_out(one)
    return [members[number] for number in np.flatnonzero(alive)]
