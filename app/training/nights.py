"""Nights of training as they are put down: one line of JSON for each kind of model and night."""

from __future__ import annotations

import json
import logging
import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

from app.domain.action import Wording
from app.domain.learning import Candidate, CandidateKind, Settles
from index.disk import replace_file
from index.errors import KefuError

logger = logging.getLogger(__name__)

NIGHTS = "nights.jsonl"
KEPT = 800
_KEPT_FOLDERS = 7
Outcome = Literal[
    "too_little", "nothing_new", "not_better", "trained", "refused", "held", "promoted", "failed", "submitted"
]
"""
too_little   there is not enough to train on
nothing_new  not enough that is new since the last training
not_better   the model that was trained is no better than what it started from
trained      it is better, but there is no registry to hand it to
refused      the gate found a reason against it
held         it passed and waits for a person, or for a trial to end
promoted     it serves
failed       training or judging could not be done
submitted    handed over, as nights before this version put it down
"""


@dataclass(frozen=True, slots=True)
class Night:
    """What became of one kind of model in one night."""

    at: str
    """ISO 8601, UTC."""
    kind: str
    outcome: Outcome
    why: str
    """In words, for people."""
    pairs: int = 0
    """What was learnt from: questions with documents, or examples."""
    sources: Mapping[str, int] = field(default_factory=dict)
    dropped: Mapping[str, int] = field(default_factory=dict)
    metrics: Mapping[str, float] = field(default_factory=dict)
    candidate: str | None = None
    """Its id in the registry."""
    folder: str | None = None
    why_zh: str = ""
    """The same in Chinese; "" where nobody has put it so."""
    data: str | None = None
    """Sha256 of what was learnt from, where that is one file."""
    until: str | None = None
    """Time of the newest pair that was there, ISO 8601; None for examples, and of nights before this version."""

    def to_dict(self) -> dict[str, Any]:
        """As JSON."""
        return asdict(self)


def turns_folder(home: Path) -> Path:
    """Where, in the home of an installation, nights and what they trained lie."""
    return home / "learning"


class NightLog:
    """The nights of an installation, and the folders that they leave."""

    def __init__(self, home: Path) -> None:
        """Nothing is made yet."""
        self.home = home

    def nights(self, *, limit: int = KEPT, kind: str | None = None) -> Sequence[Night]:
        """Oldest first; a damaged line is passed over."""
        path = self.home / NIGHTS
        found = []
        for line in path.read_text(encoding="utf-8").splitlines() if path.exists() else ():
            try:
                night = Night(**json.loads(line))
            except (ValueError, TypeError):
                continue
            if kind is None or night.kind == kind:
                found.append(night)
        return found[-limit:]

    def last_trained(self, kind: str) -> Night | None:
        """The last one that trained a model of a kind."""
        return next((night for night in reversed(self.nights(kind=kind)) if night.folder is not None), None)

    def put(self, night: Night) -> Night:
        """Keep one more; the oldest go."""
        self.home.mkdir(parents=True, exist_ok=True)
        lines = [json.dumps(item.to_dict(), ensure_ascii=False) for item in [*self.nights(limit=KEPT - 1), night]]
        replace_file(self.home / NIGHTS, ("\n".join(lines) + "\n").encode())
        return night

    def sweep(self, kind: str, *, serving: Path | None = None) -> None:
        """Only the newest folders of a kind stay, and the one that serves."""
        for folder in sorted(self.home.glob(f"{kind}-*"))[:-_KEPT_FOLDERS]:
            if serving is None or folder.resolve() != serving.expanduser().resolve():
                shutil.rmtree(folder, ignore_errors=True)


class NightsOf:
    """The nights of one kind of model, as its turn puts them down."""

    def __init__(self, home: Path, kind: CandidateKind, *, clock: Callable[[], datetime] | None = None) -> None:
        """Nothing is made yet; `home` is that of a `NightLog`, `clock` tells the time, aware."""
        self._log, self._kind = NightLog(home), kind
        self._clock = clock or (lambda: datetime.now(UTC))

    def last_trained(self) -> Night | None:
        """The last one that trained a model."""
        return self._log.last_trained(self._kind)

    def folder(self) -> Path:
        """Where a model that is trained now goes; it is not made."""
        return self._log.home / f"{self._kind}-{self._clock():%Y%m%d-%H%M%S}"

    def put(self, outcome: Outcome, why: str, **more: Any) -> Night:
        """Keep one; `more` are further fields of a `Night`."""
        return self._log.put(Night(self._clock().isoformat(timespec="seconds"), self._kind, outcome, why, **more))

    def failed(self, error: KefuError, **more: Any) -> Night:
        """One that ended with an error."""
        logger.warning("the nightly training of the %s failed: %s", self._kind, error.message)
        return self.put("failed", error.message, **more)

    def hand_over(
        self,
        candidate: Candidate,
        registry: Settles | None,
        *,
        setting: str,
        serving: Path | None = None,
        moved: Wording | None = None,
        **more: Any,
    ) -> Night:
        """Submit and settle a model, put the night down, and remove what is old.

        Args:
            candidate: what was trained.
            registry: takes it; with None it stays in its folder.
            setting: name of the variable that serves such a folder.
            serving: folder that this setting names; it is never removed.
            moved: what somebody has to do once the model serves.
            more: further fields of the `Night`.
        """
        told: dict[str, Any] = {"folder": str(candidate.folder), "metrics": dict(candidate.metrics), **more}
        if registry is None:
            told |= {
                "outcome": "trained",
                "why": f"Trained; set {setting}={candidate.folder} to serve it.",
                "why_zh": f"已训练；设置 {setting}={candidate.folder} 即可上线。",
            }
        else:
            told |= _settled(candidate, registry)
        if moved is not None and told["outcome"] in ("trained", "held", "promoted"):
            told["why"] = f"{told['why']} {moved.en}"
            told["why_zh"] = f"{told['why_zh']}{moved.zh}"
        night = self.put(**told)
        self.sweep(serving=serving)
        return night

    def sweep(self, *, serving: Path | None = None) -> None:
        """As `NightLog.sweep`."""
        self._log.sweep(self._kind, serving=serving)


def _settled(candidate: Candidate, registry: Settles) -> dict[str, Any]:
    """Outcome, reason in both languages, id and figures, as fields of a `Night`."""
    told: dict[str, Any] = {}
    try:
        told["candidate"] = candidate_id = registry.submit(candidate)
        settled = registry.settle(candidate_id)
    except KefuError as error:
        logger.warning("a trained %s could not be judged: %s", candidate.kind, error.message)
        return {**told, "outcome": "failed", "why": error.message}
    figures = {f"fixed_set_{name}": value for name, value in settled.figures.items()}
    return {
        **told,
        "metrics": {**candidate.metrics, **figures},
        "outcome": settled.outcome,
        "why": settled.en,
        "why_zh": settled.zh,
    }
