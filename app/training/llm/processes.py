"""Several processes that share one run: what the first does alone, and what all have to agree on.

torchrun and accelerate start them and number them in the environment; for the workers of `app.training.llm.cluster` Ray
does both. On a single process everything here is the plain thing.
"""

from __future__ import annotations

import os
import socket
from collections import Counter
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from app.training.llm.config import TuningConfig
from app.training.llm.errors import TuningConfigInvalid
from app.training.llm.lineage import differences
from index.errors import KefuError

_T = TypeVar("_T")


def count_started() -> int:
    """How many processes share the run, as their launcher says; 1 where there is none."""
    return int(os.environ.get("WORLD_SIZE") or 1)


def place_here() -> int:
    """The number of this process among them, counted from 0. The first writes, and tells how far the run is."""
    return int(os.environ.get("RANK") or 0) if count_started() > 1 else 0


def accelerator_here() -> Any:
    """The `Accelerator` of this process, joined to the others.

    accelerate joins processes that compute on processors only when it is told that they do: left alone, each of them
    would take itself for the only one.
    """
    import torch
    from accelerate.accelerator import Accelerator
    from accelerate.utils.environment import parse_flag_from_env

    is_on_processors = parse_flag_from_env("ACCELERATE_USE_CPU") or not torch.accelerator.is_available()
    return Accelerator(cpu=is_on_processors and count_started() > 1)


def by_first(work: Callable[[], _T]) -> _T:
    """What `work` gives in the first process, in all of them; none goes on before it is done.

    Where it raises a `KefuError`, all raise it.
    """
    if count_started() == 1:
        return work()
    from accelerate.utils.operations import broadcast_object_list

    accelerator_here()
    told: list[Any] = [None, None]
    if place_here() == 0:
        try:
            told[0] = work()
        except KefuError as error:
            told[1] = error
    broadcast_object_list(told)
    if told[1] is not None:
        raise told[1]
    found: _T = told[0]
    return found


def require_shares(config: TuningConfig, processes: int) -> None:
    """Raises `TuningConfigInvalid` where a step has fewer batches than there are processes."""
    if config.accumulate >= processes:
        return
    size = config.batch * config.accumulate
    same = f"--batch {size // processes} --accumulate {processes} is the same step" if size % processes == 0 else ""
    raise TuningConfigInvalid(
        f"A step has {config.accumulate} batches of {config.batch}, which {processes} processes cannot share: each "
        f"computes one at least. {same or 'Raise --accumulate, or take fewer processes'}."
    )


def gathered(own: _T) -> list[_T]:
    """What each process has, in their order; the same list in all."""
    from accelerate.utils.operations import gather_object

    return list(gather_object([own]))


def require_alike(own: Mapping[str, Any]) -> None:
    """Raises `TuningConfigInvalid` in all processes when one of them has something else than the first."""
    everyone = gathered((socket.gethostname(), dict(own)))
    for number, (host, other) in enumerate(everyone):
        if changed := differences(everyone[0][1], other):
            raise TuningConfigInvalid(
                f"Process {number} on {host} differs from the first in {', '.join(changed)}. All machines need the "
                "same kefu and the same files."
            )


def memory_of_each(free: int, *, is_on_processor: bool) -> int:
    """Bytes that a process may take, the same number in all: the least of any.

    Processes of one machine that compute on its processors share what is `free` there; a graphics card is one's own.
    """
    rows = gathered((socket.gethostname(), free, is_on_processor))
    beside = Counter(host for host, _, shares in rows if shares)
    return min(found // (beside[host] if shares else 1) for host, found, shares in rows)
