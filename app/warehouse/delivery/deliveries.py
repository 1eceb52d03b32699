"""Keeps the plan of each day and area, takes in what arrives, and says when a parcel comes."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, delete, insert, select, update

from app.database import Database, is_storable
from app.domain.delivery import Arrival, ArrivalState
from app.warehouse.delivery import tables
from app.warehouse.delivery.errors import PlanMissing, PlanMoved, StopMissing, StopVisited
from app.warehouse.delivery.json_form import plan_from, plan_to
from app.warehouse.delivery.own_json import problem_from, problem_to, stop_to
from app.warehouse.delivery.plan import Plan, VehicleRoute
from app.warehouse.delivery.planning import make_plan, only
from app.warehouse.delivery.problem import DAY_S, Problem, Stop
from app.warehouse.delivery.promise import expected_window
from app.warehouse.delivery.replanning import News, Replanned, replan
from app.warehouse.delivery.solving import SolveParams
from app.warehouse.delivery.telling import Tell
from app.warehouse.delivery.timetable import met_window

_CHANGES_SHOWN = 20


def _utc_now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True)
class KeptPlan:
    """A plan with the problem that it solves, as it is now."""

    plan_id: str
    area: str
    """What it covers: a city, a depot."""
    revision: int
    """Counts up with every change."""
    problem: Problem
    plan: Plan
    changed_at: datetime


@dataclass(frozen=True)
class Change:
    """Something to be taken into a plan."""

    stops: tuple[Stop, ...] = ()
    """New ones, and those that wish for something else now, by their ids."""
    removed: tuple[str, ...] = ()
    delays_s: Mapping[str, int] | None = None
    """By vehicle, from now on."""
    done: Mapping[str, datetime] | None = None
    """By stop: when somebody was there."""


class Deliveries:
    """Plans in the database; fulfils `app.domain.delivery.Arrivals`. Safe to share between threads."""

    def __init__(self, database: Database, *, now: Callable[[], datetime] = _utc_now) -> None:
        """Nothing is opened yet. `now` is the present time, aware."""
        self._database, self._now = database, now

    def make(self, problem: Problem, *, area: str = "", params: SolveParams, tell: Tell | None = None) -> KeptPlan:
        """Plan a day and keep the plan in place of one that there was.

        Raises `DeliveryInfeasible`; the old plan stays then.
        """
        plan = make_plan(problem, params, tell=tell)
        day = problem.day.isoformat()
        with self._database.writing() as connection:
            columns = tables.plans.c
            mine = (columns.day == day) & (columns.area == area)
            old = connection.execute(select(columns.plan_id, columns.revision).where(mine)).one_or_none()
            if old is not None:
                connection.execute(delete(tables.plans).where(columns.plan_id == old.plan_id))
                connection.execute(delete(tables.parcels).where(tables.parcels.c.plan_id == old.plan_id))
            kept = KeptPlan(
                plan_id=uuid.uuid4().hex if old is None else old.plan_id,
                area=area,
                revision=1 if old is None else old.revision + 1,
                problem=problem,
                plan=plan,
                changed_at=self._now(),
            )
            connection.execute(insert(tables.plans).values(day=day, **_row(kept)))
            _keep_parcels(connection, kept)
        return kept

    def plans_of(self, day: date) -> Sequence[KeptPlan]:
        """Of a day, by area."""
        columns = tables.plans.c
        with self._database.reading() as connection:
            rows = connection.execute(
                select(tables.plans).where(columns.day == day.isoformat()).order_by(columns.area)
            ).mappings()
            return [_kept(row) for row in rows]

    def days(self, *, limit: int = 60) -> Sequence[date]:
        """For which there are plans, newest first."""
        column = tables.plans.c.day
        with self._database.reading() as connection:
            rows = connection.execute(select(column).distinct().order_by(column.desc()).limit(limit))
            return [date.fromisoformat(row.day) for row in rows]

    def get(self, plan_id: str) -> KeptPlan:
        """Raises `PlanMissing`."""
        with self._database.reading() as connection:
            row = None
            if is_storable(plan_id):
                found = connection.execute(select(tables.plans).where(tables.plans.c.plan_id == plan_id))
                row = found.mappings().one_or_none()
        if row is None:
            raise PlanMissing(f"There is no delivery plan {plan_id!r}. `kefu warehouse deliveries plan` makes one.")
        return _kept(row)

    def changes_of(self, plan_id: str) -> Sequence[Mapping[str, Any]]:
        """What arrived and how it was taken in, newest first."""
        columns = tables.changes.c
        query = select(tables.changes).where(columns.plan_id == plan_id).order_by(columns.change_id.desc())
        with self._database.reading() as connection:
            rows = connection.execute(query.limit(_CHANGES_SHOWN)).mappings()
            return [{**row, "at": row["at"].isoformat()} for row in rows]

    def take_in(self, plan_id: str, change: Change, *, seconds: float = 5.0) -> tuple[KeptPlan, Replanned]:
        """Change a plan as little as the news allow, and keep it.

        Raises `PlanMissing`, `StopMissing`, `StopVisited`, `DeliveryInfeasible` (the plan stays as it was), or
        `PlanMoved` where somebody else changed it meanwhile.
        """
        before = self.get(plan_id)
        problem = _with_stops(before.problem, change)
        plan = _with_done(before.problem, before.plan, change.done or {})
        news = News(
            now_s=self._seconds_of(before.problem),
            to_place=tuple(stop.stop_id for stop in change.stops),
            removed=change.removed,
            delays_s=dict(change.delays_s or {}),
        )
        _vehicles_must_exist(problem, news)
        found = replan(problem, plan, news, seconds=seconds)
        after = replace(before, revision=before.revision + 1, problem=_without(problem, change.removed),
                        plan=found.plan, changed_at=self._now())  # fmt: skip
        with self._database.writing() as connection:
            mine = (tables.plans.c.plan_id == plan_id) & (tables.plans.c.revision == before.revision)
            if not connection.execute(update(tables.plans).where(mine).values(**_row(after))).rowcount:
                raise PlanMoved(f"Delivery plan {plan_id} was changed meanwhile. Look at it and try again.")
            connection.execute(delete(tables.parcels).where(tables.parcels.c.plan_id == plan_id))
            _keep_parcels(connection, after)
            connection.execute(
                insert(tables.changes).values(
                    plan_id=plan_id,
                    revision=after.revision,
                    at=after.changed_at,
                    news=_news_to(change),
                    how=found.how,
                    moved=list(found.moved),
                )
            )
        return after, found

    def arrivals_of(self, order_id: str, *, tracking_number: str = "") -> Sequence[Arrival]:
        """See `app.domain.delivery.Arrivals`."""
        if not is_storable(order_id + tracking_number):
            return []
        columns = tables.parcels.c
        wanted = columns.order_id == order_id
        if tracking_number:
            wanted &= columns.tracking_number == tracking_number
        query = select(columns.plan_id, columns.stop_id).where(wanted)
        with self._database.reading() as connection:
            found = [(row.plan_id, row.stop_id) for row in connection.execute(query)]
        kept = {plan_id: self.get(plan_id) for plan_id, _ in found}
        newest: dict[str, Arrival] = {}
        for plan_id, stop_id in found:
            arrival = self._arrival(kept[plan_id], stop_id)
            if arrival is not None:
                old = newest.get(arrival.tracking_number)
                newest[arrival.tracking_number] = arrival if old is None or old.day < arrival.day else old
        return [newest[number] for number in sorted(newest)]

    def _arrival(self, kept: KeptPlan, stop_id: str) -> Arrival | None:
        problem, number = kept.problem, kept.problem.number_of(stop_id)
        if number is None:
            return None
        stop, found = problem.stops[number], kept.plan.find(stop_id)
        if found is None:
            return Arrival(
                stop.order_id, stop.tracking_number, problem.day, "left_out", None, planned_at=kept.changed_at
            )
        route, place = found
        visit = route.visits[place]
        met = met_window(stop, visit.starts_s)
        window = expected_window(route, place, met)
        return Arrival(
            order_id=stop.order_id,
            tracking_number=stop.tracking_number,
            day=problem.day,
            state=self._state(problem, route, place),
            expected_at=moment(problem, visit.starts_s),
            earliest=moment(problem, window.start_s),
            latest=moment(problem, window.end_s),
            stops_before=sum(not one.is_done for one in route.visits[:place]),
            is_late=not visit.is_done and met is None,
            planned_at=kept.changed_at,
        )

    def _state(self, problem: Problem, route: VehicleRoute, place: int) -> ArrivalState:
        if route.visits[place].is_done:
            return "done"
        has_left = route.departs_s <= self._seconds_of(problem) or any(visit.is_done for visit in route.visits)
        return "underway" if has_left else "planned"

    def _seconds_of(self, problem: Problem) -> int:
        """The present time in seconds from midnight of the plan's day; 0 before it, two days after it."""
        return max(0, min(seconds_at(problem, self._now()), 2 * DAY_S))


def moment(problem: Problem, seconds: int) -> datetime:
    """A time of the plan as an aware time in UTC."""
    local = datetime.combine(problem.day, time()) + timedelta(seconds=seconds)
    return local.replace(tzinfo=ZoneInfo(problem.time_zone)).astimezone(UTC)


def seconds_at(problem: Problem, at: datetime) -> int:
    """An aware time in seconds from midnight of the plan's day, by the clock on the wall."""
    local = at.astimezone(ZoneInfo(problem.time_zone)).replace(tzinfo=None)
    return int((local - datetime.combine(problem.day, time())).total_seconds())


def _with_stops(problem: Problem, change: Change) -> Problem:
    """With new and changed stops; travel is worked out anew where it was estimated. Raises `RouteFileInvalid`."""
    if not change.stops:
        return problem
    value = problem_to(problem)
    changed = {stop.stop_id: stop for stop in change.stops}
    kept = [changed.pop(stop.stop_id, stop) for stop in problem.stops]
    return problem_from({**value, "stops": [stop_to(stop) for stop in (*kept, *changed.values())]})


def _without(problem: Problem, removed: Sequence[str]) -> Problem:
    if not removed:
        return problem
    return only(problem, [stop.stop_id for stop in problem.stops if stop.stop_id not in set(removed)])


def _with_done(problem: Problem, plan: Plan, done: Mapping[str, datetime]) -> Plan:
    """With the visits that were made; all before them on the same route count as made as planned.

    Raises `StopMissing`, or `StopVisited` for what was told before.
    """
    for stop_id, at in sorted(done.items(), key=lambda item: item[1]):
        found = plan.find(stop_id)
        if found is None:
            raise StopMissing(f"There is no stop {stop_id!r} in the plan.")
        route, place = found
        if route.visits[place].is_done:
            raise StopVisited(f"Stop {stop_id} was visited already.")
        first = next(k for k, visit in enumerate(route.visits) if not visit.is_done)
        visits = list(route.visits)
        visit = visits.pop(place)
        starts = seconds_at(problem, at)
        visit = replace(visit, arrives_s=min(visit.arrives_s, starts), starts_s=starts, is_done=True,
                        leaves_s=starts + visit.leaves_s - visit.starts_s)  # fmt: skip
        visits.insert(first, visit)  # whatever the plan said, this one came next
        plan = plan.with_routes({route.vehicle_id: replace(route, visits=tuple(visits), delay_s=0)})
    return plan


def _vehicles_must_exist(problem: Problem, news: News) -> None:
    known = {vehicle.vehicle_id for vehicle in problem.vehicles}
    if unknown := sorted(set(news.delays_s) - known):
        raise StopMissing(f"There is no vehicle {unknown[0]!r}. There are: {', '.join(sorted(known))}.")


def _row(kept: KeptPlan) -> dict[str, Any]:
    return {
        "plan_id": kept.plan_id,
        "area": kept.area,
        "revision": kept.revision,
        "problem": problem_to(kept.problem),
        "plan": plan_to(kept.plan),
        "changed_at": kept.changed_at,
    }


def _kept(row: Mapping[Any, Any]) -> KeptPlan:
    problem, plan = problem_from(row["problem"]), plan_from(row["plan"])
    return KeptPlan(row["plan_id"], row["area"], row["revision"], problem, plan, row["changed_at"])


def _keep_parcels(connection: Connection, kept: KeptPlan) -> None:
    rows = [
        {
            "plan_id": kept.plan_id,
            "stop_id": stop.stop_id,
            "order_id": stop.order_id,
            "tracking_number": stop.tracking_number,
        }
        for stop in kept.problem.stops
    ]
    if rows:
        connection.execute(insert(tables.parcels), rows)


def _news_to(change: Change) -> dict[str, Any]:
    return {
        "stops": [stop.stop_id for stop in change.stops],
        "removed": list(change.removed),
        "delays_minutes": {name: round(delay / 60) for name, delay in (change.delays_s or {}).items()},
        "done": {name: at.isoformat() for name, at in (change.done or {}).items()},
    }
