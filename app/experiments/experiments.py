"""The experiments of a company: started, drawn for, looked at and stopped."""

from __future__ import annotations

import logging
import threading
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from app.database.errors import DatabaseError
from app.domain.service_events import EventLog, ServiceEvent
from app.experiments.assignment import arm_of, disguised, slot_of
from app.experiments.errors import ExperimentInvalid
from app.experiments.experiment import Draft, Experiment, State, UnitKind, plan_for
from app.experiments.planning import Plan, Test
from app.experiments.ports import Baseline, Outcomes
from app.experiments.reading import DECIDED, FORBIDDEN, read_experiment
from app.experiments.store import ExperimentStore, KeptLook

logger = logging.getLogger(__name__)

_REMEMBERED_S = 5.0
_LEAST_STEP = 0.01
"""Of the planned units, between two looks: in between the newest one is shown again."""

CheckValues = Callable[[Mapping[str, Any]], None]
"""Raises `ExperimentInvalid` for values that the switch of a key does not know."""


@dataclass(frozen=True, slots=True)
class Unit:
    """Who or what is drawn."""

    conversation_id: str | None = None
    customer_id: str | None = None

    def name(self, kind: UnitKind) -> str | None:
        """By which it is drawn; None for a customer who is not known."""
        return self.conversation_id if kind == "conversation" else self.customer_id


@dataclass(frozen=True, slots=True)
class Variant:
    """The arm that a unit fell to."""

    experiment_id: str
    arm: str
    values: Mapping[str, Any]
    unit_name: str
    """In disguise."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What is to be found and how sure one wants to be."""

    lift: float = 0.05
    """Relative change of the number that decides which matters; 0.05 is 5 %."""
    test: Test = "group_sequential"
    alpha: float = 0.05
    power: float = 0.8
    looks: int = 20
    units: int | None = None
    """In place of what the power asks for, both arms together."""
    baseline: float | None = None
    """Of the metric, where nothing is known of it yet; for a share that is all that is needed."""
    deviation: float | None = None


class Experiments:
    """Safe to share between threads."""

    def __init__(
        self,
        store: ExperimentStore,
        outcomes: Outcomes,
        log: EventLog,
        *,
        checks: Mapping[str, CheckValues] | None = None,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
        salt: Callable[[], str] = lambda: uuid.uuid4().hex,
    ) -> None:
        """Ready to draw.

        Args:
            store: keeps them.
            outcomes: counts what came of them.
            log: is told who was exposed to what.
            checks: by key, of the arms' values; a key without one takes any.
            clock: tells the time, aware.
            salt: of a new experiment; which unit falls to which arm follows from it.
        """
        self._store, self._outcomes, self._log = store, outcomes, log
        self._checks, self._clock, self._salt = checks or {}, clock, salt
        self._lock = threading.Lock()
        self._running: tuple[float, tuple[Experiment, ...]] | None = None

    def plan(self, draft: Draft, wish: Wish) -> tuple[Plan, int, Baseline | None]:
        """What it would take, without starting anything. Raises `ExperimentInvalid`."""
        self._check(draft)
        before = self._outcomes.baseline(draft.metric, draft.unit)
        plan = plan_for(self._plan(draft.metric, wish, before), draft)
        return plan, wish.units or plan.units(), before

    def start(self, draft: Draft, wish: Wish, *, by: str) -> Experiment:
        """Plan it, give it slots and let units fall to its arms from now on. Raises `ExperimentInvalid`."""
        plan, units, _ = self.plan(draft, wish)
        started = self._store.start(draft, plan, units, salt=self._salt(), by=by, at=self._clock())
        self._forget()
        return started

    def all(self, *, state: State | None = None) -> list[Experiment]:
        """Newest first."""
        return self._store.all(state=state)

    def get(self, experiment_id: str) -> Experiment:
        """One of them. Raises `ExperimentMissing`."""
        return self._store.get(experiment_id)

    def looks(self, experiment_id: str) -> list[KeptLook]:
        """Those taken so far, oldest first. Raises `ExperimentMissing`."""
        return self._store.looks(self._store.get(experiment_id).experiment_id)

    def stop(self, experiment_id: str, *, by: str, reason: str = "") -> Experiment:
        """Take a last look and end it; all units are served as without it. Raises `ExperimentMissing`, …`Stopped`."""
        self._store.get(experiment_id)
        self.look(experiment_id)
        stopped = self._store.stop(experiment_id, by=by, reason=reason, at=self._clock())
        self._forget()
        return stopped

    def variant(self, key: str, unit: Unit) -> Variant | None:
        """The arm of a unit for what is tried under a key; None where it takes part in nothing.

        The same unit always gets the same arm. Nothing is kept: `expose` says that the arm was really used. While the
        database cannot be reached nobody takes part.
        """
        for experiment in self._in_force():
            if experiment.draft.key != key:
                continue
            name = unit.name(experiment.draft.unit)
            if not name or not experiment.slots[0] <= slot_of(experiment.draft.layer, name) < experiment.slots[1]:
                continue
            arms = experiment.draft.arms
            arm = arms[arm_of(experiment.salt, name, [arm.weight for arm in arms])]
            return Variant(experiment.experiment_id, arm.name, arm.values, disguised(experiment.salt, name))
        return None

    def expose(self, variant: Variant, unit: Unit) -> None:
        """Say that a unit was served by its arm; once a conversation."""
        name = f"exp:{variant.experiment_id}:{unit.conversation_id or variant.unit_name}"
        event = ServiceEvent(
            "exposed",
            self._clock(),
            conversation_id=unit.conversation_id,
            customer_id=unit.customer_id,
            data={"experiment": variant.experiment_id, "arm": variant.arm, "unit": variant.unit_name},
            event_id=name if len(name) <= 64 else disguised("event", name),
        )
        try:
            self._log.append(event)
        except DatabaseError as error:  # the customer is served all the same
            logger.warning("an exposure was not kept: %s", error.message)

    def look(self, experiment_id: str) -> Mapping[str, Any]:
        """What it says now, as JSON; a look that adds to the test is kept, so that everybody sees the same ones.

        Raises `ExperimentMissing`. After its end the last look stands.
        """
        experiment, now = self._store.get(experiment_id), self._clock()
        kept = self._store.looks(experiment_id)
        has_end = experiment.plan.test != "mixture"
        if kept and (not experiment.is_running or (has_end and kept[-1].fraction >= 1)):
            return kept[-1].body
        draft = experiment.draft
        wanted = list(dict.fromkeys([draft.metric, *draft.guards, *draft.others]))
        measured = self._outcomes.measured(experiment, wanted, now=now)
        fraction = _fraction(experiment, measured.units)
        fraction = min(1.0, fraction) if has_end else fraction
        looked = [look.fraction for look in kept]
        is_last = has_end and fraction >= 1
        if looked and fraction - looked[-1] < _LEAST_STEP and not is_last:
            return kept[-1].body
        body = read_experiment(
            experiment,
            measured,
            self._outcomes,
            looked=looked,
            least_p=_least_p(kept),
            fraction=max(fraction, 1e-6),
            at=now,
        )
        is_counted = body["verdict"] != "too_early" and fraction > 0
        if is_counted and not self._store.keep_look(experiment_id, at=now, fraction=fraction, body=body):
            return self._store.looks(experiment_id)[-1].body
        return body

    def watch(self) -> list[Mapping[str, Any]]:
        """Look at all that run, and end those that must not go on, or are decided and may end by themselves."""
        found = []
        for experiment in self._store.all(state="running"):
            body = self.look(experiment.experiment_id)
            verdict = body["verdict"]
            if verdict in FORBIDDEN or (experiment.draft.stops_itself and verdict in DECIDED):
                self._store.stop(experiment.experiment_id, by="kefu", reason=str(body["words"]["en"]), at=self._clock())
                self._forget()
            found.append(body)
        return found

    def _check(self, draft: Draft) -> None:
        self._outcomes.check([draft.metric, *draft.guards, *draft.others])
        check = self._checks.get(draft.key)
        for arm in draft.arms:
            if check is not None:
                check(arm.values)

    def _plan(self, metric: str, wish: Wish, before: Baseline | None) -> Plan:
        options: dict[str, Any] = {
            "test": wish.test, "alpha": wish.alpha, "power": wish.power, "looks": wish.looks,
        }  # fmt: skip
        baseline = wish.baseline if wish.baseline is not None else before.value if before is not None else None
        if baseline is None:
            raise ExperimentInvalid(
                f"Nothing is known of {metric} in the last 28 days. Say what it is now (baseline), and for a number "
                "that is no share its standard deviation."
            )
        if wish.deviation is None and wish.baseline is not None and self._outcomes.is_share(metric):
            return Plan.of_share(baseline, wish.lift, **options)
        deviation = wish.deviation if wish.deviation is not None else before.deviation if before is not None else None
        if deviation is None:
            raise ExperimentInvalid(f"Give the standard deviation of {metric} too: it is no share.")
        return Plan(baseline, deviation, abs(baseline * wish.lift), **options)

    def _in_force(self) -> tuple[Experiment, ...]:
        now = self._clock().timestamp()
        with self._lock:
            if self._running is None or not 0 <= now - self._running[0] < _REMEMBERED_S:
                try:
                    running = tuple(self._store.all(state="running"))
                except DatabaseError as error:
                    logger.warning("no experiments while the database is away: %s", error.message)
                    running = ()
                self._running = (now, running)
            return self._running[1]

    def _forget(self) -> None:
        with self._lock:
            self._running = None


def _fraction(experiment: Experiment, units: Mapping[str, int]) -> float:
    """Information of the least informed comparison as part of that of the plan."""
    control = units.get(experiment.control.name, 0)
    fewest = min(units.get(arm.name, 0) for arm in experiment.draft.arms[1:])
    if not control or not fewest:
        return 0.0
    first, second = experiment.plan.shares
    planned = 1 / (1 / (experiment.units * first) + 1 / (experiment.units * second))
    return 1 / (1 / control + 1 / fewest) / planned


def _least_p(kept: Sequence[KeptLook]) -> dict[str, float]:
    if not kept:
        return {}
    return {item["arm"]: float(item["decides"]["p"]) for item in kept[-1].body["comparisons"]}
