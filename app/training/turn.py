"""The nightly turn: signs are mined, cheap models trained, candidates judged, and the night is put down.

A night without enough that is new trains nothing and says so. What a night did, and why not more, is kept as one line
of JSON for `kefu train status` and the console.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Protocol

from app.domain.action import Wording
from app.domain.learning import Candidate, CandidateKind, Settles
from app.training.errors import TrainingDataTooFew
from app.training.mining import Mined
from app.training.nights import Night, NightsOf
from index.errors import KefuError


class Trained(Protocol):
    """What a training left in its folder."""

    @property
    def folder(self) -> Path:
        """Of the training."""

    @property
    def has_learnt(self) -> bool:
        """Whether it is better, on the newest questions, than what it began with."""

    @property
    def metrics(self) -> Mapping[str, float]:
        """What it came to."""

    @property
    def candidate(self) -> Candidate:
        """For the registry."""


class NightlyTurn:
    """Trains a model that learns from mined pairs: the adapter of questions' vectors, or the reranker."""

    def __init__(
        self,
        home: Path,
        kind: CandidateKind,
        mined: Callable[[], Mined],
        train: Callable[[Mined, Path], Trained],
        *,
        setting: str,
        registry: Callable[[], Settles | None] = lambda: None,
        fewest_new: int = 10,
        serving: Path | None = None,
        moved: Callable[[], Wording | None] = lambda: None,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        """Nothing is read yet.

        Args:
            home: folder of the nights, which is made.
            kind: of the model.
            mined: gives all pairs that can be mined now.
            train: fits in a folder; raises `TrainingDataTooFew`.
            setting: name of the variable that serves a folder.
            registry: takes candidates; None keeps them in their folder.
            fewest_new: pairs newer than all of the last training that are worth another.
            serving: folder that the settings name; it is never removed.
            moved: what somebody has to do once another model serves.
            clock: tells the time, aware.
        """
        self._nights = NightsOf(home, kind, clock=clock)
        self._mined, self._train, self._setting, self._registry = mined, train, setting, registry
        self._fewest_new, self._serving, self._moved = fewest_new, serving, moved

    def __call__(self) -> Night:
        """One night. A model that cannot be trained ends it with the reason, not with an error."""
        try:
            mined = self._mined()
        except KefuError as error:
            return self._nights.failed(error)
        common: dict[str, Any] = {
            "pairs": len(mined.pairs),
            "sources": dict(mined.sources),
            "dropped": asdict(mined.dropped),
            "until": max(pair.at for pair in mined.pairs).isoformat() if mined.pairs else None,
        }
        last = self._nights.last_trained()
        if last is not None and (new := _newer(mined, last)) < self._fewest_new:
            why = f"{new} new pairs since the last training; {self._fewest_new} are worth another."
            why_zh = f"自上次训练以来只有 {new} 对新样本，满 {self._fewest_new} 对才值得再训练。"
            return self._nights.put("nothing_new", why, why_zh=why_zh, **common)
        folder = self._nights.folder()
        try:
            trained = self._train(mined, folder)
        except KefuError as error:
            shutil.rmtree(folder, ignore_errors=True)
            if not isinstance(error, TrainingDataTooFew):
                return self._nights.failed(error, **common)
            why_zh = f"记录里可学的问题还太少（挖到 {len(mined.pairs)} 对），本次没有训练。"
            return self._nights.put("too_little", error.message, why_zh=why_zh, **common)
        return self._handed_over(trained, common)

    def _handed_over(self, trained: Trained, common: Mapping[str, Any]) -> Night:
        if not trained.has_learnt:
            why = "No epoch was better on the newest questions than what it started from."
            why_zh = "没有哪一轮在最新的问题上比起点更好。"
            told = {"metrics": dict(trained.metrics), "folder": str(trained.folder), **common}
            night = self._nights.put("not_better", why, why_zh=why_zh, **told)
            self._nights.sweep(serving=self._serving)
            return night
        return self._nights.hand_over(
            trained.candidate,
            self._registry(),
            setting=self._setting,
            serving=self._serving,
            moved=self._moved(),
            **common,
        )


def _newer(mined: Mined, last: Night) -> int:
    """How many pairs are newer than all that were there at a training."""
    until = datetime.fromisoformat(last.until or last.at)
    return sum(pair.at > until for pair in mined.pairs)
