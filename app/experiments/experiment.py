"""An experiment: who takes part, which arms there are, what is measured and how it was planned."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from typing import Any, Literal

from app.experiments.assignment import SLOTS
from app.experiments.errors import ExperimentInvalid
from app.experiments.planning import Plan

UnitKind = Literal["conversation", "customer"]
State = Literal["running", "stopped"]

_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{1,58}")
_MOST_ARMS = 4
DEFAULT_GUARDS = ("decline_rate", "hand_off_rate", "answer_seconds", "csat")
"""What must not get worse, whatever an experiment is about."""


@dataclass(frozen=True, slots=True)
class Arm:
    """One way of doing it."""

    name: str
    values: Mapping[str, Any] = field(default_factory=dict)
    """What is different in it, as the switch of the experiment's key reads it; {} is how it is done without any."""
    weight: float = 1.0


@dataclass(frozen=True, slots=True)
class Draft:
    """What somebody wants to try."""

    experiment_id: str
    key: str
    """What it is about: `answer`, `retrieval`, or a name that code of the company's own asks for."""
    arms: tuple[Arm, ...]
    """The first is the control."""
    metric: str
    """The one number that decides."""
    unit: UnitKind = "conversation"
    layer: str = "default"
    """Experiments of one layer never share a unit; those of different layers are drawn independently."""
    traffic: float = 1.0
    """Share of units that take part."""
    guards: tuple[str, ...] = DEFAULT_GUARDS
    others: tuple[str, ...] = ()
    """Numbers that are shown beside, without deciding anything."""
    note: str = ""
    stops_itself: bool = False
    """Whether it ends by itself once it is decided; broken guards and mixed-up arms end it in any case."""

    def __post_init__(self) -> None:
        for what, name in (("name", self.experiment_id), ("key", self.key), ("layer", self.layer)):
            if not _NAME.fullmatch(name):
                raise ExperimentInvalid(
                    f"The {what} {name[:60]!r} is none: take 2 to 59 of a-z, 0-9, - and _, such as lower-threshold."
                )
        names = [arm.name for arm in self.arms]
        if not 2 <= len(names) <= _MOST_ARMS or len(set(names)) < len(names):
            raise ExperimentInvalid(f"An experiment has 2 to {_MOST_ARMS} arms of different names, got {names}.")
        if any(not _NAME.fullmatch(name) for name in names):
            raise ExperimentInvalid(f"Arms are named by a-z, 0-9, - and _ (2 to 59 of them), got {names}.")
        if any(not 0 < arm.weight <= 1000 for arm in self.arms):
            raise ExperimentInvalid("The weight of an arm must lie above 0, and be at most 1000.")
        if not 1 / SLOTS <= self.traffic <= 1:
            raise ExperimentInvalid(f"The share of traffic must lie in (0, 1], got {self.traffic}.")
        if self.unit not in ("conversation", "customer"):
            raise ExperimentInvalid(f"Units are conversations or customers, got {self.unit[:40]!r}.")


@dataclass(frozen=True, slots=True)
class Experiment:
    """One that was started."""

    draft: Draft
    plan: Plan
    units: int
    """Planned, for the control and one treatment together."""
    salt: str
    slots: tuple[int, int]
    """Of its layer: the first, and the one behind the last."""
    state: State
    created_by: str
    started_at: datetime
    stopped_at: datetime | None = None
    stopped_by: str | None = None
    stop_reason: str | None = None

    @property
    def experiment_id(self) -> str:
        """Its name."""
        return self.draft.experiment_id

    @property
    def control(self) -> Arm:
        """What is compared with."""
        return self.draft.arms[0]

    @property
    def is_running(self) -> bool:
        """Whether units fall to its arms."""
        return self.state == "running"

    def to_dict(self) -> dict[str, Any]:
        """As JSON."""
        draft = asdict(self.draft)
        return {
            **draft,
            "arms": [asdict(arm) for arm in self.draft.arms],
            "plan": asdict(self.plan),
            "units": self.units,
            "salt": self.salt,
            "slots": list(self.slots),
            "state": self.state,
            "created_by": self.created_by,
            "started_at": self.started_at.isoformat(),
            "stopped_at": self.stopped_at.isoformat() if self.stopped_at else None,
            "stopped_by": self.stopped_by,
            "stop_reason": self.stop_reason,
        }


def draft_of(body: Mapping[str, Any]) -> Draft:
    """A draft from its JSON. Raises `ExperimentInvalid` for what is none."""
    known = {name for name in Draft.__slots__ if name in body}
    try:
        values = {name: body[name] for name in known}
        values["arms"] = tuple(Arm(**arm) for arm in body["arms"])
        for name in ("guards", "others"):
            if name in values:
                values[name] = tuple(str(item) for item in values[name])
        return Draft(**values)
    except (TypeError, KeyError) as error:
        raise ExperimentInvalid(f"An experiment is described incompletely or wrongly: {error}.") from error


def plan_for(plan: Plan, draft: Draft) -> Plan:
    """The plan of one comparison: several treatments share the level between them (Bonferroni)."""
    others = len(draft.arms) - 1
    control, smallest = draft.arms[0].weight, min(arm.weight for arm in draft.arms[1:])
    whole = control + smallest
    return replace(plan, alpha=plan.alpha / others, shares=(control / whole, smallest / whole))
