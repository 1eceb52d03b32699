"""The nightly turn: signs are mined, cheap models trained, candidates judged, and the night is put down.

A night without enough that is new trains nothing and says so. What a night did, and why not more, is kept as one line
of JSON for `kefu train status` and the console.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from app.domain.learning import CandidateKind, Settles
from app.training.adapter import AdapterParams
from app.training.adapter.running import TrainedAdapter
from app.training.errors import TrainingDataTooFew
from app.training.mining import Mined
from app.training.nights import Night, NightLog, Outcome, handed_over
from index.errors import KefuError

logger = logging.getLogger(__name__)

_KIND: CandidateKind = "embedder"


class NightlyTurn:
    """Trains the adapter of questions' vectors from what was mined."""

    def __init__(
        self,
        home: Path,
        mined: Callable[[], Mined],
        train: Callable[[Mined, Path, AdapterParams], TrainedAdapter],
        *,
        registry: Callable[[], Settles | None] = lambda: None,
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
        self._log, self._serving = NightLog(home), serving
        self._mined, self._train, self._registry = mined, train, registry
        self._params, self._fewest_new, self._clock = params or AdapterParams(), fewest_new, clock

    def __call__(self) -> Night:
        """One night. A model that cannot be trained ends it with the reason, not with an error."""
        try:
            mined = self._mined()
        except KefuError as error:
            return self._failed(error)
        common = {"pairs": len(mined.pairs), "sources": dict(mined.sources), "dropped": asdict(mined.dropped)}
        last = self._log.last_trained(_KIND)
        before = 0 if last is None else last.pairs
        if before and len(mined.pairs) - before < self._fewest_new and len(mined.pairs) >= before:
            new, fewest = len(mined.pairs) - before, self._fewest_new
            why = f"{new} pairs more than at the last training; {fewest} are worth another."
            why_zh = f"比上次训练只多 {new} 对，满 {fewest} 对才值得再训练。"
            return self._kept("nothing_new", why, why_zh=why_zh, **common)
        folder = self._log.home / f"{_KIND}-{self._clock():%Y%m%d-%H%M%S}"
        try:
            trained = self._train(mined, folder, self._params)
        except TrainingDataTooFew as error:
            return self._kept("too_little", error.message, **common)
        except KefuError as error:
            return self._failed(error, **common)
        night = self._handed_over(trained, common)
        self._log.sweep(_KIND, serving=self._serving)
        return night

    def _handed_over(self, trained: TrainedAdapter, common: Mapping[str, Any]) -> Night:
        told = {**common, "folder": str(trained.folder)}
        if not trained.fitted.has_learnt:
            why = "No epoch was better on the newest questions than what it started from."
            why_zh = "没有哪一轮在最新的问题上比起点更好。"
            return self._kept("not_better", why, why_zh=why_zh, metrics=trained.metrics, **told)
        registry = self._registry()
        if registry is None:
            why = f"Better on the newest questions; set KEFU_RETRIEVAL__QUERY_MAP={trained.folder} to serve it."
            return self._kept("trained", why, metrics=trained.metrics, **told)
        return self._kept(**handed_over(trained.candidate, registry, trained.metrics), **told)

    def _failed(self, error: KefuError, **more: Any) -> Night:
        logger.warning("the nightly training failed: %s", error.message)
        return self._kept("failed", error.message, **more)

    def _kept(self, outcome: Outcome, why: str, **more: Any) -> Night:
        return self._log.put(Night(self._clock().isoformat(timespec="seconds"), _KIND, outcome, why, **more))
