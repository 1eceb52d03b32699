"""Experiments and their looks in the database."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, func, insert, select, update
from sqlalchemy.exc import IntegrityError

from app.database import Database
from app.experiments.assignment import SLOTS, free_slots
from app.experiments.errors import ExperimentInvalid, ExperimentMissing, ExperimentStopped
from app.experiments.experiment import Draft, Experiment, State, draft_of
from app.experiments.planning import Plan
from app.experiments.tables import experiments, looks


@dataclass(frozen=True, slots=True)
class KeptLook:
    """One look that was taken, as JSON: it is never computed again."""

    number: int
    at: datetime
    fraction: float
    body: Mapping[str, Any]


class ExperimentStore:
    """Safe to share between threads and processes."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def start(self, draft: Draft, plan: Plan, units: int, *, salt: str, by: str, at: datetime) -> Experiment:
        """Keep a new experiment and give it slots of its layer.

        Raises `ExperimentInvalid` when the name is taken, the layer full, or the key being tried in another layer.
        """
        with self._database.writing() as connection:
            running = [_experiment(row) for row in connection.execute(_running())]
            slots = _slots(draft, running)
            made = Experiment(draft, plan, units, salt, slots, "running", by, at)
            try:
                connection.execute(insert(experiments).values(_row(made)))
            except IntegrityError as error:
                raise ExperimentInvalid(
                    f"There is an experiment {draft.experiment_id} already. Take another name."
                ) from error
        return made

    def get(self, experiment_id: str) -> Experiment:
        """The experiment of a name. Raises `ExperimentMissing`."""
        with self._database.reading() as connection:
            row = connection.execute(_select().where(experiments.c.experiment_id == experiment_id)).first()
        if row is None:
            raise ExperimentMissing(
                f"There is no experiment {experiment_id[:60]!r}. `kefu experiment list` names those that there are."
            )
        return _experiment(row)

    def all(self, *, state: State | None = None) -> list[Experiment]:
        """Newest first."""
        wanted = _select().order_by(experiments.c.started_at.desc(), experiments.c.experiment_id)
        if state is not None:
            wanted = wanted.where(experiments.c.status == state)
        with self._database.reading() as connection:
            return [_experiment(row) for row in connection.execute(wanted)]

    def stop(self, experiment_id: str, *, by: str, reason: str, at: datetime) -> Experiment:
        """End it: nobody falls to its arms any more. Raises `ExperimentMissing`, `ExperimentStopped`."""
        with self._database.writing() as connection:
            change = (
                update(experiments)
                .where(experiments.c.experiment_id == experiment_id, experiments.c.status == "running")
                .values(status="stopped", stopped_at=at, stopped_by=by, stop_reason=reason)
            )
            count = connection.execute(change).rowcount
        found = self.get(experiment_id)
        if not count:
            raise ExperimentStopped(f"{experiment_id} was stopped on {found.stopped_at:%Y-%m-%d} already.")
        return found

    def looks(self, experiment_id: str) -> list[KeptLook]:
        """Oldest first."""
        wanted = select(looks).where(looks.c.experiment_id == experiment_id).order_by(looks.c.number)
        with self._database.reading() as connection:
            return [KeptLook(row.number, row.at, row.fraction, row.body) for row in connection.execute(wanted)]

    def keep_look(self, experiment_id: str, *, at: datetime, fraction: float, body: Mapping[str, Any]) -> bool:
        """Keep a look behind the others; False when somebody else took one that is as late meanwhile."""
        with self._database.writing() as connection:
            newest = connection.execute(
                select(func.max(looks.c.number), func.max(looks.c.fraction)).where(
                    looks.c.experiment_id == experiment_id
                )
            ).one()
            if newest[1] is not None and newest[1] >= fraction:
                return False
            values = {"number": (newest[0] or 0) + 1, "at": at, "fraction": fraction, "body": dict(body)}
            connection.execute(insert(looks).values(experiment_id=experiment_id, **values))
        return True


def _slots(draft: Draft, running: Sequence[Experiment]) -> tuple[int, int]:
    for other in running:
        if other.draft.key == draft.key and (other.draft.layer, other.draft.unit) != (draft.layer, draft.unit):
            raise ExperimentInvalid(
                f"{other.experiment_id} tries {draft.key} in the layer {other.draft.layer} by {other.draft.unit}. "
                "Two experiments on the same thing have to be of one layer and unit, so that nobody is in both."
            )
        if other.draft.layer == draft.layer and other.draft.unit != draft.unit:
            raise ExperimentInvalid(
                f"The layer {draft.layer} is drawn by {other.draft.unit}. Take that unit, or another layer."
            )
    taken = [other.slots for other in running if other.draft.layer == draft.layer]
    slots = free_slots(taken, round(draft.traffic * SLOTS))
    if slots is None:
        free = SLOTS - sum(behind - first for first, behind in taken)
        raise ExperimentInvalid(
            f"The layer {draft.layer} has {free / SLOTS:.0%} of its traffic free, {draft.traffic:.0%} in one piece is "
            "wanted. Ask for less, stop another experiment, or take another layer."
        )
    return slots


def _select() -> Any:
    return select(experiments)


def _running() -> Any:
    return _select().where(experiments.c.status == "running")


def _row(item: Experiment) -> dict[str, Any]:
    body = item.to_dict()
    return {
        "experiment_id": item.experiment_id,
        "key": item.draft.key,
        "unit": item.draft.unit,
        "layer": item.draft.layer,
        "first_slot": item.slots[0],
        "behind_slot": item.slots[1],
        "status": item.state,
        "body": body,
        "created_by": item.created_by,
        "started_at": item.started_at,
    }


def _experiment(row: Row[Any]) -> Experiment:
    body = row.body
    plan = Plan(**{**body["plan"], "shares": tuple(body["plan"]["shares"])})
    return Experiment(
        draft=draft_of(body),
        plan=plan,
        units=body["units"],
        salt=body["salt"],
        slots=(row.first_slot, row.behind_slot),
        state=row.status,
        created_by=row.created_by,
        started_at=row.started_at,
        stopped_at=row.stopped_at,
        stopped_by=row.stopped_by,
        stop_reason=row.stop_reason,
    )
