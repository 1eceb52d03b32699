from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from app.warehouse.delivery import Problem, problem_from


@pytest.fixture
def day() -> Callable[..., dict[str, Any]]:
    """JSON of a day on a line: the depot at 0, a stop at each minute given; one km and one minute are the same."""

    def make(
        minutes: dict[str, float], *, vehicles: list[dict[str, Any]] | None = None, **wishes: Any
    ) -> dict[str, Any]:
        at = [0.0, *minutes.values()]
        way = [[abs(one - other) for other in at] for one in at]
        return {
            "day": "2026-11-25",
            "time_zone": "Asia/Shanghai",
            "depots": [{"id": "D"}],
            "vehicles": vehicles or [{"id": "V1", "shift": ["08:00", "18:00"]}],
            "stops": [{"id": name, "service_minutes": 0, **wishes.get(name, {})} for name in minutes],
            "matrix": {
                "distance_m": [[1000 * one for one in row] for row in way],
                "duration_s": [[60 * one for one in row] for row in way],
            },
        }

    return make


@pytest.fixture
def problem(day) -> Callable[..., Problem]:
    return lambda minutes, **rest: problem_from(day(minutes, **rest))
