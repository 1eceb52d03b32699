"""One run of tuning an embedder: data, folder, memory, and what the folder tells afterwards."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from app.training.embedder.params import FullMemory, FullParams, memory_needed, require_memory
from app.training.embedder.triples import Triple
from app.training.errors import TrainingDataTooFew, TrainingFolderTaken
from app.training.llm.base import folder_digest
from app.training.llm.memory import free_memory
from app.training.llm.running import alone_in, require_parts
from app.training.record import data_file, write_json, write_record
from index.disk import replace_file, sha256_of

if TYPE_CHECKING:
    from app.training.llm.curve import StepReport

FEWEST_QUESTIONS = 40
"""Of fewer an embedder with twenty million weights learns nothing but them."""
DATA, RUN = "triples.jsonl", "run.json"
_OF_A_RUN = ("checkpoints", "model")


@dataclass(frozen=True, slots=True)
class TunedEmbedder:
    """What a run left in its folder."""

    folder: Path
    metrics: dict[str, Any]
    ended_at: datetime

    @property
    def has_learnt(self) -> bool:
        """Whether it is better on the newest questions than its base."""
        return bool(self.metrics["best_step"] > 0)

    def to_dict(self) -> dict[str, Any]:
        """As JSON."""
        return {"folder": str(self.folder), "model": str(self.folder / "model"), **self.metrics}


def tune_embedder(
    triples: Sequence[Triple],
    base: Path,
    out: Path,
    params: FullParams,
    *,
    base_id: str,
    prefixes: tuple[str, str] = ("query: ", "passage: "),
    is_fresh: bool = False,
    free: Callable[[], int] = free_memory,
    on_estimate: Callable[[FullMemory], None] = lambda _needed: None,
    on_step: Callable[[StepReport], None] = lambda _report: None,
) -> TunedEmbedder:
    """Begin a run in `out`, go on with it, or do its last steps again.

    Args:
        triples: by time; the newest decide when to stop.
        base: folder of a sentence-transformers model.
        out: made where it is missing.
        params: see there.
        base_id: what the base is called in the lineage.
        prefixes: what it wants before a question and before a passage.
        is_fresh: takes a run away that is in the folder.
        free: bytes of memory that there are.
        on_estimate: told what it will take, before it takes it.
        on_step: told after each step.

    Raises `TrainingDataTooFew`, `TrainingMemoryShort`, `TuningPartMissing`, and `TrainingFolderTaken` when the folder
    holds a run that would learn something else, or one that is at work.
    """
    require_parts(["psutil"])
    if len(triples) < FEWEST_QUESTIONS:
        raise TrainingDataTooFew(
            f"Expected at least {FEWEST_QUESTIONS} questions with passages that answer them, got {len(triples)}. Let "
            "more answers be rated, name pairs with --data, or train the adapter (without --full), which needs fewer."
        )
    needed = memory_needed(base, params)
    on_estimate(needed)
    require_memory(needed, free())
    out.mkdir(parents=True, exist_ok=True)
    with alone_in(out, error=TrainingFolderTaken):
        if is_fresh:
            for name in _OF_A_RUN:
                shutil.rmtree(out / name, ignore_errors=True)
            (out / RUN).unlink(missing_ok=True)
        return _tuned(triples, base, out, params, base_id, prefixes, on_step)


def _tuned(
    triples: Sequence[Triple],
    base: Path,
    out: Path,
    params: FullParams,
    base_id: str,
    prefixes: tuple[str, str],
    on_step: Callable[[StepReport], None],
) -> TunedEmbedder:
    import torch

    from app.training.embedder.tuning import FullTuning

    order = sorted(triples, key=lambda item: (item.at, item.text))
    lines = "".join(f"{_line(item)}\n" for item in order)
    _claim(out, params, base, lines, prefixes)
    replace_file(out / DATA, lines.encode())
    torch.set_num_threads(int(json.loads((out / RUN).read_text("utf-8"))["threads"]))  # another number rounds otherwise
    count = max(4, round(params.held_out * len(order)))
    learnt, held = order[:-count], order[-min(count, params.held_out_most) :]
    standing, before, after = FullTuning(base, out, learnt, held, params, prefixes=prefixes, on_step=on_step).run()
    losses = [point.loss for point in standing.points if point.loss is not None]
    few = max(1, len(losses) // 10)
    metrics = {
        "questions": len(learnt),
        "held_out": len(held),
        "steps": standing.step,
        "best_step": standing.best_step,
        "loss_first": round(sum(losses[:few]) / few, 6),
        "loss_last": round(sum(losses[-few:]) / few, 6),
        "held_out_loss_before": round(before.loss, 6),
        "held_out_loss_after": round(after.loss, 6),
        "held_out_before": round(before.found, 4),
        "held_out_after": round(after.found, 4),
    }
    files = [path.relative_to(out).as_posix() for path in sorted((out / "model").rglob("*.safetensors"))]
    write_record(
        out,
        "embedder",
        data=[data_file(out / DATA, until=order[-1].at.isoformat())],
        seed=params.seed,
        params=asdict(params),
        base=base_id,
        parents=[{"name": base_id, "digest": folder_digest(base)}],
        weights=files,
        metrics=metrics,
        words=_words(standing.best_step),
    )
    return TunedEmbedder(out, metrics, datetime.now(UTC))


def _claim(out: Path, params: FullParams, base: Path, lines: str, prefixes: tuple[str, str]) -> None:
    """Write what decides the run, or hold it against what the folder says."""
    import hashlib

    import torch

    own = {
        "params": asdict(params),
        "base": folder_digest(base),
        "data": hashlib.sha256(lines.encode()).hexdigest(),
        "prefixes": list(prefixes),
        "code": sha256_of(Path(__file__).with_name("tuning.py"))[:16],
    }
    path = out / RUN
    if not path.exists():
        write_json(path, {**own, "threads": torch.get_num_threads()})
        return
    kept = json.loads(path.read_text(encoding="utf-8"))
    if changed := [name for name, value in own.items() if kept.get(name) != value]:
        raise TrainingFolderTaken(
            f"{out} holds a run that differs in {', '.join(changed)}. Name another folder with --out, or begin anew "
            "there with --fresh."
        )


def _line(item: Triple) -> str:
    row = {"query": item.text, "positive": item.positive, "negatives": list(item.negatives), "at": item.at.isoformat()}
    return json.dumps(row, ensure_ascii=False)


def _words(best_step: int) -> list[str]:
    learnt = (
        f"An embedder, tuned on the questions of this company; of step {best_step}."
        if best_step
        else "No step was better on the newest questions than the base, which this is: there is no reason to serve it."
    )
    return [
        learnt,
        "Serve it with `KEFU_MODELS__EMBEDDER` naming the folder `model`, after every document was embedded anew: "
        "`kefu ingest PATH --full`. What was trained on the vectors of the embedder before it does not know it: the "
        "order of words (token codes), the scorer, an adapter of questions' vectors and classifiers of messages are "
        "off or have to be trained anew. Measure both with `kefu eval` before it serves.",
        "held_out figures are of the newest questions, each against all passages of all of them: the share with its "
        "passage among the first five.",
    ]
