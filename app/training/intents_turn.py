"""The night of the classifier of messages: trained again when the company's own examples have changed."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from app.domain.learning import Candidate, Settles
from app.training.classifier import FittingParams
from app.training.errors import TrainingDataTooFew
from app.training.intents import EXAMPLES, Report, read_examples, train_intents
from app.training.nights import Night, NightsOf
from index.disk import sha256_of
from index.errors import KefuError
from index.ports import Embedder


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
        self._nights, self._clock = NightsOf(home, "intents", clock=clock), clock
        self._examples, self._embedder, self._mask = examples, embedder, mask
        self._registry, self._params = registry, params or FittingParams()

    def __call__(self) -> Night | None:
        """One night; None where there are no examples."""
        if not self._examples.is_file():
            return None
        digest = sha256_of(self._examples)
        last = self._nights.last_trained()
        if last is not None and last.data == digest:
            why = f"{self._examples.name} is what it was at the last training."
            why_zh = f"{self._examples.name} 自上次训练以来没有变化。"
            return self._nights.put("nothing_new", why, why_zh=why_zh, data=digest)
        folder = self._nights.folder()
        try:
            report, lineage = self._trained(folder)
        except KefuError as error:
            shutil.rmtree(folder, ignore_errors=True)
            if isinstance(error, TrainingDataTooFew):
                return self._nights.put("too_little", error.message, data=digest)
            return self._nights.failed(error, data=digest)
        metrics = {"held_out_after": round(report.accuracy, 4)}
        return self._nights.hand_over(
            Candidate("intents", folder, self._clock(), lineage, metrics),
            self._registry(),
            setting="KEFU_UNDERSTANDING__INTENTS",
            pairs=report.examples,
            data=digest,
        )

    def _trained(self, folder: Path) -> tuple[Report, dict[str, Any]]:
        """Into a folder, with what it was trained on and its record; what held-out folds say, and the lineage."""
        folder.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(self._examples, folder / EXAMPLES)
        examples = read_examples(folder / EXAMPLES)
        trained = train_intents(examples, self._embedder(), mask=self._mask, params=self._params)
        trained.write(folder)
        return trained.report, trained.write_record(folder, folder / EXAMPLES)
