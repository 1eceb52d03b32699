"""The nightly turn: signs are mined, cheap models trained, candidates judged, and the night is put down.

A night without enough that is new trains nothing and says so. What a night did, and why not more, is kept as one line
of JSON for `kefu train status` and the console.
"""

from __future__ import annotations

import json
import logging
import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

from app.domain.learning import Submits
from app.training.adapter import AdapterParams
from app.training.adapter.running import TrainedAdapter
from app.training.errors import TrainingDataTooFew
from app.training.mining import Mined
from index.disk import replace_file
from index.errors import KefuError

logger = logging.getLogger(__name__)

NIGHTS = "nights.jsonl"
_KEPT = 800
_KEPT_FOLDERS = 7
Outcome = Literal["too_little", "nothing_new", "not_better", "trained", "submitted", "failed"]


@dataclass(frozen=True, slots=True)
class Night:
    """What became of one kind of model in one night."""

    at: str
    """ISO 8601, UTC."""
    kind: str
    outcome: Outcome
    """trained: it is better, but there is no registry to hand it to; not_better: than the map it started from."""
    why: str
    """In words, for people."""
    pairs: int = 0
    sources: Mapping[str, int] = field(default_factory=dict)
    dropped: Mapping[str, int] = field(default_factory=dict)
    metrics: Mapping[str, float] = field(default_factory=dict)
    candidate: str | None = None
    """Its id in the registry."""
    folder: str | None = None

    def to_dict(self) -> dict[str, Any]:
        """As JSON."""
        return asdict(self)


class NightlyTurn:
    """Trains the adapter of questions' vectors from what was mined."""

    def __init__(
        self,
        home: Path,
        mined: Callable[[], Mined],
        train: Callable[[Mined, Path, AdapterParams], TrainedAdapter],
        *,
        registry: Callable[[], Submits | None] = lambda: None,
        params: AdapterParams | None = None,
        fewest_new: int = 10,
        serving: Path | None = None,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        """Nothing is read yet.

        Args:
            home: folder of the nights, which is made.
            mined: gives all pairs that can be mined now.
            train: fits in a folder; raises `TrainingDataTooFew`.
            registry: takes candidates; None keeps them in their folder.
            params: of the fit.
            fewest_new: pairs more than at the last training that are worth another.
            serving: folder of the adapter that the settings name; it is never removed.
            clock: tells the time, aware.
        """
        self._serving = serving
        self._home, self._mined, self._train, self._registry = home, mined, train, registry
        self._params, self._fewest_new, self._clock = params or AdapterParams(), fewest_new, clock

    def __call__(self) -> Night:
        """One night. A model that cannot be trained ends it with the reason, not with an error."""
        mined = self._mined()
        common = {"pairs": len(mined.pairs), "sources": dict(mined.sources), "dropped": asdict(mined.dropped)}
        before = next((night.pairs for night in reversed(self.nights()) if night.folder is not None), 0)
        if before and len(mined.pairs) - before < self._fewest_new and len(mined.pairs) >= before:
            new = len(mined.pairs) - before
            why = f"{new} pairs more than at the last training; {self._fewest_new} are worth another."
            return self._kept("nothing_new", why, **common)
        folder = self._home / f"embedder-{self._clock():%Y%m%d-%H%M%S}"
        try:
            trained = self._train(mined, folder, self._params)
        except TrainingDataTooFew as error:
            return self._kept("too_little", error.message, **common)
        except KefuError as error:
            logger.warning("the nightly training failed: %s", error.message)
            return self._kept("failed", error.message, **common)
        night = self._handed_over(trained, common)
        self._sweep()
        return night

    def nights(self, *, limit: int = _KEPT) -> Sequence[Night]:
        """Oldest first; a damaged line is passed over."""
        path = self._home / NIGHTS
        found = []
        for line in path.read_text(encoding="utf-8").splitlines() if path.exists() else ():
            try:
                found.append(Night(**json.loads(line)))
            except (ValueError, TypeError):
                continue
        return found[-limit:]

    def _handed_over(self, trained: TrainedAdapter, common: Mapping[str, Any]) -> Night:
        told = {**common, "metrics": trained.metrics, "folder": str(trained.folder)}
        if not trained.fitted.has_learnt:
            why = "No epoch was better on the newest questions than what it started from."
            return self._kept("not_better", why, **told)
        registry = self._registry()
        if registry is None:
            why = f"Better on the newest questions; set KEFU_RETRIEVAL__QUERY_MAP={trained.folder} to serve it."
            return self._kept("trained", why, **told)
        try:
            candidate = registry.submit(trained.candidate)
        except KefuError as error:
            return self._kept("failed", error.message, **told)
        return self._kept("submitted", "Handed to the registry, which says what became of it.",
                          candidate=candidate, **told)  # fmt: skip

    def _kept(self, outcome: Outcome, why: str, **more: Any) -> Night:
        night = Night(self._clock().isoformat(timespec="seconds"), "embedder", outcome, why, **more)
        self._home.mkdir(parents=True, exist_ok=True)
        lines = [json.dumps(item.to_dict(), ensure_ascii=False) for item in [*self.nights(limit=_KEPT - 1), night]]
        replace_file(self._home / NIGHTS, ("\n".join(lines) + "\n").encode())
        return night

    def _sweep(self) -> None:
        """Only the newest folders stay, and the one that serves."""
        for folder in sorted(self._home.glob("embedder-*"))[:-_KEPT_FOLDERS]:
            if self._serving is None or folder.resolve() != self._serving.expanduser().resolve():
                shutil.rmtree(folder, ignore_errors=True)
