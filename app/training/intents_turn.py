"""The night of the classifier of messages: trained again when the company's own examples have changed."""

from __future__ import annotations

import logging
import shutil
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from app.domain.learning import Candidate, CandidateKind, Settles
from app.training.classifier import FittingParams
from app.training.errors import TrainingDataTooFew
from app.training.intents import EXAMPLES, Report, read_examples, train_intents
from app.training.nights import Night, NightLog, Outcome, handed_over
from index.disk import sha256_of
from index.errors import KefuError
from index.ports import Embedder

logger = logging.getLogger(__name__)

_KIND: CandidateKind = "intents"


class IntentsTurn:
    """Trains the classifier of messages from a file of text and intent that people add to."""

    def __init__(
        self,
        home: Path,
        examples: Path,
        embedder: Callable[[], Embedder],
        *,
        mask: Callable[[str], str] = lambda text: text,
        registry: Callable[[], Settles | None] = lambda: None,
        params: FittingParams | None = None,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        """Nothing is read yet.

        Args:
            home: folder of the nights, which is made.
            examples: JSON Lines of text and intent; while there are none, nights pass without a word.
            embedder: that it stands on.
            mask: is done to a message before it is classified.
            registry: takes candidates; None keeps them in their folder.
            params: of the fit.
            clock: tells the time, aware.
        """
        self._log, self._examples, self._embedder, self._mask = NightLog(home), examples, embedder, mask
        self._registry, self._params, self._clock = registry, params or FittingParams(), clock

    def __call__(self) -> Night | None:
        """One night; None where there are no examples."""
        if not self._examples.is_file():
            return None
        digest = sha256_of(self._examples)
        last = self._log.last_trained(_KIND)
        if last is not None and last.data == digest:
            why = f"{self._examples.name} is what it was at the last training."
            return self._kept("nothing_new", why, why_zh=f"{self._examples.name} 自上次训练以来没有变化。", data=digest)
        folder = self._log.home / f"{_KIND}-{self._clock():%Y%m%d-%H%M%S}"
        try:
            report, lineage = self._trained(folder)
        except KefuError as error:
            shutil.rmtree(folder, ignore_errors=True)
            outcome: Outcome = "too_little" if isinstance(error, TrainingDataTooFew) else "failed"
            logger.warning("the classifier of messages was not trained: %s", error.message)
            return self._kept(outcome, error.message, data=digest)
        night = self._handed_over(report, lineage, folder, digest)
        self._log.sweep(_KIND)
        return night

    def _trained(self, folder: Path) -> tuple[Report, dict[str, Any]]:
        """Into a folder, with what it was trained on and its record; what held-out folds say, and the lineage."""
        folder.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(self._examples, folder / EXAMPLES)
        examples = read_examples(folder / EXAMPLES)
        trained = train_intents(examples, self._embedder(), mask=self._mask, params=self._params)
        trained.write(folder)
        return trained.report, trained.write_record(folder, folder / EXAMPLES)

    def _handed_over(self, report: Report, lineage: dict[str, Any], folder: Path, digest: str) -> Night:
        told: dict[str, Any] = {"pairs": report.examples, "folder": str(folder), "data": digest}
        metrics = {"held_out_after": round(report.accuracy, 4)}
        registry = self._registry()
        if registry is None:
            why = f"Trained; set KEFU_UNDERSTANDING__INTENTS={folder} to serve it."
            return self._kept("trained", why, metrics=metrics, **told)
        candidate = Candidate(_KIND, folder, self._clock(), lineage, metrics)
        return self._kept(**handed_over(candidate, registry, metrics), **told)

    def _kept(self, outcome: Outcome, why: str, **more: Any) -> Night:
        return self._log.put(Night(self._clock().isoformat(timespec="seconds"), _KIND, outcome, why, **more))
