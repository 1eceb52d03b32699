"""One training of an adapter, from pairs to a folder that can be judged and served."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from app.domain.learning import Candidate
from app.retrieval.shipped_map import shipped_map
from app.training.adapter.fitting import FEWEST_PAIRS, AdapterParams, Epoch, FittedAdapter, fit_adapter
from app.training.adapter.space import Pair, PassageSpace
from app.training.curve import write_curve
from app.training.errors import TrainingDataInvalid, TrainingDataTooFew
from app.training.record import data_file, write_record
from index.disk import replace_file
from index.embedding.query_map import QUERY_MAP
from index.generation import Generation
from index.ports import Embedder
from index.types import FloatMatrix

PAIRS = "pairs.jsonl"
_AT_ONCE = 32


@dataclass(frozen=True, slots=True)
class TrainedAdapter:
    """What a training left in its folder."""

    folder: Path
    fitted: FittedAdapter
    lineage: dict[str, Any]
    metrics: dict[str, float]
    ended_at: datetime

    @property
    def has_learnt(self) -> bool:
        """Whether it is better, on the newest questions, than what it began with."""
        return self.fitted.has_learnt

    @property
    def candidate(self) -> Candidate:
        """For the registry."""
        return Candidate("embedder", self.folder, self.ended_at, self.lineage, self.metrics)

    def to_dict(self) -> dict[str, Any]:
        """As JSON."""
        return {
            "folder": str(self.folder),
            "has_learnt": self.has_learnt,
            "pairs": self.fitted.pairs,
            "held_out": self.fitted.held_out,
            "epochs": len(self.fitted.curve) - 1,
            "best_epoch": self.fitted.best,
            **self.metrics,
        }


def train_adapter(
    pairs: Sequence[Pair],
    embedder: Embedder,
    generation: Generation,
    out: Path,
    params: AdapterParams,
    *,
    on_progress: Callable[[str, int, int], None] = lambda _stage, _done, _total: None,
) -> TrainedAdapter:
    """Embed the questions, fit, and write map, pairs, curve, lineage and metrics into `out`.

    Raises `TrainingDataTooFew` when fewer than 20 questions have documents that are still in the index.
    """
    space = PassageSpace.of(generation)
    known = [pair for pair, rows in zip(pairs, space.rows_of(pairs), strict=True) if len(rows)]
    if len(known) < FEWEST_PAIRS:
        raise TrainingDataTooFew(
            f"Expected at least {FEWEST_PAIRS} questions with documents that are in the index, got {len(known)} of "
            f"{len(pairs)}. Let more answers be rated, or name a file of pairs with --data."
        )
    vectors = _embedded(known, embedder, on_progress)
    start = shipped_map(embedder.embedder_id)

    def told(epoch: Epoch) -> None:
        on_progress("fit", epoch.number, params.epochs)

    fitted = fit_adapter(known, vectors, space, params, embedder_id=embedder.embedder_id, base=start, on_epoch=told)
    out.mkdir(parents=True, exist_ok=True)
    fitted.query_map.save(out)
    write_pairs(known, out / PAIRS)
    shown = {
        "loss": [(epoch.number, epoch.loss) for epoch in fitted.curve],
        "held out, among five": [(epoch.number, epoch.held_out) for epoch in fitted.curve],
    }
    write_curve(out, shown, title="Adapter of questions' vectors")
    metrics = {
        "held_out_before": round(fitted.curve[0].held_out, 4),
        "held_out_after": round(fitted.curve[fitted.best].held_out, 4),
    }
    lineage = write_record(
        out,
        "embedder",
        data=[data_file(out / PAIRS, until=max(p.at for p in known).isoformat())],
        seed=params.seed,
        params=asdict(params),
        base=embedder.embedder_id,
        parents=[] if start is None else [{"name": "start", "digest": start.digest}],
        weights=[QUERY_MAP],
        metrics=metrics,
        words=[
            "A map of questions' vectors: brings customers' words nearer to the documents that answer them. Documents "
            "keep their vectors.",
            f"Serve it with `KEFU_RETRIEVAL__QUERY_MAP={out.name}` (its folder), or hand it in: `kefu models submit "
            f"{out.name}`. held_out figures are of the newest questions, by vectors alone: the share with a right "
            "document among five.",
        ],
        more={"generation": generation.name},
    )
    return TrainedAdapter(out, fitted, lineage, metrics, datetime.now(UTC))


def memory_needed(passages: int, sentences: int, dimension: int, params: AdapterParams) -> int:
    """Bytes that fitting takes at most beside the embedder: stored vectors, and a batch's scores."""
    stored = 4 * dimension * (passages + sentences)
    return 2 * stored + 8 * params.batch * (passages + sentences) + 16 * dimension * params.rank * 4


def write_pairs(pairs: Sequence[Pair], path: Path) -> None:
    """As JSON Lines; who asked stays out."""
    lines = [
        json.dumps(
            {"text": pair.text, "documents": list(pair.documents), "at": pair.at.isoformat(), "source": pair.source},
            ensure_ascii=False,
        )
        for pair in pairs
    ]
    replace_file(path, "".join(f"{line}\n" for line in lines).encode())


def read_pairs(path: Path) -> list[Pair]:
    """JSON Lines of text, documents and, if known, at. Raises `TrainingDataInvalid` with the line that is none."""
    found = []
    for number, line in enumerate(path.read_bytes().decode("utf-8-sig", errors="replace").splitlines(), start=1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
            text, documents = row["text"], row["documents"]
            if not isinstance(text, str) or not text.strip() or not isinstance(documents, list) or not documents:
                raise ValueError("text or documents are empty")
            at = datetime.fromisoformat(row["at"]) if row.get("at") else datetime.fromtimestamp(number, UTC)
        except (ValueError, KeyError, TypeError, RecursionError) as error:
            raise TrainingDataInvalid(
                f'Line {number} of {path.name} is not {{"text": …, "documents": [ids], "at": time}} '
                f"({str(error)[:60]}). Correct it."
            ) from error
        at = at if at.tzinfo else at.replace(tzinfo=UTC)
        found.append(Pair(text, tuple(map(str, documents)), at, source=str(row.get("source", ""))))
    return found


def _embedded(pairs: Sequence[Pair], embedder: Embedder, on_progress: Callable[[str, int, int], None]) -> FloatMatrix:
    import numpy as np

    parts = []
    for first in range(0, len(pairs), _AT_ONCE):
        on_progress("embed", first, len(pairs))
        parts.append(embedder.embed_queries([pair.text for pair in pairs[first : first + _AT_ONCE]]))
    found: FloatMatrix = np.concatenate(parts)
    return found
