"""Looks at trials every few minutes and takes back a model that harms customers."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal

from app.domain.learning import CANDIDATE_KINDS
from app.domain.service_events import ServiceEvent
from app.served.alarms import Alarm, AlarmParams, Arms, arms_of, look
from app.served.errors import ServedError
from app.served.models import ServedModels, ServingState

logger = logging.getLogger(__name__)

Outcome = Literal["running", "complete", "rolled_back"]


@dataclass(frozen=True, slots=True)
class TrialLook:
    """What one look at a trial found."""

    kind: str
    candidate_id: str
    outcome: Outcome
    arms: Arms
    alarms: Sequence[Alarm]

    def to_dict(self) -> dict[str, Any]:
        """As JSON."""
        return {
            "kind": self.kind,
            "id": self.candidate_id,
            "outcome": self.outcome,
            "arms": self.arms.to_dict(),
            "alarms": [alarm.to_dict() for alarm in self.alarms],
        }


class CanaryWatch:
    """Compares both arms of each trial.

    What looks have used up is kept beside the trial, so that a restart changes nothing.
    """

    def __init__(
        self,
        models: ServedModels,
        events: Callable[[datetime, datetime], Iterable[ServiceEvent]],
        *,
        params: AlarmParams | None = None,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        """`events` gives those of a period, oldest first."""
        self._models, self._events, self._clock = models, events, clock
        self._params = params or AlarmParams()
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None

    def arms(self, state: ServingState) -> Arms:
        """Both arms as they stand. Raises `ValueError` when no trial is under way."""
        if state.canary_id is None or state.canary_since is None:
            raise ValueError(f"Expected a trial of {state.kind}.")
        return arms_of(self._models.pinned(state.canary_id), self._events(state.canary_since, self._clock()))

    def look(self, kind: str) -> TrialLook | None:
        """Look once, and take the candidate back where there is an alarm; None when no trial is under way."""
        state = self._models.state(kind, fresh=True)
        if state.canary_id is None:
            return None
        arms = self.arms(state)
        alarms, spent = look(arms, state.canary_spent or {}, self._params)
        outcome: Outcome = "complete" if arms.conversations[0] >= self._params.planned else "running"
        if alarms:
            words = alarms[0].words
            self._models.roll_back(
                kind,
                by="alarm",
                note=words["en"],
                details={"arms": arms.to_dict(), "alarms": [alarm.to_dict() for alarm in alarms]},
            )
            logger.warning("candidate %s was taken back as %s: %s", state.canary_id, kind, words["en"])
            outcome = "rolled_back"
        elif spent != (state.canary_spent or {}):
            self._models.put_spent(state, spent)
        return TrialLook(kind, state.canary_id, outcome, arms, alarms)

    def look_at_all(self) -> list[TrialLook]:
        """All trials under way."""
        return [found for kind in CANDIDATE_KINDS if (found := self.look(kind)) is not None]

    def start(self, *, every_s: float = 60.0) -> None:
        """Look again and again in the background until `stop`."""

        def run() -> None:
            while not self._stop.wait(every_s):
                try:
                    self.look_at_all()
                except ServedError as error:  # somebody else was quicker; the next look sees it
                    logger.info("a trial changed while it was looked at: %s", error.message)
                except Exception:
                    logger.exception("trials could not be looked at")

        self._stop.clear()
        self._thread = threading.Thread(target=run, name="canary-watch", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Look no more."""
        self._stop.set()
        if self._thread is not None:
            self._thread.join(timeout=5)
            self._thread = None
