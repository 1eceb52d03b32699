"""From a configuration to a run: the parts that it needs, its folder, its base."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from filelock import FileLock, Timeout

from app.training.llm.base import find_base, make_base
from app.training.llm.config import TuningConfig
from app.training.llm.errors import TuningFolderTaken, TuningPartMissing
from app.training.llm.records import read_records
from index.errors import KefuError

if TYPE_CHECKING:
    from app.training.llm.curve import StepReport
    from app.training.llm.memory import MemoryEstimate
    from app.training.llm.tuning import Outcome

_PARTS = ("accelerate", "gguf", "peft")
_OF_A_RUN = ("adapter", "base", "checkpoints", "model")


def tune(
    config: TuningConfig,
    out: Path,
    *,
    home: Path,
    weights_of: Callable[[str], Path],
    is_fresh: bool = False,
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
        on_step: told after each step.
        on_estimate: told how much memory it will take, before it takes it.
        on_unpack: told before a GGUF file is unpacked.

    Raises the errors of `app.training.llm.errors`.
    """
    require_parts()
    out.mkdir(parents=True, exist_ok=True)
    import os

    if int(os.environ.get("WORLD_SIZE", "1")) > 1:  # several processes share one run
        return _tuned(config, out, home, weights_of, on_step, on_estimate, on_unpack)
    with alone_in(out, error=TuningFolderTaken):
        if is_fresh:
            clear(out)
        return _tuned(config, out, home, weights_of, on_step, on_estimate, on_unpack)


@contextmanager
def alone_in(out: Path, *, error: type[KefuError]) -> Iterator[None]:
    """Hold the folder of a run. Raises `error` where another run is at work in it."""
    try:
        with FileLock(out / ".lock", timeout=0):
            yield
    except Timeout as cause:
        raise error(f"Another run is at work in {out}; wait for it, or name another folder.") from cause


def require_parts(parts: Sequence[str] = _PARTS) -> None:
    """Raises `TuningPartMissing` with the command that installs what is missing."""
    missing = [name for name in parts if find_spec(name) is None]
    if missing:
        raise TuningPartMissing(
            f"Tuning needs {', '.join(missing)}. Install the extra: pip install 'kefu[train]' (from the repository: "
            "pip install -e '.[train]')."
        )


def clear(out: Path) -> None:
    """Take away what an earlier run left in its folder, and nothing else."""
    for name in _OF_A_RUN:
        shutil.rmtree(out / name, ignore_errors=True)
    for name in ("adapter.gguf", "curve.csv", "curve.svg", "lineage.json", "metrics.json", "reference.pt"):
        (out / name).unlink(missing_ok=True)


def _tuned(
    config: TuningConfig,
    out: Path,
    home: Path,
    weights_of: Callable[[str], Path],
    on_step: Callable[[StepReport], None],
    on_estimate: Callable[[MemoryEstimate], None],
    on_unpack: Callable[[], None],
) -> Outcome:
    from app.training.llm.tuning import Tuning

    records = read_records([Path(item) for item in config.data], config.stage)  # before gigabytes are unpacked
    if config.from_scratch is not None:
        texts = [text for record in records for text in (*(item.content for item in record.prompt), record.reply)]
        base = make_base(out / "base", config.from_scratch, texts, length=config.length, seed=config.seed)
    else:
        base = find_base(config.base, weights_of, home, on_unpack=on_unpack)
    return Tuning(config, base, out, on_step=on_step, on_estimate=on_estimate).run()
