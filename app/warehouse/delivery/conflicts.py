"""Says why no plan can keep everything, by the fewest wishes and limits that are in each other's way.

Each of a set is needed for the conflict: without any one of them the others could be kept (Junker's QuickXplain, which
asks an oracle a handful of questions where one wish after the other would take a hundred).

Source: Junker, "QuickXplain", AAAI 2004.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np

from app.domain.action import Wording
from app.warehouse.delivery.problem import ALL_DAY, LOADS, UNLIMITED, Problem, Stop, Vehicle, clock
from app.warehouse.delivery.timetable import next_window

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Conflict:
    """One of the wishes and limits that cannot all be kept."""

    kind: str
    """window, weight_g, volume_cm3, pieces, skill, shift, opening, distance, duration, fleet, stop."""
    subject: str
    """Id of the stop; "" for the vehicles as a whole."""
    text: Wording


def smallest_conflict(wishes: Sequence[T], can_keep: Callable[[Sequence[T]], bool]) -> list[T]:
    """A smallest set (none of it can be left out) that cannot be kept; [] where all can be, or nothing helps.

    `can_keep` must not become true by adding wishes.
    """
    if not wishes or can_keep(wishes):
        return []
    if not can_keep([]):
        return []
    return _explain([], False, list(wishes), can_keep)


def _explain(kept: list[T], has_grown: bool, wishes: list[T], can_keep: Callable[[Sequence[T]], bool]) -> list[T]:
    if has_grown and not can_keep(kept):
        return []
    if len(wishes) == 1:
        return wishes
    half = len(wishes) // 2
    first, second = wishes[:half], wishes[half:]
    later = _explain(kept + first, bool(first), second, can_keep)
    earlier = _explain(kept + later, bool(later), first, can_keep)
    return earlier + later


def certain_conflict(problem: Problem) -> list[Conflict]:
    """A conflict that can be proved without a search; [] where none was seen, which does not mean that there is none.

    Looked for, one after the other: stops that no vehicle can serve even alone; loads above what all vehicles that may
    bring them have room for; stops of which no two fit into one route, more of them than vehicles.
    """
    for stop in problem.stops:
        if not stop.may_wait and (alone := _alone(problem, stop)):
            return alone
    return _loads_above_fleet(problem) or _more_apart_than_vehicles(problem)


def _alone(problem: Problem, stop: Stop) -> list[Conflict]:
    wishes = ["window", *LOADS, *(f"skill {skill}" for skill in sorted(stop.skills)), "shift", "opening", "distance",
              "duration"]  # fmt: skip
    number = problem.number_of(stop.stop_id)
    if number is None:
        return []

    def can_keep(kept: Sequence[str]) -> bool:
        return any(_serves(problem, vehicle, number, frozenset(kept)) for vehicle in problem.vehicles)

    return [_wish(problem, stop, wish) for wish in smallest_conflict(wishes, can_keep)]


def _serves(problem: Problem, vehicle: Vehicle, number: int, kept: frozenset[str]) -> bool:
    """Whether a vehicle can go to a stop and back, if only the `kept` limits counted."""
    stop, point, depot = problem.stops[number], problem.stop_at(number), problem.depot_at(vehicle.depot_id)
    if any(name in kept and stop.load[k] > vehicle.capacity[k] for k, name in enumerate(LOADS)):
        return False
    if any(f"skill {skill}" in kept and skill not in vehicle.skills for skill in stop.skills):
        return False
    opened = problem.depots[depot].open
    begin = max(vehicle.shift.start_s if "shift" in kept else 0, opened.start_s if "opening" in kept else 0)
    end = min(vehicle.shift.end_s if "shift" in kept else UNLIMITED, opened.end_s if "opening" in kept else UNLIMITED)
    out, back = int(problem.duration[depot, point]), int(problem.duration[point, depot])
    arrives = begin + out
    if "window" in kept:
        window = next_window(stop, arrives)
        if window is None:
            return False
        arrives = max(arrives, window.start_s)
    if arrives + stop.service_s + back > end:
        return False
    way = int(problem.distance[depot, point] + problem.distance[point, depot])
    is_far = "distance" in kept and vehicle.max_distance_m is not None and way > vehicle.max_distance_m
    took = out + stop.service_s + back
    is_long = "duration" in kept and vehicle.max_duration_s is not None and took > vehicle.max_duration_s
    return not is_far and not is_long


def _loads_above_fleet(problem: Problem) -> list[Conflict]:
    stops = [stop for stop in problem.stops if not stop.may_wait]
    sets = {frozenset(v.vehicle_id for v in problem.vehicles if stop.skills <= v.skills) for stop in stops}
    for able in sorted(sets, key=len):
        bound = [s for s in stops if all(v.vehicle_id in able for v in problem.vehicles if s.skills <= v.skills)]
        for k, name in enumerate(LOADS):
            room = sum(vehicle.capacity[k] for vehicle in problem.vehicles if vehicle.vehicle_id in able)
            if sum(stop.load[k] for stop in bound) <= room:
                continue
            chosen: list[Stop] = []
            for stop in sorted(bound, key=lambda one: -one.load[k]):
                chosen.append(stop)
                if sum(one.load[k] for one in chosen) > room:
                    break
            total = sum(one.load[k] for one in chosen)
            skills = sorted({skill for one in chosen for skill in one.skills})
            return [
                *(Conflict(name, one.stop_id, _load_text(one, k)) for one in chosen),
                Conflict("fleet", "", _fleet_text(name, total, room, len(able), skills)),
            ]
    return []


def _more_apart_than_vehicles(problem: Problem) -> list[Conflict]:
    numbers = [k for k, stop in enumerate(problem.stops) if not stop.may_wait]
    if len(numbers) <= len(problem.vehicles):
        return []
    apart = ~_may_share(problem)[np.ix_(numbers, numbers)]
    np.fill_diagonal(apart, False)
    clique: list[int] = []
    for k in np.argsort(-apart.sum(axis=1), kind="stable"):
        if all(apart[k, other] for other in clique):
            clique.append(int(k))
        if len(clique) > len(problem.vehicles):
            chosen = [problem.stops[numbers[one]] for one in clique]
            count = len(problem.vehicles)
            fleet = Wording(
                zh=f"车辆只有{count}辆，而这些站点任意两个都不能排在同一趟",
                en=f"there are {count} vehicles, and no two of these stops fit into one route",
            )
            return [*(_needs(one) for one in chosen), Conflict("fleet", "", fleet)]
    return []


def _may_share(problem: Problem) -> np.ndarray:
    """(stops, stops) bool: whether some vehicle could visit both, one after the other, if it had nothing else to do."""
    n, first = len(problem.stops), len(problem.depots)
    loads = np.array([stop.load for stop in problem.stops]).reshape(n, len(LOADS))
    service = np.array([stop.service_s for stop in problem.stops])
    latest = np.array([stop.windows[-1].end_s for stop in problem.stops])
    between = problem.duration[first:, first:]
    shared = np.zeros((n, n), dtype=bool)
    kinds = {(v.depot_id, v.capacity, v.shift, v.skills): v for v in problem.vehicles}
    for vehicle in kinds.values():
        depot = problem.depot_at(vehicle.depot_id)
        opened = problem.depots[depot].open
        out = max(vehicle.shift.start_s, opened.start_s) + problem.duration[depot, first:]
        starts = np.array([_first_start(stop, int(at)) for stop, at in zip(problem.stops, out, strict=True)])
        arrives = (starts + service)[:, None] + between
        home = np.maximum(arrives, np.array([stop.windows[0].start_s for stop in problem.stops])[None, :])
        home = home + (service + problem.duration[first:, depot])[None, :]
        in_time = (arrives <= latest[None, :]) & (home <= min(vehicle.shift.end_s, opened.end_s))
        fits = ((loads[:, None] + loads[None, :]) <= np.array(vehicle.capacity)).all(axis=2)
        able = np.array([stop.skills <= vehicle.skills for stop in problem.stops])
        shared |= (in_time | in_time.T) & fits & able[:, None] & able[None, :]
    return shared


def _first_start(stop: Stop, arrives_s: int) -> int:
    window = next_window(stop, arrives_s)
    return UNLIMITED if window is None else max(arrives_s, window.start_s)


def as_stops(stops: Sequence[Stop], vehicles: int) -> list[Conflict]:
    """Stops that no plan was found for together, though any of them could be left out."""
    fleet = Wording(
        zh=f"用现有的{vehicles}辆车找不到同时满足这些站点的排法",
        en=f"no way was found to serve all of these with the {vehicles} vehicles there are",
    )
    return [*(_needs(stop) for stop in stops), Conflict("fleet", "", fleet)]


def message_of(conflicts: Sequence[Conflict], *, is_proven: bool) -> Wording:
    """All in one sentence for each language."""
    zh, en = "；".join(one.text.zh for one in conflicts), "; ".join(one.text.en for one in conflicts)
    if is_proven:
        return Wording(zh=f"这些要求不能同时满足：{zh}。", en=f"These cannot all be kept: {en}.")
    return Wording(zh=f"在给定时间内没有找到同时满足这些要求的方案：{zh}。",
                   en=f"No plan that keeps all of these was found in the time given: {en}.")  # fmt: skip


def _needs(stop: Stop) -> Conflict:
    """All that a stop asks for."""
    windows = ", ".join(window.text() for window in stop.windows if window != ALL_DAY)
    load = _amount(LOADS[0], stop.load[0]) if stop.load[0] else _amount(LOADS[2], stop.load[2])
    zh = f"{stop.stop_id}（{load.zh}{f'，{windows}' if windows else ''}{_skills(stop, '，')}）"
    en = f"{stop.stop_id} ({load.en}{f', {windows}' if windows else ''}{_skills(stop, ', ')})"
    return Conflict("stop", stop.stop_id, Wording(zh=zh, en=en))


def _skills(stop: Stop, join: str) -> str:
    return f"{join}{'+'.join(sorted(stop.skills))}" if stop.skills else ""


def _wish(problem: Problem, stop: Stop, wish: str) -> Conflict:
    name = stop.stop_id
    if wish in LOADS:
        k = LOADS.index(wish)
        most = _amount(wish, max(vehicle.capacity[k] for vehicle in problem.vehicles))
        own = _amount(wish, stop.load[k])
        text = Wording(
            zh=f"{name}有{own.zh}，车辆最多装{most.zh}", en=f"{name} has {own.en}, the largest vehicle takes {most.en}"
        )
        return Conflict(wish, name, text)
    if wish.startswith("skill "):
        skill = wish.removeprefix("skill ")
        has = any(skill in vehicle.skills for vehicle in problem.vehicles)
        text = Wording(
            zh=f"{name}需要{skill}{'' if has else '，没有车辆具备'}",
            en=f"{name} needs {skill}{'' if has else ', which no vehicle has'}",
        )
        return Conflict("skill", name, text)
    return Conflict(wish, name if wish == "window" else "", _limit_text(problem, stop, wish))


def _limit_text(problem: Problem, stop: Stop, wish: str) -> Wording:
    vehicles = problem.vehicles
    if wish == "window":
        windows = ", ".join(window.text() for window in stop.windows)
        return Wording(zh=f"{stop.stop_id}只能在{windows}送达", en=f"{stop.stop_id} may be visited {windows} only")
    if wish in ("shift", "opening"):
        spans = [v.shift for v in vehicles] if wish == "shift" else [depot.open for depot in problem.depots]
        start, end = clock(min(span.start_s for span in spans)), clock(max(span.end_s for span in spans))
        number = problem.number_of(stop.stop_id) or 0
        nearest = min(int(problem.duration[k, problem.stop_at(number)]) for k in range(len(problem.depots)))
        minutes = -(-nearest // 60)
        who = Wording(zh="班次", en="shifts") if wish == "shift" else Wording(zh="仓库开放", en="depots are open")
        return Wording(
            zh=f"{who.zh}为{start}-{end}，到{stop.stop_id}单程至少{minutes}分钟",
            en=f"{who.en} {start}-{end} and {stop.stop_id} is at least {minutes} minutes away",
        )
    if wish == "distance":
        most_km = max((v.max_distance_m or 0) for v in vehicles) / 1000
        return Wording(zh=f"{stop.stop_id}往返超过每车里程上限{most_km:g}公里",
                       en=f"{stop.stop_id} and back is more than the {most_km:g} km of a vehicle")  # fmt: skip
    most_h = max((v.max_duration_s or 0) for v in vehicles) / 3600
    return Wording(zh=f"{stop.stop_id}往返超过每车时长上限{most_h:g}小时",
                   en=f"{stop.stop_id} and back takes more than the {most_h:g} hours of a vehicle")  # fmt: skip


def _load_text(stop: Stop, k: int) -> Wording:
    amount = _amount(LOADS[k], stop.load[k])
    return Wording(zh=f"{stop.stop_id}有{amount.zh}", en=f"{stop.stop_id} has {amount.en}")


def _fleet_text(name: str, total: int, room: int, vehicles: int, skills: Sequence[str]) -> Wording:
    needed, most = _amount(name, total), _amount(name, room)
    able = "+".join(skills)
    return Wording(
        zh=f"合计{needed.zh}，{f'具备{able}的' if able else ''}{vehicles}辆车共能装{most.zh}",
        en=f"{needed.en} in all, and the {vehicles} vehicles{f' with {able}' if able else ''} take {most.en}",
    )


def _amount(name: str, value: int) -> Wording:
    if name == "weight_g":
        text = f"{value / 1000:g}"
        return Wording(zh=f"{text}公斤", en=f"{text} kg")
    if name == "volume_cm3":
        text = f"{value / 1000:g}"
        return Wording(zh=f"{text}升", en=f"{text} litres")
    return Wording(zh=f"{value}件", en=f"{value} piece{'' if value == 1 else 's'}")
