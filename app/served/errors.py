"""What can go wrong when the serving model is to change:

ServedError
├── ServingChanged      somebody changed it meanwhile
├── NothingBefore       there is no earlier model to go back to
├── CanaryRunning       a trial of this kind is under way already
└── CandidateMissing    there is no candidate of that id
"""

from __future__ import annotations

from index.errors import KefuError


class ServedError(KefuError):
    """The serving model cannot be changed as asked."""

    code = "served"


class ServingChanged(ServedError):
    """Somebody changed the serving model meanwhile."""

    code = "serving_changed"


class NothingBefore(ServedError):
    """There is no earlier model to go back to."""

    code = "nothing_before"


class CanaryRunning(ServedError):
    """A trial of this kind of model is under way already."""

    code = "canary_running"


class CandidateMissing(ServedError):
    """There is no candidate of that id."""

    code = "candidate_missing"
