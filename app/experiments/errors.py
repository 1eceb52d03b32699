"""What can go wrong with experiments.

ExperimentError
├── ExperimentMissing    no experiment of that id
├── ExperimentInvalid    a plan that cannot be run as it is
└── ExperimentStopped    it is over: nothing can be changed any more
"""

from __future__ import annotations

from index.errors import KefuError


class ExperimentError(KefuError):
    """An experiment cannot be had as asked."""

    code = "experiment"


class ExperimentMissing(ExperimentError):
    """There is no experiment of that id."""

    code = "experiment_missing"


class ExperimentInvalid(ExperimentError):
    """The plan cannot be run as it is."""

    code = "experiment_invalid"


class ExperimentStopped(ExperimentError):
    """The experiment is over."""

    code = "experiment_stopped"
