"""Reads the files of the literature: VRPLIB (CVRP and VRPTW) and Solomon's text format.

Numbers follow the custom of each: CVRP rounds Euclidean distances to the nearest whole number (CVRPLIB), VRPTW cuts
them off after one decimal (DIMACS challenge), Solomon's instances are in double precision and count vehicles first.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from app.warehouse.delivery.errors import RouteFileInvalid

if TYPE_CHECKING:
    import pyvrp

_SOLOMON_SCALE = 10_000
"""Parts of a unit that are still told apart; durations are rounded up, so that no window is missed by rounding."""
_MOST_STOPS = 5_000
_SOLOMON_COLUMNS = 7
_KINDS = ("CVRP", "VRPTW")


@dataclass(frozen=True, slots=True)
class Instance:
    """A problem of the literature; stops are numbered from 1, the depot is 0."""

    name: str
    data: pyvrp.ProblemData
    scale: int
    """Units of `data` in one unit of the file."""
    distance: np.ndarray
    """float64, (stops + 1, stops + 1): in units of the file, as the custom counts it."""
    counts_vehicles_first: bool
    best_known: float | None
    """Of the `.sol` beside the file."""

    def cost(self, routes: Sequence[Sequence[int]]) -> float:
        """Length of routes of stop numbers, in units of the file."""
        total = 0.0
        for route in routes:
            tour = [0, *route, 0]
            total += sum(float(self.distance[a, b]) for a, b in pairwise(tour))
        return total


def is_classic(text: str) -> bool:
    """Whether a file is one of these rather than JSON."""
    return not text.lstrip("\ufeff \t\r\n").startswith(("{", "["))


def read_instance(path: Path) -> Instance:
    """Raises `RouteFileInvalid` for what is neither format, or makes no sense."""
    text = read_text(path)
    best_known = _best_known(path.with_suffix(".sol"))
    instance = (
        _vrplib(path, text, best_known)
        if re.search(r"^\s*DIMENSION\b", text, re.MULTILINE)
        else _solomon(path, text, best_known)
    )
    if instance.data.num_clients == 0:
        raise RouteFileInvalid(f"{path.name} has no stops.")
    return instance


def read_text(path: Path) -> str:
    """Raises `RouteFileInvalid` for a file that is not there or no text."""
    try:
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise RouteFileInvalid(f"{path.name} is no text in UTF-8. Expected VRPLIB, Solomon's format or JSON.") from None
    except OSError as error:
        raise RouteFileInvalid(f"{path} cannot be read: {error.strerror}.") from None


def _vrplib(path: Path, text: str, best_known: float | None) -> Instance:
    import vrplib
    from pyvrp.read import read

    found = re.search(r"^\s*TYPE\s*:\s*(\S+)", text, re.MULTILINE)
    kind = found[1].upper() if found else ("VRPTW" if "TIME_WINDOW_SECTION" in text else "CVRP")
    if kind not in _KINDS:
        raise RouteFileInvalid(f"{path.name} is of type {kind}; routes are planned for {' and '.join(_KINDS)}.")
    dimension = re.search(r"^\s*DIMENSION\s*:\s*(\d+)", text, re.MULTILINE)
    if dimension is None or not 2 <= int(dimension[1]) <= _MOST_STOPS + 1:
        raise RouteFileInvalid(f"{path.name}: DIMENSION must be a number from 2 to {_MOST_STOPS + 1}.")
    has_windows = kind == "VRPTW"
    try:
        _sections_must_fit(path.name, vrplib.read_instance(path))
        data = read(path, round_func="dimacs" if has_windows else "round")
    except RouteFileInvalid:
        raise
    except (KeyError, ValueError, TypeError, IndexError, AttributeError, RuntimeError, OverflowError) as error:
        what = " ".join(str(error).split())[:200] or type(error).__name__
        raise RouteFileInvalid(f"{path.name} cannot be read as VRPLIB: {what}") from None
    scale = 10 if has_windows else 1
    return Instance(
        path.stem, data, scale, np.asarray(data.distance_matrix(0), dtype=np.float64) / scale, False, best_known
    )


def _sections_must_fit(name: str, instance: dict[str, object]) -> None:
    dimension = instance["dimension"]
    for key in ("demand", "node_coord", "time_window"):
        rows = instance.get(key)
        if isinstance(rows, np.ndarray) and len(rows) != dimension:
            raise RouteFileInvalid(f"{name}: DIMENSION is {dimension}, but {key.upper()}_SECTION has {len(rows)} rows.")


def _solomon(path: Path, text: str, best_known: float | None) -> Instance:
    rows: list[list[float]] = []
    fleet: tuple[int, float] | None = None
    for number, line in enumerate(text.splitlines(), start=1):
        parts = line.split()
        if not parts or not re.fullmatch(r"[-+]?[\d.]+(?:[eE][-+]?\d+)?", parts[0]):
            continue
        try:
            values = [float(part) for part in parts]
        except ValueError:
            raise RouteFileInvalid(f"{path.name}, line {number}: {line.strip()[:80]!r} is no row of numbers.") from None
        if not all(map(math.isfinite, values)) or len(values) not in (2, _SOLOMON_COLUMNS):
            raise RouteFileInvalid(f"{path.name}, line {number}: expected 7 finite numbers, got {line.strip()[:80]!r}.")
        if len(values) == _SOLOMON_COLUMNS:
            rows.append(values)
        elif fleet is None:
            fleet = int(values[0]), values[1]
    if fleet is None or fleet[0] < 1 or fleet[1] <= 0:
        raise RouteFileInvalid(f"{path.name}: expected the number of vehicles and their capacity under VEHICLE. "
                               "Files may be VRPLIB (with DIMENSION), Solomon's format or JSON.")  # fmt: skip
    if not 2 <= len(rows) <= _MOST_STOPS + 1:
        raise RouteFileInvalid(f"{path.name}: expected a depot and 1 to {_MOST_STOPS} customers, got {len(rows)} rows.")
    return _solomon_instance(path.stem, np.array(rows), fleet, best_known)


def _solomon_instance(name: str, rows: np.ndarray, fleet: tuple[int, float], best_known: float | None) -> Instance:
    import pyvrp

    numbers = rows[:, 0].astype(int).tolist()
    if numbers != list(range(len(rows))):
        raise RouteFileInvalid(f"{name}: customers must be numbered from 0 (the depot) on without gaps.")
    if (rows[:, 3] < 0).any() or (rows[:, 6] < 0).any() or (rows[:, 4] < 0).any():
        raise RouteFileInvalid(f"{name}: demands, times and service times must not be negative.")
    if (late := np.flatnonzero(rows[:, 4] > rows[:, 5])).size:
        k = int(late[0])
        raise RouteFileInvalid(f"{name}: the window of customer {k} ends ({rows[k, 5]:g}) before it begins "
                               f"({rows[k, 4]:g}).")  # fmt: skip
    scale = _SOLOMON_SCALE
    distance = np.hypot(*(rows[:, None, 1:3] - rows[None, :, 1:3]).transpose(2, 0, 1))
    locations = [pyvrp.Location(x=float(row[1]), y=float(row[2])) for row in rows]
    depot, *customers = rows
    data = pyvrp.ProblemData(
        locations,
        [
            pyvrp.Client(
                location=k,
                delivery=[round(row[3])],
                tw_early=round(row[4] * scale),
                tw_late=round(row[5] * scale),
                service_duration=round(row[6] * scale),
            )
            for k, row in enumerate(customers, start=1)
        ],
        [pyvrp.Depot(location=0, tw_early=round(depot[4] * scale), tw_late=round(depot[5] * scale))],
        [pyvrp.VehicleType(num_available=min(fleet[0], len(customers)), capacity=[int(fleet[1])])],
        [np.round(distance * scale).astype(np.int64)],
        [np.ceil(distance * scale - 1e-6).astype(np.int64)],
    )
    return Instance(name, data, scale, distance, True, best_known)


def _best_known(path: Path) -> float | None:
    """Cost in a solution file of CVRPLIB; None where there is none or it has none."""
    if not path.is_file():
        return None
    found = re.search(r"^\s*cost\s*:?\s*([\d.]+)\s*$", read_text(path), re.IGNORECASE | re.MULTILINE)
    return float(found[1]) if found else None
