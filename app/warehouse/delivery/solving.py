"""From a problem to the best routes found in a given time, on as many cores as there are."""

from __future__ import annotations

import multiprocessing
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from typing import TYPE_CHECKING

import numpy as np

from app.warehouse.delivery.bounds import fewest_routes
from app.warehouse.delivery.combining import combined
from app.warehouse.delivery.telling import Found, Tell

if TYPE_CHECKING:
    import pyvrp

_COMBINING_SHARE, _MOST_COMBINING_S = 0.1, 6.0
_FLEET_SHARE = 0.5
"""Of the time that may go into finding plans with fewer vehicles."""
_WORTH_A_PROCESS_S = 5.0
"""Starting one takes a second or two."""
_GRACE_S = 5.0


@dataclass(frozen=True, slots=True)
class SolveParams:
    """How much effort goes in."""

    seconds: float = 10.0
    seed: int = 1
    processes: int = 1
    counts_vehicles_first: bool = False
    """Fewest vehicles first, then the least cost; for one type of vehicle."""

    def __post_init__(self) -> None:
        if not 0 < self.seconds < float("inf"):
            raise ValueError("Expected seconds > 0.")
        if self.processes < 1:
            raise ValueError("Expected processes >= 1.")


def usable_cores() -> int:
    """Those that this process may run on."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def solve(data: pyvrp.ProblemData, params: SolveParams, *, tell: Tell | None = None) -> Found:
    """The best that was found; look at `is_feasible`."""
    from app.warehouse.delivery.searching import search

    deadline = time.monotonic() + params.seconds
    first: Found | None = None
    if params.counts_vehicles_first:
        data, first = with_fewest_vehicles(data, seconds=_FLEET_SHARE * params.seconds, seed=params.seed)
    left = deadline - time.monotonic()
    combining = min(_COMBINING_SHARE * params.seconds, _MOST_COMBINING_S) if data.num_clients > 2 else 0.0
    searching = max(0.0, left - combining)
    others = params.processes - 1 if searching >= _WORTH_A_PROCESS_S else 0
    with _elsewhere(data, searching, params.seed, others) as gather:
        start = first.routes if first is not None and first.is_feasible else None
        here = search(data, seconds=searching, seed=params.seed, start=start, tell=tell)
        found = [here, *gather()]
    if first is not None:
        found.append(first)
    return combined(data, found, seconds=min(combining, deadline - time.monotonic()))


def with_fewest_vehicles(
    data: pyvrp.ProblemData, *, seconds: float, seed: int
) -> tuple[pyvrp.ProblemData, Found | None]:
    """The problem with the smallest fleet for which a plan was found in the time, and that plan.

    None where no plan was found at all: the problem is then as it was.
    """
    from app.warehouse.delivery.searching import search

    (kind,) = data.vehicle_types()
    loads = np.array([client.delivery for client in data.clients()], dtype=float)
    least = fewest_routes(loads, np.array(kind.capacity, dtype=float))
    deadline = time.monotonic() + seconds
    best: Found | None = None
    available, attempt = kind.num_available, 0
    while available >= least and (left := deadline - time.monotonic()) > 0:
        fewer = data.replace(vehicle_types=[kind.replace(num_available=available)])
        found = search(fewer, seconds=left, seed=seed + attempt, until_feasible=True)
        attempt += 1
        if not found.is_feasible:
            break
        best, data = found, fewer
        available = min(available, len(found.routes)) - 1
    if best is None:
        return data, None
    return data.replace(vehicle_types=[kind.replace(num_available=len(best.routes))]), best


@contextmanager
def _elsewhere(data: pyvrp.ProblemData, seconds: float, seed: int, count: int) -> Iterator[_Gather]:
    """Searches with other seeds in processes of their own, which never outlive this one's interest in them."""
    context = multiprocessing.get_context("spawn")
    running: list[tuple[BaseProcess, Connection]] = []
    try:
        for k in range(count):
            process: BaseProcess
            ours, theirs = context.Pipe(duplex=False)
            process = context.Process(
                target=_search_there, args=(theirs, data, time.time() + seconds, seed + 1000 * (k + 1)), daemon=True
            )
            process.start()
            theirs.close()
            running.append((process, ours))
        yield _Gather(running)
    finally:
        for process, ours in running:
            ours.close()
            process.join(timeout=0.2)
            if process.is_alive():
                process.kill()
                process.join()


@dataclass(frozen=True, slots=True)
class _Gather:
    running: list[tuple[BaseProcess, Connection]]

    def __call__(self) -> list[Found]:
        """What the others found; one that died or is late is left out."""
        found = []
        deadline = time.monotonic() + _GRACE_S
        for _, ours in self.running:
            try:
                if ours.poll(max(0.0, deadline - time.monotonic())):
                    found.append(ours.recv())
            except EOFError:
                continue
        return found


def _search_there(answer: Connection, data: pyvrp.ProblemData, until: float, seed: int) -> None:
    """Runs in the other process; the time until it had started counts."""
    import signal

    from app.warehouse.delivery.searching import search

    signal.signal(signal.SIGINT, signal.SIG_IGN)
    answer.send(search(data, seconds=max(0.0, until - time.time()), seed=seed))
    answer.close()
