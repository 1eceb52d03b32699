"""From a configuration to a run: the parts that it needs, its folder, its base."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from filelock import FileLock, Timeout

from app.generation.adapters import shipped_adapter
from app.training.llm.adapter_gguf import unpack
from app.training.llm.base import find_base, make_base
from app.training.llm.cluster import Workers, tune_on_workers
from app.training.llm.config import NEW, TuningConfig
from app.training.llm.errors import AdapterUnusable, TuningConfigInvalid, TuningFolderTaken, TuningPartMissing
from app.training.llm.processes import by_first, count_started, place_here, require_shares
from app.training.llm.records import read_records
from index.errors import KefuError

if TYPE_CHECKING:
    from app.training.llm.curve import StepReport
    from app.training.llm.memory import MemoryEstimate
    from app.training.llm.tuning import Outcome

_PARTS = ("accelerate", "gguf", "peft")
_OF_A_RUN = (".ray", "adapter", "base", "checkpoints", "model", "start")


def tune(
    config: TuningConfig,
    out: Path,
    *,
    home: Path,
    weights_of: Callable[[str], Path],
    is_fresh: bool = False,
    workers: Workers | None = None,
    on_step: Callable[[StepReport], None] = lambda _: None,
    on_estimate: Callable[[MemoryEstimate], None] = lambda _: None,
    on_unpack: Callable[[], None] = lambda: None,
) -> Outcome:
    """Run what the configuration says in the folder `out`, or go on with it there.

    Args:
        config: see there.
        out: made where it is missing.
        home: bases are unpacked below it.
        weights_of: the file of a name of the catalogue.
        is_fresh: takes a run away that is in the folder.
        workers: of a cluster, to run there; None: in this process, with those that a launcher started beside it.
        on_step: told after each step.
        on_estimate: told how much memory it will take, before it takes it.
        on_unpack: told before a GGUF file is unpacked.

    Raises the errors of `app.training.llm.errors`.
    """
    require_parts()
    if workers is not None:
        require_parts(["ray"], extra="scale")
        if count_started() > 1:
            raise TuningConfigInvalid("Workers are started by Ray; leave the launcher out, or --workers.")
    require_shares(config, workers.count if workers is not None else count_started())
    out.mkdir(parents=True, exist_ok=True)
    if place_here() > 0:  # the first process tells
        on_step, on_estimate = lambda _: None, lambda _: None
    with ExitStack() as held:

        def prepared() -> Path:
            held.enter_context(alone_in(out, error=TuningFolderTaken))
            if is_fresh:
                clear(out)
            return _base_of(config, out, home, weights_of, on_unpack)

        base = by_first(prepared)
        config = by_first(partial(_learning_on, config, base, out))
        if workers is not None:
            return tune_on_workers(config, base, out, workers, on_step=on_step, on_estimate=on_estimate)
        from app.training.llm.tuning import Tuning

        return Tuning(config, base, out, on_step=on_step, on_estimate=on_estimate).run()


@contextmanager
def alone_in(out: Path, *, error: type[KefuError]) -> Iterator[None]:
    """Hold the folder of a run. Raises `error` where another run is at work in it."""
    try:
        with FileLock(out / ".lock", timeout=0):
            yield
    except Timeout as cause:
        raise error(f"Another run is at work in {out}; wait for it, or name another folder.") from cause


def require_parts(parts: Sequence[str] = _PARTS, *, extra: str = "train") -> None:
    """Raises `TuningPartMissing` with the command that installs what is missing."""
    missing = [name for name in parts if find_spec(name) is None]
    if missing:
        raise TuningPartMissing(
            f"Tuning needs {', '.join(missing)}. Install the extra: pip install 'kefu[{extra}]' (from the repository: "
            f"pip install -e '.[{extra}]')."
        )


def clear(out: Path) -> None:
    """Take away what an earlier run left in its folder, and nothing else."""
    for name in _OF_A_RUN:
        shutil.rmtree(out / name, ignore_errors=True)
    for name in ("adapter.gguf", "curve.csv", "curve.svg", "lineage.json", "metrics.json", "reference.pt"):
        (out / name).unlink(missing_ok=True)


def _learning_on(config: TuningConfig, base: Path, out: Path) -> TuningConfig:
    """The configuration with the folder of the adapter that is learnt on, or None for a new one."""
    if config.trains_all or config.adapter == NEW:
        return replace(config, adapter=None)
    file = Path(config.adapter).expanduser() if config.adapter else shipped_adapter(base.name.partition("@")[0])
    if file is None or file.suffix != ".gguf":
        return config
    if not file.is_file():
        raise AdapterUnusable(f"There is no adapter {file}.")
    return replace(config, adapter=str(unpack(file, base, out / "start" / file.stem)))


def _base_of(
    config: TuningConfig,
    out: Path,
    home: Path,
    weights_of: Callable[[str], Path],
    on_unpack: Callable[[], None],
) -> Path:
    records = read_records([Path(item) for item in config.data], config.stage)  # before gigabytes are unpacked
    if config.from_scratch is None:
        return find_base(config.base, weights_of, home, on_unpack=on_unpack)
    texts = [text for record in records for text in (*(item.content for item in record.prompt), record.reply)]
    return make_base(out / "base", config.from_scratch, texts, length=config.length, seed=config.seed)
