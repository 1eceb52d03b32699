"""Outcomes that end an action before it is done."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.domain.action import ActionOutcome, ActionStatus, Wording
from app.policy import Decision


class Stop(Exception):
    """Ends the planning of an action with an outcome."""

    def __init__(self, outcome: ActionOutcome, *, subject: str = "", decision: Decision | None = None) -> None:
        super().__init__(outcome.status)
        self.outcome, self.subject, self.decision = outcome, subject, decision


def stop(status: ActionStatus, message: Wording, *missing: str, data: Mapping[str, Any] | None = None) -> Stop:
    """An early end with an outcome of `status`."""
    return Stop(ActionOutcome(status, message, data or {}, missing=missing))


def refused(message: Wording) -> Stop:
    """It is not done."""
    return stop("refused", message)


def wanted(message: Wording, *missing: str, data: Mapping[str, Any] | None = None) -> Stop:
    """Something has to be told first."""
    return stop("needs_input", message, *missing, data=data)
