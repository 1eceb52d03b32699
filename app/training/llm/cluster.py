"""The same training as a job of Ray Train: so many workers, each a process on cores of its own or with a graphics card.

The cluster is that of RAY_ADDRESS, else one that is made on this machine for the run. Ray places the workers, joins
them and tells when one is lost; what they compute is `Tuning`, as on one machine. Data, base and the folder of the run
are files that every machine sees under the same path. Checkpoints stay in that folder: a lost run goes on from there.
"""

from __future__ import annotations

import logging
import os
import shutil
import socket
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, redirect_stdout, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from filelock import FileLock, Timeout

from app.training.llm.config import TuningConfig
from app.training.llm.errors import TuningClusterFailed, TuningConfigInvalid, TuningFolderTaken, TuningWorkersShort
from app.training.llm.processes import place_here
from index.errors import KefuError

if TYPE_CHECKING:
    from app.training.llm.curve import StepReport
    from app.training.llm.memory import MemoryEstimate
    from app.training.llm.tuning import Outcome

_LOCAL = "local"
_STORE_BYTES = 100 * 2**20
"""Of the object store of a cluster made here: a fifth of the memory otherwise, and nothing large passes through it."""
_OWN_FILES = ".ray"
_ANSWER_S = 10.0
_OUTLIVED_S = 120.0

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Workers:
    """Who trains."""

    count: int
    has_gpus: bool = False
    """Whether each takes a graphics card; on the processor otherwise, also where there are cards."""


@dataclass(frozen=True, slots=True)
class Job:
    """What a worker is sent."""

    config: TuningConfig
    """With whole paths: a worker has a working directory of its own."""
    base: Path
    out: Path
    has_gpus: bool
    reports: Any
    """A queue of Ray: `StepReport` and `MemoryEstimate` of the first worker."""


def tune_on_workers(
    config: TuningConfig,
    base: Path,
    out: Path,
    workers: Workers,
    *,
    on_step: Callable[[StepReport], None] = lambda _: None,
    on_estimate: Callable[[MemoryEstimate], None] = lambda _: None,
) -> Outcome:
    """Run it on a cluster to its end. A run that loses a worker goes on from its last checkpoint, if it came further.

    Args:
        config: see there; `threads` are the cores of a worker that takes no card, 0 is one.
        base: a Hugging Face folder.
        out: the folder of the run, held by the caller.
        workers: at most as many as a step has batches (`require_shares`).
        on_step: told after each step, in a thread of its own.
        on_estimate: told the memory that a worker will take.

    Raises what `Tuning` raises, `TuningWorkersShort`, and `TuningClusterFailed`.
    """
    cores = max(1, config.threads)
    with _connected() as ray:
        _require_room(ray.cluster_resources(), workers, cores)
        heard = _Reports(on_step, on_estimate)
        whole = replace(
            config,
            data=tuple(str(Path(item).resolve()) for item in config.data),
            adapter=str(Path(config.adapter).expanduser().resolve()) if config.adapter else None,
        )
        job = Job(whole, base.resolve(), out.resolve(), workers.has_gpus, heard.queue)
        while True:
            before = heard.furthest
            try:
                with heard.listening():
                    return _fitted(job, workers, cores)
            except TuningClusterFailed as error:
                if heard.furthest == before:
                    raise
                _log.warning("%s It goes on from its last checkpoint.", error.message)
            finally:
                shutil.rmtree(out / _OWN_FILES, ignore_errors=True)


class _Reports:
    """What the first worker says, told here."""

    def __init__(self, on_step: Callable[[StepReport], None], on_estimate: Callable[[MemoryEstimate], None]) -> None:
        from ray.util.queue import Queue

        self.queue: Any = Queue(actor_options={"num_cpus": 0})
        self.furthest = 0
        """The last step of which a report came."""
        self._on_step, self._on_estimate = on_step, on_estimate

    @contextmanager
    def listening(self) -> Iterator[None]:
        """Tell in a thread of its own; on leaving, everything that was said has been told."""
        thread = threading.Thread(target=self._listen, name="reports of workers", daemon=True)
        thread.start()
        try:
            yield
        finally:
            with suppress(self._gone()):
                self.queue.put(None)
            thread.join()

    def _listen(self) -> None:
        from app.training.llm.curve import StepReport

        with suppress(self._gone()):
            while (told := self.queue.get()) is not None:
                if isinstance(told, StepReport):
                    self.furthest = max(self.furthest, told.step)
                    self._on_step(told)
                else:
                    self._on_estimate(told)

    @staticmethod
    def _gone() -> type[Exception]:
        from ray.exceptions import RayError

        gone: type[Exception] = RayError
        return gone


def _fitted(job: Job, workers: Workers, cores: int) -> Outcome:
    from ray.exceptions import RayError
    from ray.train import RunConfig, ScalingConfig, TrainingFailedError
    from ray.train.torch import TorchConfig, TorchTrainer

    takes = {"GPU": 1.0, "CPU": 1.0} if workers.has_gpus else {"CPU": float(cores)}
    work: Any = _work
    trainer: Any = TorchTrainer(
        work,
        train_loop_config={"job": job},
        scaling_config=ScalingConfig(num_workers=workers.count, use_gpu=workers.has_gpus, resources_per_worker=takes),
        torch_config=TorchConfig(backend="nccl" if workers.has_gpus else "gloo"),
        run_config=RunConfig(name=job.out.name, storage_path=str(job.out / _OWN_FILES)),
    )
    try:
        outcome: Outcome = trainer.fit().return_value
    except (TrainingFailedError, RayError) as error:
        causes = list(getattr(error, "worker_failures", {}).values())
        for cause in causes:
            if isinstance(cause, KefuError):
                raise cause from error
        what = " ".join(str(causes[0] if causes else error).split())
        raise TuningClusterFailed(f"Training stopped on a worker: {what[:300]}") from error
    return outcome


def _work(given: dict[str, Any]) -> Outcome:
    """On each worker, in the process group that Ray has made."""
    job: Job = given["job"]
    os.environ["ACCELERATE_USE_CPU"] = str(not job.has_gpus).lower()
    for path in (job.base, job.out, *map(Path, job.config.data)):
        if not path.exists():
            raise TuningConfigInvalid(
                f"{os.uname().nodename} does not see {path}. Data, base and --out have to lie where every machine of "
                "the cluster sees them under the same path."
            )
    from app.training.llm.tuning import Tuning

    if place_here() > 0:
        return Tuning(job.config, job.base, job.out).run()
    try:
        # Workers outlive the command that started them, or a worker that was lost, by seconds.
        with FileLock(job.out / ".worker.lock", timeout=_OUTLIVED_S):
            told = job.reports.put
            return Tuning(job.config, job.base, job.out, on_step=told, on_estimate=told).run()
    except Timeout as cause:
        raise TuningFolderTaken(
            f"Workers of an earlier command are still at work in {job.out}; end them there (`ray list jobs`)."
        ) from cause


@contextmanager
def _connected() -> Iterator[Any]:
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")  # Ray reports its use to its makers otherwise
    import ray

    address = os.environ.get("RAY_ADDRESS") or _LOCAL
    own: dict[str, Any] = {"include_dashboard": False, "object_store_memory": _STORE_BYTES} if address == _LOCAL else {}
    _require_answer(address)
    try:
        ray.init(address=address, log_to_driver=False, logging_level=logging.ERROR, **own)
    except (OSError, RuntimeError, ValueError) as error:
        raise _unreached(address, error) from error
    with redirect_stdout(sys.stderr):  # Ray writes of lost workers to standard output, where the result goes
        try:
            yield ray
        finally:
            ray.shutdown()


def _require_answer(address: str) -> None:
    """Raises `TuningClusterFailed` where nothing listens at HOST:PORT, with "ray://" or without: Ray waits for ever."""
    host, _, port = address.rpartition("://")[2].rpartition(":")
    if not (host and port.isdigit()):
        return
    try:
        socket.create_connection((host.strip("[]"), int(port)), timeout=_ANSWER_S).close()
    except (OSError, OverflowError) as error:
        raise _unreached(address, error) from error


def _unreached(address: str, error: Exception) -> TuningClusterFailed:
    what = " ".join(str(error).split())
    return TuningClusterFailed(f"There is no Ray cluster to be had at {address} (RAY_ADDRESS): {what[:200]}")


def _require_room(has: dict[str, float], workers: Workers, cores: int) -> None:
    """Raises `TuningWorkersShort` where the cluster could never place all workers."""
    cards, processors = int(has.get("GPU", 0)), int(has.get("CPU", 0))
    if workers.has_gpus and not cards:
        raise TuningWorkersShort("The cluster has no graphics card that Ray sees; leave --gpus out, or name another "
                                 "cluster by RAY_ADDRESS.")  # fmt: skip
    needs, there, kind = workers.count * cores, processors, "cores"
    if workers.has_gpus:
        needs, there, kind = workers.count, cards, "graphics cards"
    if needs > there:
        raise TuningWorkersShort(
            f"{workers.count} workers need {needs} {kind}, and the cluster has {there}. Take fewer with --workers, or "
            "name a larger cluster by RAY_ADDRESS."
        )
