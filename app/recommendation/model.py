"""A model on disk and in use: who is recommended what.

A folder: `model.json` (what it was made of), `names.json` (people and items), `arrays.safetensors` (histories, links,
weights). It is written beside its place and moved there whole.
"""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
from safetensors import SafetensorError
from safetensors.numpy import load_file, save_file

from app.recommendation.candidates import CandidateFinder
from app.recommendation.errors import RecommenderDamaged, RecommenderMissing
from app.recommendation.fitting import FitParams, Fitted
from app.recommendation.graph import GraphParams, ItemGraph
from app.recommendation.histories import Histories
from app.recommendation.measures import NextItem
from app.recommendation.ranker import Ranker

_VERSION = 1
_PARTS = ("model.json", "names.json", "arrays.safetensors")


@dataclass(frozen=True, slots=True)
class Scored:
    """An item and its score for somebody, larger for better; scores of two people cannot be compared."""

    item: int
    score: float


class Model:
    """Recommends from what was fitted; safe to share between threads."""

    def __init__(self, fitted: Fitted, *, made_at: datetime | None = None) -> None:
        """Ready to use."""
        self.fitted, self.made_at = fitted, made_at or datetime.now(UTC)
        self.histories: Histories = fitted.histories
        self._finder: CandidateFinder = fitted.finder()

    def ranked(
        self,
        row: np.ndarray,
        *,
        hidden: Sequence[int] | np.ndarray = (),
        allowed: np.ndarray | None = None,
        top: int = 10,
    ) -> list[Scored]:
        """What fits a history (oldest first), best first; what is in the history or in `hidden` is left out.

        `allowed` (bool, one for each item) leaves out others, too.
        """
        query = self.fitted.sequence.queries([row])[0]
        left_out = np.unique(np.concatenate([row, np.asarray(hidden, np.int64)])).astype(np.int64)
        found = self._finder.find(row, query, hidden=left_out, allowed=allowed)
        # The ranker learnt from people with a history; without one there is nothing to weigh popularity against.
        scores = self.fitted.ranker(found) if len(row) else found.popularity
        order = np.lexsort((found.items, -scores))[:top]
        return [Scored(int(found.items[at]), float(scores[at])) for at in order]

    def for_user(self, user_id: str, *, top: int = 10) -> list[Scored]:
        """What fits somebody; what is popular for somebody unknown."""
        row, hidden = self.history(user_id)
        return self.ranked(row, hidden=hidden, top=top)

    def history(self, user_id: str) -> tuple[np.ndarray, tuple[int, ...]]:
        """A person's items, oldest first, and those waved away; nothing of somebody unknown."""
        user = self.histories.user_places.get(user_id)
        if user is None:
            return np.zeros(0, np.int32), ()
        return self.histories.row(user), self.histories.dismissed_of.get(user, ())

    def similar(self, item_id: str, *, top: int = 10) -> list[Scored]:
        """What is chosen with and after an item; [] for one that is unknown."""
        item = self.histories.item_places.get(item_id)
        return [] if item is None else self.ranked(np.array([item], np.int32), top=top)

    def summary(self) -> dict[str, Any]:
        """What it was made of, as JSON."""
        return {
            "made_at": self.made_at.isoformat(timespec="seconds"),
            "people": len(self.histories.users),
            "items": len(self.histories.items),
            "events": len(self.histories.sequence),
            "inner": self.fitted.inner.to_dict(),
            "inner_beside": {name: figures.to_dict() for name, figures in self.fitted.simpler.items()},
        }

    def save(self, folder: Path) -> None:
        """Write it, in place of a model that is there. Raises `RecommenderDamaged` where something else is there."""
        if folder.exists() and (not folder.is_dir() or (any(folder.iterdir()) and not (folder / _PARTS[0]).is_file())):
            raise RecommenderDamaged(f"{folder} holds something that is no model. Name a new or an empty folder.")
        folder.parent.mkdir(parents=True, exist_ok=True)
        new = Path(tempfile.mkdtemp(prefix=f".{folder.name}.", dir=folder.parent))
        try:
            self._write(new)
            new.chmod(0o755)
            old = new.with_name(new.name + ".old")
            if folder.exists():
                folder.rename(old)
            new.rename(folder)
            shutil.rmtree(old, ignore_errors=True)
        except BaseException:
            shutil.rmtree(new, ignore_errors=True)
            raise

    def _write(self, folder: Path) -> None:
        fitted, histories = self.fitted, self.histories
        arrays: dict[str, np.ndarray] = {
            "starts": histories.starts,
            "sequence": histories.sequence,
            "times": histories.times,
            "kinds": histories.kinds,
            "dismissed": np.array(histories.dismissed, np.int64).reshape(-1, 2),
            "has_place": fitted.has_place,
            "ranker.mean": fitted.ranker.mean,
            "ranker.scale": fitted.ranker.scale,
        }
        arrays |= {f"ranker.{at}": np.ascontiguousarray(layer) for at, layer in enumerate(fitted.ranker.weights)}
        for name, graph in (("follows", fitted.follows), ("beside", fitted.beside)):
            links = graph.links
            arrays |= {
                f"{name}.data": links.data,
                f"{name}.indices": links.indices.astype(np.int32),
                f"{name}.indptr": links.indptr.astype(np.int64),
            }
        for name, weight in fitted.sequence.network.state_dict().items():
            arrays[f"network.{name}"] = weight.numpy()
        save_file(arrays, folder / "arrays.safetensors")
        names = {"users": histories.users, "items": histories.items}
        (folder / "names.json").write_text(json.dumps(names, ensure_ascii=False), encoding="utf-8")
        about = {"version": _VERSION, **self.summary(), "params": asdict(fitted.params)}
        (folder / "model.json").write_text(json.dumps(about, ensure_ascii=False, indent=1), encoding="utf-8")

    @classmethod
    def load(cls, folder: Path) -> Model:
        """Read one. Raises `RecommenderMissing` or `RecommenderDamaged`."""
        if not (folder / _PARTS[0]).is_file():
            raise RecommenderMissing(
                f"There is no model in {folder}. Make one: kefu recommend fit --events FILE --out {folder}"
            )
        try:
            about = json.loads((folder / "model.json").read_text(encoding="utf-8"))
            if about["version"] != _VERSION:
                raise RecommenderDamaged(
                    f"The model in {folder} is of version {about['version']}, this program reads {_VERSION}. "
                    "Fit it again."
                )
            names = json.loads((folder / "names.json").read_text(encoding="utf-8"))
            return cls(
                _fitted(about, names, load_file(folder / "arrays.safetensors")),
                made_at=datetime.fromisoformat(about["made_at"]),
            )
        except (OSError, ValueError, KeyError, TypeError, RuntimeError, SafetensorError) as error:
            raise RecommenderDamaged(
                f"The model in {folder} is damaged ({type(error).__name__}: {error}). Fit it again."
            ) from error


def _fitted(about: dict[str, Any], names: dict[str, list[str]], arrays: dict[str, np.ndarray]) -> Fitted:
    import torch
    from scipy.sparse import csr_matrix

    from app.recommendation.sasrec import SequenceModel, SequenceNetwork, SequenceParams

    params = FitParams(
        **about["params"]
        | {
            "follows": GraphParams(**about["params"]["follows"]),
            "beside": GraphParams(**about["params"]["beside"]),
            "sequence": SequenceParams(**about["params"]["sequence"]),
        }
    )
    histories = Histories(
        tuple(names["users"]),
        tuple(names["items"]),
        arrays["starts"],
        arrays["sequence"],
        arrays["times"],
        arrays["kinds"],
        tuple((int(user), int(item)) for user, item in arrays["dismissed"]),
    )
    count = len(histories.items)
    network = SequenceNetwork(count, params.sequence)
    prefix = "network."
    state = {name.removeprefix(prefix): torch.from_numpy(value) for name, value in arrays.items() if prefix in name}
    network.load_state_dict(state)
    layers = sum(1 for name in arrays if name.startswith("ranker.") and name.removeprefix("ranker.").isdigit())
    inner = about["inner"]

    def graph(name: str, of: GraphParams) -> ItemGraph:
        parts = (arrays[f"{name}.data"], arrays[f"{name}.indices"], arrays[f"{name}.indptr"])
        return ItemGraph(csr_matrix(parts, shape=(count, count)), of)

    return Fitted(
        histories,
        params,
        graph("follows", params.follows),
        graph("beside", params.beside),
        SequenceModel(network),
        arrays["has_place"],
        Ranker([arrays[f"ranker.{at}"] for at in range(layers)], arrays["ranker.mean"], arrays["ranker.scale"]),
        NextItem(inner["people"], inner["hit_rate"], inner["ndcg"]),
        {},
        {name: NextItem(**figures) for name, figures in about.get("inner_beside", {}).items()},
    )
